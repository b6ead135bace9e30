"""Trains the joint layers: seeded, and taken up again where an earlier run has stopped."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor

from indexes.joint_encoder import inputs_of
from rag.interaction import Floats, matches_of, piece_values
from rag.types import TokenStates
from training.joint_model import JointModel
from training.mining import Mined, Task

Told = Callable[[str], None]

_QUESTIONS = 16
_BAD = 1
"""Passages beside the right one: more of them cost as much as more questions, which teach more."""
_HARD = 8
"""The first so many wrong hits are drawn from."""
_RATE, _RATE_OF_HEADS = 2e-4, 1e-3
_WARM = 150
_SAVED_S = 240.0
_SHOWN = 50
_NEVER = -1e4


@dataclass(frozen=True, slots=True)
class _Batch:
    """Groups of 1 + `_BAD` passages, the right one first."""

    inputs: list[Tensor]
    starts: Sequence[int]
    """Where the passage begins in each row."""
    marks: Sequence[Sequence[tuple[int, int]]]
    """Where the answer stands in the right passage of each group."""


def train(
    sets: Sequence[Mined], rarity: Floats, encoder: Path, state: Path, *, minutes: float, told: Told
) -> JointModel:
    """`minutes` more of training, the last quarter with a falling rate; `state` keeps where it stands."""
    torch.manual_seed(7)
    model, step = JointModel(), 0
    model.start_from(encoder)
    layers = {id(one) for one in model.layers.parameters()}
    heads = [one for one in model.parameters() if id(one) not in layers]
    groups = [{"params": list(model.layers.parameters()), "lr": _RATE}, {"params": heads, "lr": _RATE_OF_HEADS}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    if state.exists():
        step = _take_up(state, model, optimizer)
        told(f"taken up again after {step:,} steps")
    begun = saved = time.monotonic()
    batches = _batches(sets, rarity, random.Random(step))  # noqa: S311
    model.train()
    with ThreadPoolExecutor(1) as ahead:
        pending = ahead.submit(next, batches)
        while (passed := time.monotonic() - begun) < minutes * 60:
            batch, pending = pending.result(), ahead.submit(next, batches)
            share = min(1.0, (step + 1) / _WARM, 4 * (1 - passed / (minutes * 60)) + 0.02)
            for group, rate in zip(optimizer.param_groups, (_RATE, _RATE_OF_HEADS), strict=True):
                group["lr"] = rate * share
            losses = _losses(model, batch)
            sum(losses).backward()  # type: ignore[union-attr]
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            step += 1
            if step % _SHOWN == 0:
                told(f"step {step:,}, {passed:.0f} s: " + ", ".join(f"{one.item():.3f}" for one in losses))
            if time.monotonic() - saved > _SAVED_S:
                _save(state, model, optimizer, step)
                saved = time.monotonic()
    _save(state, model, optimizer, step)
    return model.eval()


_MOMENTS = ("step", "exp_avg", "exp_avg_sq")


def _take_up(state: Path, model: JointModel, optimizer: torch.optim.Optimizer) -> int:
    """The step at which an earlier run stopped, its weights, and what Adam knew."""
    kept = load_file(state)
    model.load_state_dict({name: kept[f"model.{name}"] for name, _ in model.named_parameters()})
    for name, of in model.named_parameters():
        optimizer.state[of] = {moment: kept[f"{moment}.{name}"] for moment in _MOMENTS}
    return int(kept["n_steps"])


def _save(state: Path, model: JointModel, optimizer: torch.optim.Optimizer, step: int) -> None:
    state.parent.mkdir(parents=True, exist_ok=True)
    kept = {f"model.{name}": of.detach() for name, of in model.named_parameters()}
    for name, of in model.named_parameters():
        kept |= {f"{moment}.{name}": optimizer.state[of][moment] for moment in _MOMENTS}
    draft = state.with_suffix(".draft")
    save_file(kept | {"n_steps": torch.tensor(step)}, draft)
    draft.replace(state)


def _losses(model: JointModel, batch: _Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Of the order of the passages, of whether each is right, and of where the answer stands."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        relevance, spans = model(*batch.inputs)
    size = 1 + _BAD
    by_group = relevance.view(-1, size)
    is_right = torch.zeros_like(by_group)
    is_right[:, 0] = 1
    order = -torch.log_softmax(by_group, 1)[:, 0].mean()
    right = 0.5 * F.binary_cross_entropy_with_logits(by_group, is_right)
    _, of_passage, _, mask = batch.inputs
    spans = spans.masked_fill((of_passage * mask)[:, :, None] == 0, _NEVER)
    found = []
    for group, marks in enumerate(batch.marks):
        row = group * size
        for end in (0, 1):
            if marks:
                places = torch.tensor(sorted({batch.starts[row] + mark[end] for mark in marks}))
                own = spans[row, :, end]
                found.append(spans[row : row + size, :, end].logsumexp((0, 1)) - own[places].logsumexp(0))
                found.append(0.5 * (own.logsumexp(0) - own[places].logsumexp(0)))
    return order, right, torch.stack(found).mean() if found else order * 0


def _batches(sets: Sequence[Mined], rarity: Floats, chance: random.Random) -> Iterator[_Batch]:
    """Without end; every question once before any comes again."""
    tasks = [(of, task) for of in sets for task in of.tasks if len(task.bad) >= _BAD]
    while True:
        chance.shuffle(tasks)
        for at in range(0, len(tasks) - _QUESTIONS + 1, _QUESTIONS):
            yield _batch(tasks[at : at + _QUESTIONS], rarity, chance)


def _batch(tasks: Sequence[tuple[Mined, Task]], rarity: Floats, chance: random.Random) -> _Batch:
    rows: list[tuple[TokenStates, TokenStates]] = []
    marks = []
    for of, task in tasks:
        good = chance.choice(task.good)
        marks.append(of.marks(good, task.answers))
        rows += [(task.question, of.states[number]) for number in (good, *chance.sample(task.bad[:_HARD], _BAD))]
    rows = [(_widened(question), _widened(passage)) for question, passage in rows]
    values = [piece_values(matches_of(question, [passage])[0], rarity[question.ids]) for question, passage in rows]
    inputs = inputs_of(rows, values)
    return _Batch([torch.from_numpy(one) for one in inputs], [len(question.ids) for question, _ in rows], marks)


def _widened(states: TokenStates) -> TokenStates:
    lower, upper = states.lower.astype(np.float32), states.upper.astype(np.float32)
    return TokenStates(states.ids, states.offsets, lower, upper)
