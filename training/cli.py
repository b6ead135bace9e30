"""`python -m training`: learn the weights of reranking and reading, and print what they are worth on sets kept out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

from evals.corpora import CACHE, Corpus, open_corpus
from evals.datasets import Dataset, open_dataset
from evals.numbers import count, count_or_zero, duration
from evals.refusal_curve import PRECISION
from indexes.joint_encoder import MiniLMJoint
from indexes.late_weights import FOLDER, JOINT, LATE, WEIGHTS, read_weights, write_weights
from indexes.minilm import MiniLM, digest_of, model_directory, whole_vectors, word_pieces
from indexes.support_weights import write_support, write_topic
from indexes.token_encoder import MiniLMTokens
from indexes.word_pieces import WordPieces
from rag.comparing import Comparisons
from rag.errors import FootnoteError
from rag.interaction import Floats
from rag.late_interaction import DEPTH, LateWeights
from rag.locating import Locator
from rag.settings import Settings
from rag.verification.support import Support
from rag.verification.topic import Topic
from training.begun import Begun, begun, check_begun
from training.card import write_card
from training.cases import Case, cases
from training.examples import Example, examples, kept, rarities
from training.learning import (
    Sets,
    Worth,
    chance_learned,
    chance_of_words_learned,
    chance_worth_together,
    check_measurable,
    kept_apart,
    learned,
    worth,
    worth_of_cases,
)
from training.mining import MADE, Mined, mined, mined_cases
from training.ranked import by_interaction
from training.too_few import TooFew

_KEPT = 20_000
"""Passages whose states stay in memory while a set is gone through: 6 GB at most."""
_LOCATED = 500_000
"""Passages that were read together with a question: 2 kB each at most."""
_FLOOR = 2e-4
"""Share of the passages below which word pieces count as equally rare."""
_STAYS = 0.5
"""How much of what training began with stays in what is written."""
_SAYING = "LMN"
"""Letters, marks on them, numbers: the kinds of characters that say something."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Learn, print what it is worth, write it; 2 where something cannot be used."""
    given = _parser().parse_args(arguments)
    try:
        given.run(given)
    except FootnoteError as error:
        print(f"training: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m training", description="learn how to rerank, to read and to refuse")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("sets", type=Path, nargs="+", metavar="SET", help="sets to learn from, as in `python -m evals`")
    shared.add_argument("--out", type=Path, default=FOLDER, metavar="DIR", help="default %(default)s")
    shared.add_argument("--cache", type=Path, default=CACHE, metavar="DIR", help="default %(default)s")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_models(commands, shared)
    text = "learn how much each value counts, and print what that is worth on questions that taught nothing"
    weights = commands.add_parser("weights", parents=[shared], help=text)
    text = "a set to measure on alone; nothing of it is learned from. May be repeated"
    weights.add_argument("--check", type=Path, action="append", default=[], metavar="SET", help=text)
    text = "cases of contexts that answer, and of contexts that do not: the half that taught nothing is measured"
    weights.add_argument("--cases", type=Path, nargs=2, metavar="FILE", help=text)
    weights.add_argument("--questions", type=count, default=1200, metavar="N", help="of each set; default %(default)s")
    text = "learn nothing: only print what the weights in DIR are worth, on what is not learned from"
    kept_weights = weights.add_mutually_exclusive_group()
    kept_weights.add_argument("--as-they-are", action="store_true", help=text)
    text = (
        "learn nothing but the chance of an answer, in languages that the encoder knows (states) or in the others "
        "(words): the other weights in DIR stay as they are"
    )
    kept_weights.add_argument("--chance", choices=("states", "words"), help=text)
    weights.add_argument("--depth", type=count, default=DEPTH, metavar="N", help="hits reranked; default %(default)s")
    weights.set_defaults(run=_weights)
    text = "learn how much each value counts when a claim is held against its sources"
    support = commands.add_parser("support", parents=[shared], help=text)
    support.add_argument("--passages", type=count, default=250, metavar="N", help="of each set; default %(default)s")
    support.set_defaults(run=_learn_support)
    text = "learn how much each value counts when a claim is held against its question and passage"
    topic = commands.add_parser("topic", parents=[shared], help=text)
    topic.add_argument("--passages", type=count, default=150, metavar="N", help="of each set; default %(default)s")
    topic.set_defaults(run=_learn_topic)
    return parser


