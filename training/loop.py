"""The loop that a model of ours is trained in: seeded, and taken up again where an earlier run has stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import TypeVar

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from rag.types import counted
from training.begun import Begun, check_begun, facts_of

Told = Callable[[str], None]
Batch = TypeVar("Batch")

_AVERAGED = 0.999
"""How much of the mean of the weights stays at each step: the mean reads better than where the last step ended."""
_WARM = 150
_SAVED_S = 200.0
_SHOWN = 25
_CHECKED = 200
_MOMENTS = ("step", "exp_avg", "exp_avg_sq")
_SETS = "sets"


@dataclass(frozen=True, slots=True)
class Group:
    """Parameters that learn at one rate."""

    parameters: Sequence[nn.Parameter]
    rate: float
    decay: float = 0.01


@dataclass(frozen=True, slots=True)
class Run:
    """How long a run trains, and what it goes on from."""

    state: Path
    """Keeps where it stands."""
    begun: Begun
    sets: str
    """The names of what it learns from."""
    minutes: float
    n_threads: int
    """Beside other work one is as fast as two, which wait for each other."""
    told: Told
    is_anew: bool = False
    """Whether a state that is there is written over, and not taken up."""
    patience: int = 0
    """Checks in a row in which what is kept apart has not become better, after which it ends; 0: it never does."""


def trained(
    model: nn.Module,
    groups: Sequence[Group],
    batch_of: Callable[[int], Batch],
    losses_of: Callable[[Batch], Sequence[Tensor]],
    run: Run,
    *,
    apart: Sequence[Batch] = (),
) -> None:
    """`run.minutes` more of training, the second half with a falling rate. `batch_of` a step's number gives its batch;
    the loss of those kept `apart` is told now and then, and ends a run that has waited for its `patience`, which starts
    anew with every run. The model ends with the running mean of its weights, as in Polyak and Juditsky (1992).

    Raises FootnoteError where the state was begun with something else than this run.
    """
    torch.set_num_threads(run.n_threads)
    at, check = _Standing(model, groups, run), _Check(run)
    started = saved = time.monotonic()
    model.train()
    with ThreadPoolExecutor(1) as ahead:
        pending = ahead.submit(batch_of, at.step)
        while (passed := time.monotonic() - started) < run.minutes * 60:
            batch, pending = pending.result(), ahead.submit(batch_of, at.step + 1)
            losses = losses_of(batch)
            at.go_on(losses, passed / (run.minutes * 60))
            if at.step % _SHOWN == 0:
                run.told(f"step {at.step:,}, {passed:.0f} s: " + ", ".join(f"{one.item():.3f}" for one in losses))
            if apart and at.step % _CHECKED == 0 and check.is_enough(at.step, at.loss(apart, losses_of)):
                break
            if time.monotonic() - saved > _SAVED_S:
                at.save()
                saved = time.monotonic()
    at.save()
    at.end()


class _Check:
    """What is kept apart, and whether it becomes better."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._best, self._n_worse = inf, 0

    def is_enough(self, step: int, loss: float) -> bool:
        """Whether the run has seen as many checks without a better one as it has patience for."""
        self._n_worse = 0 if loss < self._best else self._n_worse + 1
        self._best = min(self._best, loss)
        self._run.told(f"step {step:,}: {loss:.4f} on what is kept apart, {self._best:.4f} at best")
        is_enough = 0 < self._run.patience <= self._n_worse
        if is_enough:
            self._run.told(f"no better for {counted(self._n_worse, 'check')}: it ends")
        return is_enough


class _Standing:
    """A model with what its optimizer knows, the running mean of its weights, and how many steps it has made."""

    def __init__(self, model: nn.Module, groups: Sequence[Group], run: Run) -> None:
        self._model, self._groups, self._run = model, groups, run
        self._optimizer = torch.optim.AdamW(
            [{"params": list(one.parameters), "lr": one.rate, "weight_decay": one.decay} for one in groups]
        )
        self._average = {name: of.detach().clone() for name, of in _learning(model).items()}
        self._facts, self.step = dict(run.begun), 0
        if run.state.exists() and not run.is_anew:
            self._take_up()

    def _take_up(self) -> None:
        """The step at which an earlier run stopped, its weights, their mean, and what Adam knew."""
        run = self._run
        check_begun(run.state, run.begun)
        self._facts, kept = facts_of(run.state), load_file(run.state)
        for name, of in _learning(self._model).items():
            of.data, self._average[name] = kept[f"model.{name}"], kept[f"average.{name}"]
            self._optimizer.state[of] = {moment: kept[f"{moment}.{name}"] for moment in _MOMENTS}
        self.step = int(kept["n_steps"])
        run.told(f"taken up again after {self.step:,} steps")
        if (before := self._facts.get(_SETS, run.sets)) != run.sets:
            run.told(f"it learns from {run.sets} now; before it did from {before}")

    def go_on(self, losses: Sequence[Tensor], passed: float) -> None:
        """One step. `passed`: of the time of this run, 0 to 1."""
        share = min(1.0, (self.step + 1) / _WARM, 2 * (1 - passed) + 0.01)
        for group, one in zip(self._optimizer.param_groups, self._groups, strict=True):
            group["lr"] = one.rate * share
        sum(losses).backward()
        torch.nn.utils.clip_grad_norm_(_learning(self._model).values(), 1.0)
        self._optimizer.step()
        self._optimizer.zero_grad()
        self.step += 1
        new = 1 - min(_AVERAGED, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            averages, weights = list(self._average.values()), list(_learning(self._model).values())
            torch._foreach_lerp_(averages, weights, new)  # noqa: SLF001 - as optimizers do

    def loss(self, batches: Sequence[Batch], losses_of: Callable[[Batch], Sequence[Tensor]]) -> float:
        """Of these batches by the running mean of the weights; what is trained stays as it is."""
        weights = {name: of.data for name, of in _learning(self._model).items()}
        self.end()
        with torch.no_grad():
            found = [float(sum(one.item() for one in losses_of(batch))) for batch in batches]
        for name, of in _learning(self._model).items():
            of.data = weights[name]
        self._model.train()
        return sum(found) / len(found)

    def save(self) -> None:
        """Into the state, with what it was begun with as far as that is known."""
        state = self._run.state
        state.parent.mkdir(parents=True, exist_ok=True)
        kept = {f"average.{name}": of for name, of in self._average.items()}
        kept |= {f"model.{name}": of.detach() for name, of in _learning(self._model).items()}
        for name, of in _learning(self._model).items():
            kept |= {f"{moment}.{name}": self._optimizer.state[of][moment] for moment in _MOMENTS}
        draft = state.with_suffix(".draft")
        save_file(kept | {"n_steps": torch.tensor(self.step)}, draft, self._facts | {_SETS: self._run.sets})
        draft.replace(state)

    def end(self) -> None:
        """The model by the running mean of its weights."""
        for name, of in _learning(self._model).items():
            of.data = self._average[name]
        self._model.eval()


def _learning(model: nn.Module) -> dict[str, Tensor]:
    return {name: of for name, of in model.named_parameters() if of.requires_grad}
