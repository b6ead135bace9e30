"""Trains the joint reader: seeded, and taken up again where an earlier run has stopped."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor

from indexes.joint_encoder import inputs_of, joined, start_of_passage
from indexes.word_pieces import WordPieces
from rag.pieces import PieceIds
from training.joint_model import JointModel
from training.mining import Mined, Task
from training.swapping import Swapper, Window

Told = Callable[[str], None]

_QUESTIONS = 16
_WINDOWS = (72, 96, 128, 176)
"""Pieces of a passage that are shown, at a random place around the answer: short ones cost less and teach as much."""
_HARD = 8
"""The first so many wrong hits are drawn from."""
_SAME = 0.35
"""How often the wrong passage is a part of the right one, without the answer in it."""
_SWAPPED = 0.25
"""How often it is the right one itself with another name or code in the place of what the question asks about."""
_RATE, _RATE_OF_HEADS = 1e-4, 5e-4
_AVERAGED = 0.999
"""How much of the mean of the weights stays at each step: the mean reads better than where the last step ended."""
_WARM = 150
_SAVED_S = 200.0
_SHOWN = 25
_NEVER = -1e4


@dataclass(frozen=True, slots=True)
class _Batch:
    """Pairs of windows: one that answers the question and one that does not, or two that do not."""

    inputs: Sequence[Tensor]
    answers: Tensor
    """1 for each pair of which the first window answers, else 0."""
    marks: Sequence[Sequence[tuple[int, int]]]
    """Where the answer stands in the first window of each pair, as places among all its pieces."""


def train(  # noqa: PLR0913
    sets: Sequence[Mined],
    encoder: Path,
    state: Path,
    tokenizer: WordPieces,
    *,
    start: Path | None = None,
    minutes: float,
    n_threads: int,
    told: Told,
) -> JointModel:
    """`minutes` more of training, the second half with a falling rate; `state` keeps where it stands, and `start` is
    what the first run begins with. What comes back is the running mean of the weights, as in Polyak and Juditsky
    (1992).

    Beside other work one thread is as fast as two, which wait for each other.
    """
    torch.manual_seed(7)
    torch.set_num_threads(n_threads)
    model, step = JointModel(encoder, start), 0
    heads = [*model.spans.parameters(), *model.relevance.parameters()]
    groups = [{"params": list(model.layers.parameters()), "lr": _RATE}, {"params": heads, "lr": _RATE_OF_HEADS}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    average = {name: of.detach().clone() for name, of in _trained(model).items()}
    if state.exists():
        step = _take_up(state, model, optimizer, average)
        told(f"taken up again after {step:,} steps")
    batches = _Batches(sets, tokenizer)
    begun = saved = time.monotonic()
    model.train()
    with ThreadPoolExecutor(1) as ahead:
        pending = ahead.submit(batches.batch, step)
        while (passed := time.monotonic() - begun) < minutes * 60:
            batch, pending = pending.result(), ahead.submit(batches.batch, step + 1)
            share = min(1.0, (step + 1) / _WARM, 2 * (1 - passed / (minutes * 60)) + 0.01)
            for group, rate in zip(optimizer.param_groups, (_RATE, _RATE_OF_HEADS), strict=True):
                group["lr"] = rate * share
            losses = _losses(model, batch)
            sum(losses).backward()
            torch.nn.utils.clip_grad_norm_(_trained(model).values(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            step += 1
            _average(model, average, step)
            if step % _SHOWN == 0:
                told(f"step {step:,}, {passed:.0f} s: " + ", ".join(f"{one.item():.3f}" for one in losses))
            if time.monotonic() - saved > _SAVED_S:
                _save(state, model, optimizer, average, step)
                saved = time.monotonic()
    _save(state, model, optimizer, average, step)
    for name, of in _trained(model).items():
        of.data = average[name]
    model.eval()
    return model


_MOMENTS = ("step", "exp_avg", "exp_avg_sq")


def _trained(model: JointModel) -> dict[str, Tensor]:
    return {name: of for name, of in model.named_parameters() if of.requires_grad}


def _average(model: JointModel, average: Mapping[str, Tensor], step: int) -> None:
    new = 1 - min(_AVERAGED, (1 + step) / (10 + step))
    with torch.no_grad():
        torch._foreach_lerp_(list(average.values()), list(_trained(model).values()), new)  # noqa: SLF001 - as optimizers do


def _take_up(state: Path, model: JointModel, optimizer: torch.optim.Optimizer, average: dict[str, Tensor]) -> int:
    """The step at which an earlier run stopped, its weights, their mean, and what Adam knew."""
    kept = load_file(state)
    for name, of in _trained(model).items():
        of.data, average[name] = kept[f"model.{name}"], kept[f"average.{name}"]
        optimizer.state[of] = {moment: kept[f"{moment}.{name}"] for moment in _MOMENTS}
    return int(kept["n_steps"])


def _save(
    state: Path, model: JointModel, optimizer: torch.optim.Optimizer, average: Mapping[str, Tensor], step: int
) -> None:
    state.parent.mkdir(parents=True, exist_ok=True)
    kept = {f"average.{name}": of for name, of in average.items()}
    kept |= {f"model.{name}": of.detach() for name, of in _trained(model).items()}
    for name, of in _trained(model).items():
        kept |= {f"{moment}.{name}": optimizer.state[of][moment] for moment in _MOMENTS}
    draft = state.with_suffix(".draft")
    save_file(kept | {"n_steps": torch.tensor(step)}, draft)
    draft.replace(state)


def _losses(model: JointModel, batch: _Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Of which window of a pair answers, of whether each does, and of where the answer stands."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        relevance, spans = model(*batch.inputs)
    by_pair, answers = relevance.view(-1, 2), batch.answers
    wanted = torch.stack([answers, torch.zeros_like(answers)], 1)
    order = -0.5 * (torch.log_softmax(by_pair, 1)[:, 0] * answers).sum() / answers.sum().clamp(min=1)
    right = F.binary_cross_entropy_with_logits(by_pair, wanted)
    return order, right, _span_loss(spans, batch)


def _span_loss(spans: Tensor, batch: _Batch) -> Tensor:
    """Of both windows of each pair together, so that what is said of one passage can be held against what is said of
    another: the shared norm of Clark and Gardner, "Simple and effective multi-paragraph reading comprehension" (2018).
    """
    _, of_passage, mask = batch.inputs
    by_pair = spans.masked_fill((of_passage * mask)[:, :, None] == 0, _NEVER).view(-1, 2 * spans.shape[1], 2)
    found = []
    for pair, marks in zip(by_pair, batch.marks, strict=True):
        for end in (0, 1) if marks else ():
            places = torch.tensor(sorted({mark[end] for mark in marks}))
            found.append(pair[:, end].logsumexp(0) - pair[places, end].logsumexp(0))
    return torch.stack(found).mean() if found else spans.sum() * 0


class _Batches:
    """The batch of each step, the same whenever it is asked for; every question once before any comes again."""

    def __init__(self, sets: Sequence[Mined], tokenizer: WordPieces) -> None:
        self._tasks = [(of, task) for of in sets for task in of.tasks if task.bad]
        self._around = tokenizer.around()
        self._swapper = Swapper(tokenizer, sets)

    def batch(self, step: int) -> _Batch:
        per_round = max(1, len(self._tasks) // _QUESTIONS)
        order = list(range(len(self._tasks)))
        random.Random(step // per_round).shuffle(order)  # noqa: S311
        chance = random.Random(1_000_003 + step)  # noqa: S311
        width, first = chance.choice(_WINDOWS), step % per_round * _QUESTIONS
        rows, starts, marks, answers = [], [], [], []
        for number in order[first : first + _QUESTIONS]:
            of, task = self._tasks[number]
            question, right, wrong = self._pair(of, task, width, chance)
            for ids in (right.ids, wrong):
                rows.append(joined(question, ids, self._around))
                starts.append(start_of_passage(question))
            marks.append([(starts[-1] + a, starts[-1] + b) for a, b in right.marks])
            answers.append(float(bool(task.good)))
        parts = [inputs_of([row], start) for row, start in zip(rows, starts, strict=True)]
        longest = max(part[0].shape[1] for part in parts)
        padded = [
            np.concatenate([np.pad(part[kind], ((0, 0), (0, longest - part[kind].shape[1]))) for part in parts])
            for kind in range(3)
        ]
        return _Batch([torch.from_numpy(one) for one in padded], torch.tensor(answers), marks)

    def _pair(self, of: Mined, task: Task, width: int, chance: random.Random) -> tuple[PieceIds, Window, PieceIds]:
        """A question with a window that answers it, if any does, and with one that does not."""
        if not task.good:
            first, second = (_near(of, task, width, chance) for _ in range(2))
            return task.question, Window(first, ()), second
        good = chance.choice(task.good)
        ids, marks = of.pieces[good][0], of.marks(good, task.answers)
        start = _around_answer(len(ids), marks, width, chance)
        shown = ids[start : start + width]
        right = Window(shown, [(a - start, b - start) for a, b in marks if a >= start and b < start + len(shown)])
        swap = self._swapper.swap(of, task.question, right, chance) if chance.random() < _SWAPPED else None
        if swap:
            return swap.question, swap.right, swap.wrong
        return task.question, right, _wrong(of, task, ids, marks, width, chance)


def _around_answer(n: int, marks: Sequence[tuple[int, int]], width: int, chance: random.Random) -> int:
    """Where a window starts that holds one of the marked answers whole, if it can."""
    if not marks:
        return chance.randint(0, max(0, n - width))
    first, last = chance.choice(marks)
    low, high = max(0, last - width + 1), min(first, max(0, n - width))
    return chance.randint(min(low, high), max(low, high))


def _wrong(  # noqa: PLR0913, PLR0917
    of: Mined, task: Task, right: PieceIds, marks: Sequence[tuple[int, int]], width: int, chance: random.Random
) -> PieceIds:
    """A window of a near passage, or one of the right passage in which the answer does not stand."""
    if marks and chance.random() < _SAME:
        starts = range(0, len(right) - width // 2, 8)
        free = [start for start in starts if all(last < start or first >= start + width for first, last in marks)]
        if free:
            start = chance.choice(free)
            return right[start : start + width]
    return _near(of, task, width, chance)


def _near(of: Mined, task: Task, width: int, chance: random.Random) -> PieceIds:
    """A window of a near passage that does not answer."""
    ids = of.pieces[chance.choice(task.bad[:_HARD])][0]
    start = chance.randint(0, max(0, len(ids) - width))
    return ids[start : start + width]