def _add_models(commands: argparse._SubParsersAction[argparse.ArgumentParser], shared: argparse.ArgumentParser) -> None:
    """The commands that train a model."""
    going_on = argparse.ArgumentParser(add_help=False, parents=[shared])
    going_on.add_argument("--minutes", type=duration, default=120, metavar="N", help="default %(default)s")
    text = (
        "end before the time is up where the loss on one question of 64, which teach nothing, was not better in N "
        "checks in a row, one every 200 steps; default 0: never"
    )
    going_on.add_argument("--patience", type=count_or_zero, default=0, metavar="N", help=text)
    text = "begin anew where an earlier run has left its state in the cache; by itself a run takes that up and goes on"
    going_on.add_argument("--anew", action="store_true", help=text)
    text = "1 beside other work; default: one for each core"
    going_on.add_argument("--threads", type=count, default=os.cpu_count() or 1, metavar="N", help=text)
    text = "train the reader of question and passage together; a later run goes on where this one ends"
    joint = commands.add_parser("joint", parents=[going_on], help=text)
    made = "questions made from each passage of a set, beside its own, at most; default %(default)s"
    joint.add_argument("--made", type=count_or_zero, default=MADE, metavar="N", help=made)
    text = "a joint.safetensors to begin with; default: the layers of the bundled encoder"
    joint.add_argument("--start", type=Path, metavar="FILE", help=text)
    text = f"how much of --start stays in what is written, 0 to 1; default {_STAYS}"
    joint.add_argument("--kept", type=share, metavar="SHARE", help=text)
    text = "cases of contexts that answer, and of contexts that do not: half of them teach, too"
    joint.add_argument("--cases", type=Path, nargs=2, metavar="FILE", help=text)
    joint.set_defaults(run=_train_joint)
    text = "train the encoder of reranking and of choosing sentences; a later run goes on where this one ends"
    late = commands.add_parser("late", parents=[going_on], help=text)
    late.add_argument("--made", type=count_or_zero, default=0, metavar="N", help=made)
    text = "how much of the bundled encoder stays in what is written, 0 to 1; default %(default)s"
    late.add_argument("--kept", type=share, default=_STAYS, metavar="SHARE", help=text)
    late.set_defaults(run=_train_late)


def _learn_support(given: argparse.Namespace) -> None:
    from evals.made_claims import made_claims
    from training.support import balanced_accuracy, judged, learned

    rarity = read_weights(given.out).rarity
    support = Support(MiniLMTokens(n_kept=_KEPT), rarity, np.zeros(0, dtype=np.float32))
    sets = {path.name: judged(made_claims(open_dataset(path), given.passages), support) for path in given.sets}
    _refuse_too_few(sets)
    for name, found in sets.items():
        others = {other: of for other, of in sets.items() if other != name}
        print(f"{name}: {len(found):,} claims, balanced accuracy {balanced_accuracy(found, learned(others)):.3f}")
    write_support(learned(sets), rarity, given.out)
    print(f"written to {given.out}")


def _learn_topic(given: argparse.Namespace) -> None:
    from evals.attack_set import own_attacks, unseen_attacks
    from training.topic import examples, learned, told_apart

    attacks = [one for one in (*own_attacks(), *unseen_attacks("improve")) if one.rewrite is None]
    topic = Topic(MiniLM().embed_documents, np.zeros(0, dtype=np.float32))
    sets = {path.name: examples(open_dataset(path), given.passages, attacks, topic) for path in given.sets}
    _refuse_too_few(sets)
    for name, found in sets.items():
        told, wrong = told_apart(found, learned({other: of for other, of in sets.items() if other != name}))
        print(f"{name}: {len(found):,} claims, of those planted {told:.3f} told apart, of others {wrong:.4f}")
    write_topic(learned(sets), given.out)
    print(f"written to {given.out}")


def _refuse_too_few(claims: Mapping[str, Sequence[object]]) -> None:
    for name, found in claims.items():
        if not found:
            raise TooFew(f"{name} has no passage to make claims of")
    if len(claims) < 2:  # noqa: PLR2004 - each is measured by what the others taught
        raise FootnoteError("learning needs a second set")


def share(text: str) -> float:
    """0 to 1, as it is typed; its name is what argparse calls it where it is no number."""
    found = float(text)
    if not 0 <= found <= 1:
        raise argparse.ArgumentTypeError("must be from 0 to 1")
    return found


