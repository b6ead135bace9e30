"""Trains the lower layers of the bundled encoder for late interaction: which passage a question's pieces meet best."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from indexes.encoder import padded
from indexes.token_encoder import LAYERS
from indexes.word_pieces import WordPieces
from rag.interaction import Floats
from rag.pieces import PieceIds
from training.begun import begun
from training.layers import DIM, Layers
from training.loop import Group, Run, Told, trained
from training.mining import Mined, Task
from training.windows import Asked, around_answer, drawn, n_steps_apart, near_window, parted, wrong_window

_QUESTIONS = 16
_BESIDE = 2
"""Wrong windows of each question; those of all questions are wrong for every other one."""
_LONGEST = 62
"""Pieces of a question."""
_WINDOWS = (64, 96, 128, 192)
_RATE, _RATE_OF_SCALES = 1e-4, 5e-3
_SCALE = 3.4
"""The logarithm of what likenesses are multiplied by at first, so that passages are told apart by them."""
_BY_RARITY = 0.7
"""How much of a score counts rare pieces more; of the rest every piece counts the same."""
_ALONE = 0.3
"""How much each layer has to tell without the other."""
_NEVER = -1e4


@dataclass(frozen=True, slots=True)
class _Texts:
    """Padded texts, special pieces around each: numbers int32 and mask float32, both [texts, t]."""

    ids: Tensor
    mask: Tensor

    @classmethod
    def of(cls, rows: Sequence[PieceIds], around: tuple[int, int]) -> _Texts:
        ids, mask = padded([[around[0], *own.tolist(), around[1]] for own in rows])
        return cls(torch.from_numpy(ids), torch.from_numpy(mask))

    def real(self) -> Tensor:
        """1 where a piece is the text's own."""
        found = self.mask.roll(-1, 1) * self.mask
        found[:, 0] = found[:, -1] = 0
        return found


@dataclass(frozen=True, slots=True)
class _Batch:
    """Questions, and for each one window that answers it and after it those that do not."""

    questions: _Texts
    windows: _Texts
    others: Tensor
    """Whether a window of another question is of a passage that answers this one: [questions, windows]."""


class LateModel(Layers):
    """The layers that it takes, and how much likeness after each of `LAYERS` says."""

    def __init__(self, encoder: Path) -> None:
        super().__init__(encoder, max(LAYERS))
        self.scales = nn.Parameter(torch.full((len(LAYERS),), _SCALE))

    def forward(self, texts: _Texts) -> list[Tensor]:
        """Unit rows [texts, t, 384] of every piece after each of `LAYERS`."""
        b, t = texts.mask.shape
        found = []
        for number, (places, rows) in enumerate(self.states(texts.ids, torch.zeros_like(texts.ids), texts.mask), 1):
            if number in LAYERS:
                unit = F.normalize(rows.float(), dim=-1)
                found.append(unit.new_zeros(b * t, DIM).index_copy(0, places, unit).view(b, t, DIM))
        return found


def train(  # noqa: PLR0913
    sets: Sequence[Mined],
    encoder: Path,
    state: Path,
    tokenizer: WordPieces,
    rarity: Floats,
    *,
    minutes: float,
    n_threads: int,
    told: Told,
    is_anew: bool = False,
    patience: int = 0,
) -> LateModel:
    """As `training.loop.trained` by a `Run` of these; `rarity`: how much a piece says, by its number."""
    torch.manual_seed(7)
    model, batches = LateModel(encoder), _Batches(sets, tokenizer)
    groups = [Group([*model.layers.parameters()], _RATE), Group([model.scales], _RATE_OF_SCALES, decay=0)]
    losses = partial(_losses, model, torch.from_numpy(rarity))
    names = ", ".join(of.name for of in sets)
    run = Run(state, begun(encoder), names, minutes, n_threads, told, is_anew=is_anew, patience=patience)
    trained(model, groups, batches.batch, losses, run, apart=batches.apart())
    return model


def _losses(model: LateModel, rarity: Tensor, batch: _Batch) -> list[Tensor]:
    """Of which window answers each question: by both layers, and by each alone."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        asked, read = model(batch.questions), model(batch.windows)
    weights, real = _weights(rarity, batch.questions), batch.windows.real()
    met = [_met(*both, weights, real) for both in zip(asked, read, strict=True)]
    scores = [scale.exp() * of for scale, of in zip(model.scales, met, strict=True)]
    per_question = len(batch.windows.ids) // len(batch.questions.ids)
    right = torch.arange(len(batch.questions.ids)) * per_question
    together, *alone = [F.cross_entropy(of.masked_fill(batch.others, _NEVER), right) for of in (sum(scores), *scores)]
    return [together, *(_ALONE * one for one in alone)]


def _weights(rarity: Tensor, questions: _Texts) -> Tensor:
    """How much each piece of each question counts: [questions, t], 1 in all."""
    real = questions.real()
    rare = rarity[questions.ids.long()] * real
    shares = [of / of.sum(1, keepdim=True).clamp(min=1e-6) for of in (rare, real)]
    return _BY_RARITY * shares[0] + (1 - _BY_RARITY) * shares[1]


def _met(asked: Tensor, read: Tensor, weights: Tensor, real: Tensor) -> Tensor:
    """How well each question is met by each window, [questions, windows], as in Khattab and Zaharia, "ColBERT" (2020):
    every piece looks for the nearest one."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        near = asked.reshape(-1, DIM) @ read.reshape(-1, DIM).T
    near = near.float().view(*asked.shape[:2], *read.shape[:2]).masked_fill(real == 0, -1.0)
    return (weights[:, :, None] * near.amax(-1)).sum(1)


class _Batches:
    """The batch of each step, as `drawn` gives its tasks."""

    def __init__(self, sets: Sequence[Mined], tokenizer: WordPieces) -> None:
        self._tasks, self._apart = parted([(of, task) for of in sets for task in of.tasks if task.bad and task.good])
        self._around = tokenizer.around()

    def batch(self, step: int) -> _Batch:
        return self._of(self._tasks, step)

    def apart(self) -> list[_Batch]:
        """Of tasks that teach nothing, the same in every run."""
        return [self._of(self._apart, step) for step in range(n_steps_apart(self._apart, _QUESTIONS))]

    def _of(self, among: Sequence[Asked], step: int) -> _Batch:
        tasks, width, chance = drawn(among, _QUESTIONS, _WINDOWS, step)
        questions, windows, passages = [], [], list[list[bytes]]()
        for of, task in tasks:
            good = chance.choice(task.good)
            questions.append(task.question[:_LONGEST])
            windows += _shown(of, task, good, width, chance)
            passages.append([of.pieces[one][0].tobytes() for one in task.good])
        shown = [window.tobytes() for window in windows]
        own = torch.arange(len(passages))[:, None] == torch.arange(len(windows)) // (1 + _BESIDE)
        held = [[any(window in passage for passage in right) for window in shown] for right in passages]
        return _Batch(_Texts.of(questions, self._around), _Texts.of(windows, self._around), torch.tensor(held) & ~own)


def _shown(of: Mined, task: Task, good: int, width: int, chance: random.Random) -> list[PieceIds]:
    """A window that answers, and those that do not."""
    ids = of.pieces[good][0]
    marks = of.marks(good, task.answers)
    start = around_answer(len(ids), marks, width, chance)
    wrong = [wrong_window(of, task, ids, marks, width, chance)]
    wrong += [near_window(of, task, width, chance) for _ in range(_BESIDE - 1)]
    return [ids[start : start + width], *wrong]
