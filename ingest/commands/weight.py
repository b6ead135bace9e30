"""`weight`: how much meaning counts against words in each collection."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from indexes.library import Library
from indexes.terminal import one_line
from indexes.weight_table import CollectionWeight
from ingest.commands.showing import print_json
from ingest.weighing import FEWEST_PASSAGES, due, is_small, tune
from rag.errors import InputError
from rag.types import counted

AUTO = "auto"


def weight(arguments: argparse.Namespace) -> int:
    """Set a collection's weight, or let it be tuned; then show it, or those of all collections."""
    library: Library = arguments.open_library()
    library.check_collection(arguments.collection)
    if arguments.value is not None:
        library.catalogue.weights.fix(arguments.collection, _value(arguments.value))
        if arguments.collection in due(library):
            tune(library, arguments.collection)
    for name, one in library.weights().items():
        if arguments.collection not in (None, name):
            continue
        if arguments.json:
            print_json([asdict(one) | {"weight": one.weight}])
        else:
            print(f"{one_line(name)}: {one.told}{_too_few(one)}")
    return 0


def _too_few(one: CollectionWeight) -> str:
    """Why a collection has no weight of its own, where that is so."""
    if not is_small(one):
        return ""
    return f": it has {counted(one.n_chunks, 'passage')}, and a weight of its own is tuned from {FEWEST_PASSAGES} on"


def _value(text: str) -> float | None:
    if text == AUTO:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:  # nor what is no number at all
        raise InputError(f"{text!r} is no weight: give a number from 0 (words only) to 1 (meaning only), or {AUTO}")
    return value
