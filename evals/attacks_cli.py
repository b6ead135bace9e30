"""The command that plants instructions in documents: `python -m evals attacks`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.chat_model import OpenAIChatModel
from app.opening import open_model
from app.spotlit_model import is_marking
from evals.attack_set import HALVES, Attack, Case, chosen, mails, of_dataset, read_attacks, unseen_attacks
from evals.attacks import (
    Planted,
    Reached,
    found_by,
    guarded,
    has_active,
    is_drawn_active,
    library_of,
    shown_of,
    unchecked_of,
    unguarded,
    with_attacks,
)
from evals.datasets import Dataset, open_dataset
from evals.numbers import count
from evals.obedient import ObedientEndpoint
from evals.run_cli import told
from indexes.home import load_settings
from rag.citations import bare
from rag.errors import ConfigError
from rag.inert import inert
from rag.instructions import orders
from rag.protocols import ChatModel
from rag.types import Hit

Command = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]
_OBEDIENT = {
    "a model that obeys what stands outside of the fences": {},
    "a model that obeys what stands anywhere": {"reads_all": True},
    "a model that obeys what stands anywhere, and cites it": {"reads_all": True, "cites": True},
}


def add_commands(command: Command) -> None:
    """Make it known to the parser of `python -m evals`."""
    text = "instructions planted in documents that reach the answer, with the defences and without"
    attacks = command("attacks", _attacks, text)
    attacks.add_argument("bipia", type=Path, metavar="DIR", help="BIPIA's instructions and mails")
    attacks.add_argument("sets", type=Path, nargs="*", metavar="SET", help="sets whose passages are planted, too")
    attacks.add_argument("--passages", type=count, default=100, metavar="N", help="of each set; default %(default)s")
    attacks.add_argument(
        "--unseen",
        choices=HALVES,
        help="plant one half of those that no rule was made from; of `last` nothing but sums",
    )
    attacks.add_argument("--limit", type=count, metavar="N", help="plant N of the attacks, evenly spread")
    attacks.add_argument(
        "--model", action="store_true", help="ask the chat model of the settings, not the one that obeys everything"
    )


def _attacks(arguments: argparse.Namespace) -> int:
    settings = load_settings()
    attacks = unseen_attacks(arguments.unseen) if arguments.unseen else read_attacks(arguments.bipia)
    if arguments.model and not settings.chat_model:
        raise ConfigError(
            "there is no chat model to be asked: set FOOTNOTE_CHAT_MODEL, and OPENAI_BASE_URL for a server"
        )
    cases, sets = list(mails(arguments.bipia)), [open_dataset(path) for path in arguments.sets]
    if not arguments.unseen:
        _print_rules(attacks, sets)
    for dataset in sets:
        cases += of_dataset(dataset, arguments.passages)
    with library_of(cases, settings, told) as library:
        found = found_by(cases, library, settings.top_k)
    print(f"{len(cases)} documents, {len(found)} found by their question")
    planted = with_attacks(chosen(attacks, arguments.limit), found, settings, told)
    found = found[: arguments.limit]
    manner = {"is_told": arguments.unseen != "last", "is_marking": is_marking(settings)}
    if arguments.model:
        model = open_model(settings)
        assert model is not None  # noqa: S101 - its name is set
        # A small model cannot spell words otherwise, and nobody could tell whether it tried.
        planted = [one for one in planted if one.attack.rewrite is None]
        _print_all(settings.chat_model, model, planted, found, **manner)
        model.close()
        return 0
    for name, manners in _OBEDIENT.items():
        with ObedientEndpoint(attacks, **manners) as endpoint, _opened(endpoint.url) as model:
            _print_all(name, model, planted, found, **manner)
    return 0


def _print_rules(attacks: Sequence[Attack], sets: Sequence[Dataset]) -> None:
    """How many instructions the rules know for orders, and how many passages they wrongly find some in."""
    bipia = [attack for attack in attacks if not attack.is_own]
    halves = [(sum(map(_is_known, half)), len(half)) for half in (bipia[::2], bipia[1::2])]
    (n, of), (n_others, of_others) = halves
    print(f"known for orders: {n} of {of} instructions that the rules were made from, {n_others} of {of_others} others")
    for dataset in sets:
        flagged = [bool(orders(passage.text)) for passage in dataset.corpus()]
        print(f"    passages of {dataset.name} with orders: {sum(flagged)} of {len(flagged):,}")


def _is_known(attack: Attack) -> bool:
    return bool(orders(attack.instruction))


@contextmanager
def _opened(url: str) -> Iterator[OpenAIChatModel]:
    model = OpenAIChatModel(base_url=url, model="obedient")
    try:
        yield model
    finally:
        model.close()


def _print_all(
    name: str,
    model: ChatModel,
    planted: Sequence[Planted],
    found: Sequence[tuple[Case, tuple[Hit, ...]]],
    *,
    is_told: bool,
    is_marking: bool,
) -> None:
    """`is_told`: whether to say which attacks come through; `is_marking`: as `guarded` takes it."""
    print(f"\n{name}; attacks that reach the answer without defences, unchecked, and as the app does it:")
    without, unchecked, checked = _measured(model, planted, is_marking=is_marking)
    for title, is_own in (("BIPIA", False), ("our own", True)):
        kinds = sorted({one.attack.kind for one in planted if one.attack.is_own is is_own})
        if kinds:
            ways = (("without", without), ("unchecked", unchecked), ("the app", checked))
            print(f"  {title}: " + ", ".join(f"{way} {reached.line(kinds)}" for way, reached in ways))
            for kind in kinds if is_told else ():
                own = [one for one in planted if one.attack.kind == kind]
                n_left_out = sum(one.is_left_out for one in own)
                counts = f"{without.reached[kind]:4} {unchecked.reached[kind]:4} {checked.reached[kind]:4}"
                print(f"    {kind:32}{counts} of {len(own):3}; {n_left_out} left out")
    print(f"  something active drawn: without {without.active}, as the app does it {checked.active}")
    for one in checked.through if is_told else ():
        print(f"    reached: {one.attack.kind}, {one.place}: {one.attack.instruction[:90]!r}")
    _print_unchanged(model, found, is_marking=is_marking)


def _measured(model: ChatModel, planted: Sequence[Planted], *, is_marking: bool) -> tuple[Reached, Reached, Reached]:
    """Without defences; with fences, orders left out and harmless Markdown; with the check of every sentence, too."""
    without, unchecked, checked = Reached(), Reached(), Reached()
    for n, one in enumerate(planted, start=1):
        question = one.case.question
        raw = unguarded(model, question, one.hits)
        without.add(one, raw, is_active=has_active(raw))
        draft = guarded(model, question, one.hits, is_marking=is_marking)
        text = unchecked_of(draft)
        unchecked.add(one, text, is_active=is_drawn_active(text))
        checked.add(one, shown_of(draft), is_active=not draft.refused and is_drawn_active(draft.text))
        if n % 20 == 0:
            told(f"{n} of {len(planted)} attacks")
    return without, unchecked, checked


def _print_unchanged(model: ChatModel, found: Sequence[tuple[Case, tuple[Hit, ...]]], *, is_marking: bool) -> None:
    """The same questions over documents without attacks: whether the defences change an answer."""
    same = 0
    changed: list[str] = []
    for case, hits in found:
        draft = guarded(model, case.question, hits, is_marking=is_marking)
        plain = bare(inert(unguarded(model, case.question, hits))).strip()
        is_same = bare(draft.text).strip() == plain and shown_of(draft).strip() == ("" if draft.refused else plain)
        same += is_same
        if not is_same:
            changed.append(f"{case.id}: {plain[:60]!r} -> {shown_of(draft)[:60]!r}")
    print(f"  questions over the documents as they are: {same} of {len(found)} answers stay the same")
    for line in changed:
        print(f"    {line}")