def _train_joint(given: argparse.Namespace) -> None:
    from safetensors.numpy import load_file

    from training.joint import train
    from training.layers import mixed

    if given.kept is not None and not given.start:
        raise FootnoteError("--kept tells how much of --start stays: name what to begin with, or leave --kept out")
    tokenizer = word_pieces()
    encoder, state = model_directory() / "model.safetensors", given.cache / "joint" / "state.safetensors"
    limits = _limits(given, state, begun(encoder, given.start))
    found = _mined(given, tokenizer)
    if given.cases:
        answered, unanswered = given.cases
        found.append(mined_cases(answered, unanswered, tokenizer))
    model = train(found, encoder, state, tokenizer, start=given.start, **limits, told=_told)
    learned_weights, stays = model.weights(), _STAYS if given.kept is None else given.kept
    if given.start:
        learned_weights = mixed(load_file(given.start), learned_weights, stays)
    _write(learned_weights, given.out / JOINT)


def _train_late(given: argparse.Namespace) -> None:
    from safetensors.numpy import load_file

    from training.late import train
    from training.layers import mixed

    tokenizer = word_pieces()
    encoder, state = model_directory() / "model.safetensors", given.cache / "late" / "state.safetensors"
    limits = _limits(given, state, begun(encoder))
    rarity = _rarity([open_dataset(path) for path in dict.fromkeys(given.sets)], given.cache)
    model = train(_mined(given, tokenizer), encoder, state, tokenizer, rarity, **limits, told=_told)
    _write(mixed(load_file(encoder), model.weights(), given.kept), given.out / LATE)


def _limits(given: argparse.Namespace, state: Path, wanted: Begun) -> dict[str, Any]:
    """How a run trains. Raises FootnoteError where it cannot take the state up: before all that takes long."""
    if not given.anew:
        check_begun(state, wanted)
    running = {"minutes": given.minutes, "n_threads": given.threads}
    return running | {"is_anew": given.anew, "patience": given.patience}


def _mined(given: argparse.Namespace, tokenizer: WordPieces) -> list[Mined]:
    found, ranked, by = [], by_interaction(FOLDER, _KEPT), digest_of(FOLDER / WEIGHTS)[:16]
    for path in given.sets:
        dataset = open_dataset(path)
        corpus = _corpus(dataset, given.cache)
        kept = given.cache / "mined" / f"{dataset.name}-{corpus.library.catalogue.identity()}-{by}.json"
        found.append(mined(dataset, corpus, tokenizer, kept, _told, ranked=ranked, n_made=given.made))
        corpus.library.close()
    return found


def _write(weights: dict[str, NDArray[np.float16]], path: Path) -> None:
    from safetensors.numpy import save_file

    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(weights, path)
    print(f"written to {path}; the weights of the values have to be learned anew: python -m training weights")


def _weights(given: argparse.Namespace) -> None:
    for name, command in ((JOINT, "joint"), (LATE, "late")):
        if not (given.out / name).is_file():
            raise FootnoteError(f"{given.out} has no {name}: train it first, by `python -m training {command}`")
    sets = [open_dataset(path) for path in given.sets]
    checks = [open_dataset(path) for path in given.check]
    shipped = read_weights(given.out) if given.as_they_are or given.chance else None
    rarity = shipped.rarity if shipped else _rarity(sets, given.cache)
    gathered = {one.name: _examples(one, rarity, given, only_held=True) for one in sets}
    checked = {one.name: _examples(one, rarity, given, only_held=False) for one in checks}
    check_measurable(gathered, checked)
    written = _cases(rarity, given)
    gathered |= checked
    if shipped:
        _measure(shipped, sets, gathered, written, given)
    else:
        _learn(rarity, sets, gathered, written, given)


def _measure(
    weights: LateWeights, sets: Sequence[Dataset], gathered: Sets, written: Sequence[Case], given: argparse.Namespace
) -> None:
    """What ships, its chance learned anew where that is asked for."""
    names = [one.name for one in sets]
    if given.chance:
        learn = chance_learned if given.chance == "states" else chance_of_words_learned
        weights = learn({name: gathered[name] for name in names}, weights, given.depth)
        write_weights(weights, given.out)
    for name, own in gathered.items():
        if name not in names:
            print(_line(name, worth(own, weights, given.depth)), flush=True)
    _print_what_ships(weights, names, gathered, written, given.depth)


