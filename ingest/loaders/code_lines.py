"""Definitions in code of other languages, found by the lines that open them and by indentation."""

from __future__ import annotations

import re

from ingest.loaders.code_types import Definition

_FLAGS = re.VERBOSE
_C_LIKE = r"""(?P<outer>(?:template\s*<.*>\s*)?(?:typedef\s+)?(?:class|struct|union|enum|namespace|extern\s+"C")\b
      [^;()=]*$)
    | (?P<inner>(?!(?:if|for|while|switch|return|else|do|case|goto|delete|throw|using|typedef|new)\b)
      (?:template\s*<.*>\s*)?[A-Za-z_~][\w:<>,*&\s~\[\]]*[\s*&:~](?:operator\s*\S+|~?\w+)\s*\([^;]*$
      | (?!(?:if|for|while|switch|return|sizeof|defined)\b)\w+\s*\([^;]*[,)]\s*$)"""
_MODIFIERS = r"""(?:(?:public|private|protected|internal|static|final|abstract|sealed|override|virtual|async|export
    |default|declare|readonly|open|data|inline|suspend|partial|unsafe|extern|const|native|synchronized|fileprivate|mutating
    |case|implicit|lazy|required|convenience|pub(?:\([^)]*\))?|get|set|actual|expect)\s+)*"""
_TYPES = r"(?:class|interface|enum|struct|trait|object|record|namespace|module|protocol|extension|impl|actor|mod|union)"
_JAVA_LIKE = rf"""(?P<outer>{_MODIFIERS}(?:@interface|companion\s+object|enum\s+class|{_TYPES})\b[^;=]*$)
    | (?P<inner>(?!(?:if|for|while|switch|return|else|new|throw|catch|using|lock|foreach|do|case|try|await|yield)\b)
      {_MODIFIERS}(?:fun|func|def|function|fn|init|deinit|constructor)\b[^;]*$
      | (?!(?:if|for|while|switch|return|else|new|throw|catch|using|lock|foreach|do|case|try|await|yield|super|this)\b)
      {_MODIFIERS}(?:[\w<>\[\],.?]+\s+)?\w+\s*(?:<[^>]*>)?\([^;=]*\)?\s*(?:throws\s+[\w.,\s]+|:\s*[^;{{}}=]+)?\{{?\s*$)"""
_SCRIPT = rf"""(?P<outer>{_MODIFIERS}(?:class|interface|enum|namespace|module)\b[^;=]*\{{\s*$)
    | (?P<inner>{_MODIFIERS}(?:function\b\*?\s*\w*\s*[(<]|type\s+\w+\s*(?:<.*>)?\s*=|(?:const|let|var)\s+\w+\s*
      (?::[^=]+)?=\s*(?:async\s*)?(?:function\b|\(.*\)\s*(?::[^=]+)?=>|\w+\s*=>|\($))
      | (?!(?:if|for|while|switch|return|else|catch|do|with|function|super)\b)
      {_MODIFIERS}[*\#]?\w+\s*(?:<[^>]*>)?\([^;]*\)\s*(?::\s*[^;={{]+)?\{{\s*$)"""
