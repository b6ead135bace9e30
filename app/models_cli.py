"""The command line of what was measured of chat models: `python -m app models`."""

from __future__ import annotations

import argparse

from app.model_gate import ModelGate
from app.model_passes import Measured, ModelPasses
from indexes.home import load_settings
from indexes.terminal import one_line


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command with its option."""
    models = commands.add_parser(
        "models", help="which chat models were evaluated, and whether the present one may write"
    )
    models.set_defaults(run=_models)
    models.add_argument("--remove", metavar="ID", help="take an evaluation back, by the beginning of its id")


def _models(arguments: argparse.Namespace) -> int:
    """0: the present chat model may write, or an evaluation was taken back; 1: it may not."""
    settings = load_settings()
    passes = ModelPasses(settings.home)
    if arguments.remove is not None:
        passes.remove(arguments.remove)
        print("Taken back.")
        return 0
    for id, found in passes.all():
        print(one_line(f"{id}  {_line(found)}"))
    why_not = ModelGate(settings).why_not()
    print(one_line(f"Not passed: {why_not}." if why_not else "Nothing keeps the present chat model from writing."))
    return 1 if why_not else 0


def _line(found: Measured | str) -> str:
    if isinstance(found, str):
        return found
    figures = ", ".join(f"{name} {figure.mean:.3f}" for name, figure in found.metrics.items())
    reported = f" as {found.reported!r}" if found.reported != found.model else ""
    temperature = found.settings["temperature"]
    at = f" at {found.address}" if found.address else ""
    return f"{found.model}{reported}{at}, temperature {temperature}, {found.set}, {found.date}: {figures}"
