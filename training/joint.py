"""Trains the joint reader."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from indexes.joint_encoder import inputs_of, joined, start_of_passage
from indexes.word_pieces import WordPieces
from rag.pieces import PieceIds
from training.begun import begun
from training.joint_model import JointModel
from training.loop import Group, Run, Told, trained
from training.mining import Mined, Task
from training.swapping import Swapper, Window
from training.windows import Asked, around_answer, drawn, n_steps_apart, near_window, parted, wrong_window

_QUESTIONS = 16
_WINDOWS = (72, 96, 128, 176)
"""Pieces of a passage that are shown, at a random place around the answer: short ones cost less and teach as much."""
_SWAPPED = 0.25
"""How often it is the right one itself with another name or code in the place of what the question asks about."""
_RATE, _RATE_OF_HEADS = 1e-4, 5e-4
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
    is_anew: bool = False,
    patience: int = 0,
) -> JointModel:
    """As `training.loop.trained` by a `Run` of these; `start` is what the first one begins with."""
    torch.manual_seed(7)
    model, batches = JointModel(encoder, start), _Batches(sets, tokenizer)
    heads = [*model.spans.parameters(), *model.relevance.parameters()]
    groups = [Group([*model.layers.parameters()], _RATE), Group(heads, _RATE_OF_HEADS)]
    losses = partial(_losses, model)
    names = ", ".join(of.name for of in sets)
    run = Run(state, begun(encoder, start), names, minutes, n_threads, told, is_anew=is_anew, patience=patience)
    trained(model, groups, batches.batch, losses, run, apart=batches.apart())
    return model


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
    """The batch of each step, as `drawn` gives its tasks."""

    def __init__(self, sets: Sequence[Mined], tokenizer: WordPieces) -> None:
        self._tasks, self._apart = parted([(of, task) for of in sets for task in of.tasks if task.bad])
        self._around = tokenizer.around()
        self._swapper = Swapper(tokenizer, sets)

    def batch(self, step: int) -> _Batch:
        return self._of(self._tasks, step)

    def apart(self) -> list[_Batch]:
        """Of tasks that teach nothing, the same in every run."""
        return [self._of(self._apart, step) for step in range(n_steps_apart(self._apart, _QUESTIONS))]

    def _of(self, among: Sequence[Asked], step: int) -> _Batch:
        tasks, width, chance = drawn(among, _QUESTIONS, _WINDOWS, step)
        rows, starts, marks, answers = [], [], [], []
        for of, task in tasks:
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
            first, second = (near_window(of, task, width, chance) for _ in range(2))
            return task.question, Window(first, ()), second
        good = chance.choice(task.good)
        ids, marks = of.pieces[good][0], of.marks(good, task.answers)
        start = around_answer(len(ids), marks, width, chance)
        shown = ids[start : start + width]
        right = Window(shown, [(a - start, b - start) for a, b in marks if a >= start and b < start + len(shown)])
        swap = self._swapper.swap(of, task.question, right, chance) if chance.random() < _SWAPPED else None
        if swap:
            return swap.question, swap.right, swap.wrong
        return task.question, right, wrong_window(of, task, ids, marks, width, chance)
