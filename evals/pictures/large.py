"""What is large or unlike English: a wide table, other scripts, formulas and code, and a thread of 500 messages."""

from __future__ import annotations

from pathlib import Path

from app import kept_turns
from app.wiring import Workspace
from indexes.conversations import TurnRecord
from ingest.pipeline import File, Pipeline
from rag.errors import InputError
from rag.rights import LOCAL
from rag.settings import Settings
from rag.types import Turn

N_TURNS = 250
"""Each a question and its answer."""
_COLLECTION = "harbour office"
_COLUMNS = ("boat", "skipper", "home port", "mooring", *(f"kWh in week {week}" for week in range(1, 37)))
_BOATS = (
    "Gannet,Ann Lee,Fowey",
    "Kittiwake,Morwenna Pascoe,Polruan",
    "Dunlin,Bo Berg,Looe",
    "Curlew,Ito Ren,Mevagissey",
)
_ROWS = [
    (
        *_BOATS[row % 4].replace(",", f" {row},", 1).split(","),
        f"M{row:02}",
        *(f"{row * week % 900}" for week in range(36)),
    )
    for row in range(1, 31)
]
_TEXTS = {
    "shore-power.csv": "\n".join(",".join(row) for row in (_COLUMNS, *_ROWS)),
    "hours-arabic.txt": "مواعيد الميناء\n\nيفتح الميناء أبوابه في الساعة السادسة صباحا كل يوم ما عدا يوم الجمعة. "
    "رسم إرساء القارب الصغير هو خمسة عشر دينارا في الليلة، ويدفع في مكتب رئيس الميناء قبل المغادرة.\n",
    "hours-hebrew.txt": "שעות הנמל\n\nהנמל נפתח בשעה שש בבוקר בכל יום חוץ משבת. "
    "דמי העגינה לסירה קטנה הם ארבעים שקלים ללילה, ומשלמים אותם במשרד של מנהל הנמל.\n",
    "hours-japanese.txt": "港の利用時間\n\n港は毎朝六時に開き、日曜日は休みです。小型船の係留料金は一泊二千円で、"
    "出港する前に港長の事務所で支払います。灯台は十秒ごとに白く二回光ります。\n",
    "tides.md": """# How tides are worked out

The height of the tide at the quay is $h(t) = h_0 + \\sum_i A_i \\cos(\\omega_i t + \\phi_i)$, over 37 parts.

The office works it out with this function:

```python
def height(t, parts, mean=3.2):
    return mean + sum(a * cos(w * t + p) for a, w, p in parts if a > 0.01)
```

Parts with an amplitude below one centimetre are left out.
""",
}
FORMULAS = r"""## How the height is worked out

The height of the tide at the quay is $h(t) = h_0 + \sum_i A_i \cos(\omega_i t + \phi_i)$, over 37 parts. [1]

$$
\begin{aligned}
h(t) &= h_0 + \sum_{i=1}^{37} f_i A_i \cos(\omega_i t + \phi_i) [1] \\
A_i &= \sqrt{a_i^2 + b_i^2}, \quad \tan \phi_i = \frac{b_i}{a_i}
\end{aligned}
$$

#### What is left out

- Parts with an amplitude below one centimetre are left out. [1]
- \[ w_i = \begin{cases} 0 & A_i < 0.01\,\text{m} \\ 1 & \text{otherwise} \end{cases} \]
- $\lim_{n \to \infty} \operatorname{Var}(X_n) = \mathbf{0} \implies \boxed{x \in \mathbb{R}^n}$,
  \(\vec{v} \ne \overline{AB}\)
- An unknown $\measure{x}$ stays, and $5 is no $6.

\[ \int_{-\infty}^{\infty} e^{-x^2} dx = \sqrt{\pi}
= a_1 + a_2 + a_3 + a_4 + a_5 + a_6
+ a_7 + a_8 + a_9 + a_{10} + a_{11} + \dots + a_n \]

| part | amplitude |
|---|---|
| $M_2$ | $\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$ |
"""
"""What a chat model writes of the tides."""
TIDES = FORMULAS.replace(" [1]", "").encode()
"""The document from which it does, so that all of it is borne out."""
ASKED = {
    "table-of-40-columns": "Who is the skipper of the Kittiwake 17?",
    "arabic": "متى يفتح الميناء أبوابه؟",
    "hebrew": "מתי נפתח הנמל?",
    "japanese": "灯台は何秒ごとに光りますか？",
    "formula": "How is the height of the tide at the quay worked out?",
}
"""Name of a picture -> what is asked for it."""


def fill(home: Path) -> int:
    """Put all of it into a new home; the number of the conversation."""
    workspace = Workspace(Settings(home=home))
    folder = home / "given"
    folder.mkdir(parents=True)
    for name, text in _TEXTS.items():
        (folder / name).write_text(text, "utf-8")
    found = [File(path, path.name) for path in sorted(folder.iterdir())]
    outcomes = Pipeline(workspace.library, _COLLECTION).add(found)
    if failed := [outcome for outcome in outcomes if outcome.state != "ready"]:
        raise InputError(f"{failed[0].source} cannot be pictured: {failed[0].reason}")
    questions = list(ASKED.values())
    answers = [workspace.answerer.ask(question) for question in questions]
    shelf = workspace.library.catalogue.conversations
    number, known = shelf.begin(LOCAL, "A long watch at the harbour office"), None
    for n in range(N_TURNS):
        turn = Turn(questions[n % len(questions)], answers[n % len(answers)])
        known = shelf.keep(
            LOCAL, number, n, TurnRecord(turn.question, turn.answer.text, kept_turns.as_json(turn)), known=known
        )
    workspace.close()
    return number
