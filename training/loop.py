"""The loop that a model of ours is trained in: seeded, and taken up again where an earlier run has stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

Told = Callable[[str], None]
Batch = TypeVar("Batch")

_AVERAGED = 0.999
"""How much of the mean of the weights stays at each step: the mean reads better than where the last step ended."""
_WARM = 150
_SAVED_S = 200.0
_SHOWN = 25
_MOMENTS = ("step", "exp_avg", "exp_avg_sq")


@dataclass(frozen=True, slots=True)
class Group:
    """Parameters that learn at one rate."""

    parameters: Sequence[nn.Parameter]
    rate: float
    decay: float = 0.01


def trained(  # noqa: PLR0913
    model: nn.Module,
    groups: Sequence[Group],
    batch_of: Callable[[int], Batch],
    losses_of: Callable[[Batch], Sequence[Tensor]],
    state: Path,
    *,
    minutes: float,
    n_threads: int,
    told: Told,
) -> None:
    """`minutes` more of training, the second half with a falling rate. `batch_of` a step's number gives its batch;
    `state` keeps where it stands. The model ends with the running mean of its weights, as in Polyak and Juditsky
    (1992).

    Beside other work one thread is as fast as two, which wait for each other.
    """
    torch.set_num_threads(n_threads)
    optimizer = torch.optim.AdamW(
        [{"params": list(one.parameters), "lr": one.rate, "weight_decay": one.decay} for one in groups]
    )
    average = {name: of.detach().clone() for name, of in _learning(model).items()}
    step = _take_up(state, model, optimizer, average) if state.exists() else 0
    if step:
        told(f"taken up again after {step:,} steps")
    begun = saved = time.monotonic()
    model.train()
    with ThreadPoolExecutor(1) as ahead:
        pending = ahead.submit(batch_of, step)
        while (passed := time.monotonic() - begun) < minutes * 60:
            batch, pending = pending.result(), ahead.submit(batch_of, step + 1)
            share = min(1.0, (step + 1) / _WARM, 2 * (1 - passed / (minutes * 60)) + 0.01)
            for group, one in zip(optimizer.param_groups, groups, strict=True):
                group["lr"] = one.rate * share
            losses = losses_of(batch)
            sum(losses).backward()
            torch.nn.utils.clip_grad_norm_(_learning(model).values(), 1.0)
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
    for name, of in _learning(model).items():
        of.data = average[name]
    model.eval()


def _learning(model: nn.Module) -> dict[str, Tensor]:
    return {name: of for name, of in model.named_parameters() if of.requires_grad}


def _average(model: nn.Module, average: Mapping[str, Tensor], step: int) -> None:
    new = 1 - min(_AVERAGED, (1 + step) / (10 + step))
    with torch.no_grad():
        torch._foreach_lerp_(list(average.values()), list(_learning(model).values()), new)  # noqa: SLF001 - as optimizers do


def _take_up(state: Path, model: nn.Module, optimizer: torch.optim.Optimizer, average: dict[str, Tensor]) -> int:
    """The step at which an earlier run stopped, its weights, their mean, and what Adam knew."""
    kept = load_file(state)
    for name, of in _learning(model).items():
        of.data, average[name] = kept[f"model.{name}"], kept[f"average.{name}"]
        optimizer.state[of] = {moment: kept[f"{moment}.{name}"] for moment in _MOMENTS}
    return int(kept["n_steps"])


def _save(
    state: Path, model: nn.Module, optimizer: torch.optim.Optimizer, average: Mapping[str, Tensor], step: int
) -> None:
    state.parent.mkdir(parents=True, exist_ok=True)
    kept = {f"average.{name}": of for name, of in average.items()}
    kept |= {f"model.{name}": of.detach() for name, of in _learning(model).items()}
    for name, of in _learning(model).items():
        kept |= {f"{moment}.{name}": optimizer.state[of][moment] for moment in _MOMENTS}
    draft = state.with_suffix(".draft")
    save_file(kept | {"n_steps": torch.tensor(step)}, draft)
    draft.replace(state)