def _learn(
    rarity: Floats, sets: Sequence[Dataset], gathered: Sets, written: Sequence[Case], given: argparse.Namespace
) -> None:
    """What is shown of a set is of weights that others taught."""
    names = [one.name for one in sets]
    found: dict[str, Worth] = {}
    for name, own in gathered.items():
        others = {other: gathered[other] for other in names if other != name}
        if not others:
            raise FootnoteError("learning needs a second set, or a set to --check on")
        found[name] = worth(own, learned(others, rarity, given.depth), given.depth)
        print(_line(name, found[name]), flush=True)
    weights = learned({name: gathered[name] for name in names}, rarity, given.depth)
    _print_what_ships(weights, names, gathered, written, given.depth)
    write_weights(weights, given.out)
    shown = {"n_questions": given.questions, "depth": given.depth, "has_cases": bool(given.cases)}
    write_card(given.out, sets, found, **shown)
    print(f"written to {given.out}")


def _print_what_ships(
    weights: LateWeights, names: Sequence[str], gathered: Sets, written: Sequence[Case], depth: int
) -> None:
    print("with the weights that ship, on questions of the same sets that taught nothing:")
    apart = [kept_apart(gathered[name]) for name in names]
    for name, own in zip(names, apart, strict=True):
        print(_line(name, worth(own, weights, depth)))
    print(f"all of them together: {_chance(*chance_worth_together(apart, weights, depth))}")
    if written:
        print(f"cases that taught nothing: {_chance(*worth_of_cases(written, weights))}")


def _line(name: str, of: Worth) -> str:
    ranked = f"nDCG@10 keyword {of.by_words:.3f}, fused {of.fused:.3f}, reranked {of.reranked:.3f}"
    shown = [f"{name}: {of.n:,} questions, {ranked}"]
    if of.contained is not None:
        shown.append(f"contained {of.contained:.3f} in {of.sentences:.1f} sentences")
        shown.append(f"marked F1 {of.marked:.3f}")
        shown.append(_chance(of.refusal, of.refused, of.calibration, of.n_left_out))
    return "; ".join(shown)


def _chance(area: float | None, refused: float | None, error: float | None, n_left_out: int) -> str:
    how = "both kinds weighing half"
    if n_left_out:
        how += f"; without {n_left_out:,} question{'s' * (n_left_out > 1)} whose passages hold no answer"
    shown = f"refusal area {area:.3f}, {refused:.3f} refused at {PRECISION:.0%} precision"
    return f"{shown}, calibration error {error:.3f} ({how})"


def _corpus(dataset: Dataset, cache: Path) -> Corpus:
    return open_corpus(dataset, Settings(), cache, _told)


def _rarity(sets: Sequence[Dataset], cache: Path) -> Floats:
    """The logarithm of how seldom a word piece is, 0 to 1, over the passages of all sets, each counting the same; 0 of
    signs, which people put into questions as they please."""
    tokenizer = word_pieces()
    shares = []
    for dataset in sets:
        library = _corpus(dataset, cache).library
        counts, n = rarities(library, tokenizer)
        library.close()
        shares.append(counts / max(1, n))
    share = np.mean(shares, axis=0)
    says = np.array([any(category(sign)[0] in _SAYING for sign in token) for token in tokenizer.tokens()])
    return np.asarray(says * np.log((1 + _FLOOR) / (share + _FLOOR)) / np.log((1 + _FLOOR) / _FLOOR), dtype=np.float32)


def _examples(dataset: Dataset, rarity: Floats, given: argparse.Namespace, *, only_held: bool) -> list[Example]:
    library = _corpus(dataset, given.cache).library
    comparisons = Comparisons(MiniLMTokens(given.out / LATE, n_kept=_KEPT), rarity)
    locator = Locator(MiniLMJoint(given.out / JOINT), n_kept=_LOCATED)
    limits, embed = {"n": given.questions, "depth": given.depth}, kept(whole_vectors)
    try:
        return list(examples(dataset, library, comparisons, locator, embed, only_held=only_held, **limits, told=_told))
    finally:
        library.close()


def _cases(rarity: Floats, given: argparse.Namespace) -> list[Case]:
    if not given.cases:
        return []
    answered, unanswered = given.cases
    comparisons = Comparisons(MiniLMTokens(given.out / LATE, n_kept=0), rarity)
    locator = Locator(MiniLMJoint(given.out / JOINT))
    return cases(answered, unanswered, comparisons, locator, whole_vectors)


def _told(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
