"""What is known of scripts: which ones put no blanks between words, and which characters are marks of a letter.

Whoever takes texts apart into words asks here. `\\w` of regular expressions leaves marks out, though half of the vowels
of Hindi are such.
"""

from __future__ import annotations

import re
from unicodedata import category

UNSPACED_LANGUAGES = ("zh", "ja", "th", "lo", "km", "my")
UNSPACED_LETTERS = (
    "\u0e00-\u0e4f\u0e5a-\u0ecf\u0eda-\u0eff\u1000-\u103f\u104a-\u108f\u109a-\u109f\ua9e0-\ua9ef\ua9fa-\ua9ff"
    "\uaa60-\uaa7f\u1780-\u17df\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Of a class of characters: Thai, Lao, Burmese and Khmer without their digits, kana and Han. Korean has blanks."""
_DIGITS = "\u0e50-\u0e59\u0ed0-\u0ed9\u1040-\u1049\u1090-\u1099\ua9f0-\ua9f9\u17e0-\u17f9"
UNSPACED = re.compile(f"[{UNSPACED_LETTERS}{_DIGITS}]")
"""One sign of such a script, digits included: these stand among the letters without a blank, too."""
_BLOCKS = (
    (0x300, 0x3100),
    (0xA000, 0xAC00),
    (0xFB00, 0xFE00),
    (0xFE20, 0xFF00),
    (0x10000, 0x12000),
    (0x16A00, 0x17000),
    (0x1E000, 0x1EA00),
)
"""Where there are marks. What chooses the form of a sign (U+FE0F) is none: "1️⃣" is the word "1"."""
MARKS = "".join(
    letter for first, last in _BLOCKS for letter in map(chr, range(first, last)) if category(letter) in {"Mn", "Mc"}
)
"""Of a class of characters: vowels, accents and the like, which belong to the letter before."""