_PATTERNS = {
    (".c", ".h", ".cc", ".cpp", ".hpp"): _C_LIKE,
    (".java", ".cs", ".kt", ".scala", ".swift", ".php"): _JAVA_LIKE,
    (".js", ".ts", ".tsx", ".jsx"): _SCRIPT,
    (".go",): r"(?P<outer>a^) | (?P<inner>func\b.*|type\s+\w+.*\{\s*$)",
    (".rs",): rf"(?P<outer>{_MODIFIERS}(?:impl|trait|mod)\b[^;]*$) | (?P<inner>{_MODIFIERS}(?:unsafe\s+)?"
    r"(?:fn|struct|enum|union|macro_rules!)\b[^;]*$)",
    (".rb",): r"(?P<outer>(?:class|module)\s+\S.*) | (?P<inner>def\s+\S.*)",
    (".lua",): r"(?P<outer>a^) | (?P<inner>(?:local\s+)?function\b.*|[\w.:]+\s*=\s*function\b.*)",
    (
        ".sh",
        ".bash",
        ".zsh",
    ): r"(?P<outer>a^) | (?P<inner>(?:function\s+[\w:-]+|[\w:-]+\s*\(\s*\))\s*(?:\(\s*\))?\s*\{?\s*$)",
    (".ps1",): r"(?P<outer>class\s+\w+.*) | (?P<inner>(?i:function|filter)\s+\S+.*)",
    (".pl",): r"(?P<outer>a^) | (?P<inner>(?:sub|package)\s+\w.*)",
    (".jl",): r"(?P<outer>module\s+\w+.*) | (?P<inner>(?:function|macro|struct|mutable\s+struct)\s+\w.*)",
    (".r",): r"(?P<outer>a^) | (?P<inner>[\w.]+\s*(?:<-|=)\s*function\s*\(.*)",
    (
        ".hs",
    ): r"(?P<outer>(?:class|instance)\b.*where\s*$) | (?P<inner>[a-z_]\w*'*\s*::.*|(?:data|newtype|type)\s+[A-Z].*)",
    (".sql",): r"(?P<outer>a^) | (?P<inner>(?i:create|alter)\s+(?i:or\s+replace\s+)?(?i:temp(?:orary)?\s+|unique\s+"
    r"|materialized\s+)*(?i:table|view|function|procedure|trigger|index|type|schema|sequence)\b.*)",
    (".toml", ".ini", ".cfg", ".conf"): r"(?P<outer>a^) | (?P<inner>\[+[^\[\]]+\]+\s*(?:[#;].*)?$)",
    (".py", ".pyi"): r"(?P<outer>class\s+\w+.*) | (?P<inner>(?:async\s+)?def\s+\w+.*)",
}
_BY_SUFFIX = {suffix: re.compile(text, _FLAGS) for suffixes, text in _PATTERNS.items() for suffix in suffixes}
_CLOSES = re.compile(r"\s*(?:[})\]{]|end\b|else\b|#|//|/\*|\*|--|(?:public|private|protected)\b[^(]*:|\w+:\s*$|<<|`)")
"""Lines that may stand as far left as a definition without ending it."""
_ALONE = re.compile(r"(?!else|do|#)[A-Za-z_][\w\s*]*")
"""The type of a C function on a line of its own above it."""
_LABEL = 120
_MAX_LEVEL = 4
_MAX_LINE = 300


def definitions_by_lines(lines: list[str], suffix: str) -> list[Definition]:
    """Functions, classes and methods in order; those inside of functions are part of them."""
    pattern = _BY_SUFFIX.get(suffix)
    if pattern is None:
        return []
    open_ones: list[_Open] = []
    done: list[_Open] = []
    for number, line in enumerate(lines):
        found = pattern.match(line.strip()) if len(line) <= _MAX_LINE else None
        if not line.strip() or (not found and _CLOSES.match(line)):
            continue
        indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
        while open_ones and indent <= open_ones[-1].indent:
            open_ones.pop().end = number
        if found and _is_seen(open_ones, indent):
            one = _Open(_label(line), len(open_ones) + 1, number, indent, found["outer"] is not None)
            one.start -= pattern is _BY_SUFFIX[".c"] and number > 0 and bool(_ALONE.fullmatch(lines[number - 1]))
            for around in open_ones:
                around.first_inner = one.start if around.first_inner is None else around.first_inner
            open_ones.append(one)
            done.append(one)
    for one in open_ones:
        one.end = len(lines)
    return [Definition(one.label, one.level, one.start, one.end, one.first_inner) for one in done]


def _is_seen(around: list[_Open], indent: int) -> bool:
    """Whether a definition is one of the file or of a class, not of a function, and not too deep."""
    return around[-1].is_outer and len(around) < _MAX_LEVEL if around else indent == 0


class _Open:
    """A definition whose end is still to come."""

    def __init__(self, label: str, level: int, start: int, indent: int, is_outer: bool) -> None:  # noqa: FBT001
        self.label = label
        self.level = level
        self.start = start
        self.indent = indent
        self.is_outer = is_outer
        self.end = start + 1
        self.first_inner: int | None = None


def _label(line: str) -> str:
    """The line that opens a definition, without the signs at its end that open its body."""
    label = re.sub(r"\s*(?:=>|[{(:=]|=>\s*\{)?\s*$", "", " ".join(line.split()))
    return label if len(label) <= _LABEL else label[: _LABEL - 1].rstrip() + "…"
