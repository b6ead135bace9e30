"""What was measured of chat models, each with the settings it wrote with: a file for each in the home, which tells by a
hash whether somebody has changed it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.chat_profiles import GGUF, profile_of
from app.evaluation.folders import keeping, read_json, write_json
from app.evaluation.reading import Figure
from indexes.endpoint import shown_address
from indexes.system_errors import told
from ingest.evaluated import FOLDER
from rag.errors import FootnoteError, InputError
from rag.settings import SAMPLING, Settings

_WRITING = ("chat_model", "chat_profile", "base_url", "context_tokens", "top_k", "rewrite", "datamarking", *SAMPLING)
"""Settings of which each makes another writer."""
_SHORT = 12


@dataclass(frozen=True, slots=True)
class Measured:
    """The last evaluation of a chat model with its settings."""

    id: str
    model: str
    address: str
    """Without what is secret in it."""
    reported: str
    """What wrote, as the endpoint calls it where it does."""
    set: str
    date: str
    """ISO 8601, UTC."""
    settings: Mapping[str, Any]
    """Those with which it wrote, but not its address."""
    versions: Mapping[str, str]
    metrics: Mapping[str, Figure]


def id_of(settings: Settings) -> str:
    """The same for the same model at the same endpoint with the same settings; a file that was exchanged is another."""
    of_file: list[list[Any]] = []
    if profile_of(settings) is GGUF:  # the same file as first and as second model, whatever address stands beside it
        of_file = [["file", *_looks(settings.chat_model)]]
        settings = replace(settings, chat_profile=GGUF.name, base_url="")
    values = [[name, getattr(settings, name)] for name in _WRITING] + of_file
    return sha256(json.dumps(values).encode()).hexdigest()


def _looks(model: str) -> list[int | None]:
    """Size and time of a model that is a file, since to hash some gigabytes would hold each question up."""
    try:
        at = Path(model).expanduser().stat()
    except OSError:
        return [None]
    return [at.st_size, at.st_mtime_ns]


def of_settings(settings: Settings) -> dict[str, Any]:
    """`id`, `model`, `address` and `settings` of a Measured."""
    plain = {name: getattr(settings, name) for name in _WRITING if name not in ("chat_model", "base_url")}
    return {"id": id_of(settings), "model": settings.chat_model, "address": address_of(settings), "settings": plain}


def address_of(settings: Settings) -> str:
    """Where the model answers, without secrets; of a file nothing."""
    return "" if profile_of(settings) is GGUF else shown_address(settings.base_url, *settings.secrets)


class ModelPasses:
    """Those of a home."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER / "models"

    @keeping()
    def keep(self, measured: Measured) -> None:
        """In place of what was measured with the same settings before. Raises StoreError."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        row = asdict(measured)
        write_json(self._path(measured.id), {"sha256": _hash(row), "measured": row})

    def of(self, settings: Settings) -> Measured | None:
        """None: nothing was measured with these. Raises InputError for a file that nobody should trust."""
        path = self._path(id_of(settings))
        try:
            path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise InputError(f"{path} cannot be read ({told(error)})") from error
        return _read(path)

    def all(self) -> list[tuple[str, Measured | str]]:
        """The short id of each, with what was measured or why it cannot be read."""
        return [(path.stem[:_SHORT], _told(path)) for path in sorted(self._folder.glob("*.json"))]

    @keeping()
    def remove(self, short: str) -> None:
        """Take one back, by the beginning of its id; raises InputError unless exactly one begins so."""
        found = [path for path in self._folder.glob("*.json") if short and path.stem.startswith(short)]
        if len(found) != 1:
            raise InputError(
                f"{len(found)} evaluations have an id that begins with {short!r}: see `python -m app models`"
            )
        found[0].unlink(missing_ok=True)

    def _path(self, id: str) -> Path:
        return self._folder / f"{id}.json"


def _hash(row: Mapping[str, Any]) -> str:
    return sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()


def _told(path: Path) -> Measured | str:
    try:
        return _read(path)
    except FootnoteError as error:
        return str(error)


def _read(path: Path) -> Measured:
    try:
        found = read_json(path)
        row = found["measured"]
        if found["sha256"] != _hash(row) or row["id"] != path.stem:
            raise InputError(f"{path} was changed by hand")
        figures = {name: Figure(**figure) for name, figure in row["metrics"].items()}
        return Measured(**row | {"metrics": figures})
    except RecursionError:
        raise InputError(f"{path} cannot be read (it is nested too deep)") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path} is not what an evaluation left ({error!r})") from None
