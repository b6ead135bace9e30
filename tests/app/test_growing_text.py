"""An answer that comes in small pieces is drawn whole at each of them: no fence or table is ever seen half."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.components.conversation import Progress, _draw
from app.components.growing_text import growing
from app.components.markdown_tree import tree
from app.components.quoted_text import Node
from rag.markers import MarkerStream

ANSWER = """## Opening hours

The harbour of **Fowey** opens at *six*. [1] Its keeper says: **come early!** and `lock[1]`.
Bring:

1. a **rope**, 3 * 4 metres
2. a lamp [2]

| what | when |
| --- | :---: |
| **boats** | with the tide [1] |
| fees | monthly, `a` or b [2][3] |

As a script:

```python
hours = {"open": 6}  # | no | table |
| --- | --- |

print("**", hours)
```

- nested

  | port | fee |
  |---|---|
  | Looe | 9 |

~~~
the end
~~~
Boats | ships leave.
"""
CODE = ("pre", "code")


class Place:
    """What is drawn at a place of the page, one after the other."""

    def __init__(self) -> None:
        self.drawn: list[str] = []

    def markdown(self, text: str) -> None:
        self.drawn.append(text)


def states(size: int) -> list[str]:
    """All that is drawn of the answer as it comes in pieces of so many characters."""
    place, markers, progress = Place(), MarkerStream(3), Progress("When?")
    for at in range(0, len(ANSWER), size):
        if shown := markers.feed(ANSWER[at : at + size]):
            progress.written += shown
            _draw(place, progress)  # type: ignore[arg-type] - what a place has to do here
    return place.drawn


def parts(nodes: list[Node], *tags: str) -> Iterator[dict[str, Any]]:
    for node in nodes:
        if isinstance(node, dict) and "tag" in node:
            if node["tag"] in tags:
                yield node
            else:
                yield from parts(node["children"], *tags)


def words(nodes: list[Node], *, of_code: bool) -> str:
    """Those of blocks and pieces of code, or all others, in order."""
    said = []
    for node in nodes:
        if isinstance(node, str):
            said.append("" if of_code else node)
        elif "tag" in node:
            is_code = node["tag"] in CODE
            said.append("".join(node["children"]) if is_code and of_code else "")
            said.append("" if is_code else words(node["children"], of_code=of_code))
    return "".join(said)


def rows(nodes: list[Node]) -> list[dict[str, Any]]:
    return [row for table in parts(nodes, "table") for row in parts(table["children"], "tr")]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_every_half_drawn_answer_is_the_beginning_of_the_whole_one(size: int):
    whole = tree(ANSWER)
    assert len(rows(whole)) == 5
    for drawn in states(size):
        now = tree(drawn)
        for of_code in (True, False):
            assert words(whole, of_code=of_code).startswith(words(now, of_code=of_code).rstrip()), drawn
        assert rows(now) == rows(whole)[: len(rows(now))], drawn
        assert drawn.count("\n```") + drawn.count("\n~~~") in {0, 2, 4}, drawn


def test_nothing_is_held_back_for_longer_than_its_line():
    assert (
        growing("Fees:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3", None) == "Fees:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    assert growing("Fees:\n\n| a | b |\n|---|", None) == "Fees:\n\n"
    assert growing("| a bar\n| and no table\n| at all", None) == "| a bar\n| and no table\n| at all"
    assert growing("3 * 4 = **twelve, *no* less ", None) == "3 * 4 = **twelve, *no* less**"
    assert growing("```\n| a | **b", None) == "```\n| a | **b\n```"
