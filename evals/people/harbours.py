"""A library of harbours, a document each, and the app's server over it: what people are made to ask about."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.served import served
from indexes.home import environment

HARBOURS = (
    *("Fowey", "Looe", "Mevagissey", "Polperro", "Padstow", "Newlyn", "Mousehole", "Falmouth", "Penryn", "Helford"),
    *("Porthleven", "Coverack", "Cadgwith", "Portloe", "Gorran", "Charlestown", "Newquay"),
    *("Bude", "Boscastle", "Hayle"),
)
QUESTIONS = (
    "When does the harbour of {name} open?",
    "What does a berth cost in the harbour of {name}?",
    "Who is the harbour master of {name}?",
    "Which light stands at the harbour of {name}?",
)
"""Each can be asked about each harbour."""
_TEXT = """# The harbour of {name}

## Hours

The harbour of {name} opens at {hour} in the morning. Boats leave {name} with the tide.

## Berths

A berth in the harbour of {name} costs {pounds} pounds a day.

## People

The harbour master of {name} is called {name}son. The light at the harbour of {name} shows {flashes} white flashes.
"""


@contextmanager
def harbours_served(names: Sequence[str], extra: Sequence[Path], **settings: str) -> Iterator[tuple[str, int]]:
    """The address and the process id of a server over a document about each of these harbours, and over the files and
    folders of `extra`; its workers are asleep. `settings`: variables of its environment. Raises StoreError."""
    with TemporaryDirectory() as folder:
        home, texts = Path(folder) / "home", Path(folder) / "harbours"
        texts.mkdir()
        for number, name in enumerate(names):
            facts = {"hour": 5 + number % 6, "pounds": 7 + number, "flashes": 2 + number % 9}
            (texts / f"{name}.md").write_text(_TEXT.format(name=name, **facts), encoding="utf-8")
        adding = [sys.executable, "-m", "ingest", "add", str(texts), *map(str, extra)]
        subprocess.run(adding, check=True, env=environment() | {"FOOTNOTE_HOME": str(home)}, stdout=subprocess.DEVNULL)
        with served(home, FOOTNOTE_WORKERS="0", **settings) as started:
            yield started
