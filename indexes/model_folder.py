"""The folder of a Hugging Face model: found by its path or its name on the hub, downloaded once, known by its files.

Only safetensors are read and no code that comes with a model is run. HF_HUB_OFFLINE=1 keeps downloads from happening.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.errors import ModelError

_KINDS = ("*.json", "*.txt", "*.model", "*.safetensors")
"""Files of a model that decide what it computes. Pickled weights are neither downloaded nor read."""
_OTHER_BACKENDS = ("onnx", "openvino")


def model_folder(name: str, *, setting: str, instead: str) -> Path:
    """Where the model's files are; downloads them when they are nowhere.

    Raises ModelError, which tells the name of the `setting` and the choice that is there `instead`.
    """
    with contextlib.suppress(RuntimeError, OSError, ValueError):  # no path at all: then it may be a name
        if (given := Path(name).expanduser()).is_dir():
            return given
    return _downloaded(name, setting, instead)


def safely() -> dict[str, Any]:
    """The arguments with which sentence-transformers opens such a folder."""
    return {"trust_remote_code": False, "local_files_only": True, "model_kwargs": {"use_safetensors": True}}


def digest_of(folder: Path, more: str = "") -> str:
    """32 hexadecimal digits, over `more` and every file that decides what the model computes."""
    digest = hashlib.sha256(more.encode())
    for path in _files(folder):
        with path.open("rb") as file:
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:32]


@contextlib.contextmanager
def loading(what: str) -> Iterator[None]:
    """Whatever the libraries raise over a model's files becomes a ModelError that says `what` cannot be loaded."""
    try:
        yield
    except (OSError, ValueError, ImportError, RuntimeError, KeyError) as error:
        reason = " ".join(str(error).split())[:300]
        raise ModelError(f"{what} cannot be loaded ({reason})") from error


def _files(folder: Path) -> list[Path]:
    found = {path for kind in _KINDS for path in folder.rglob(kind)}
    return sorted(path for path in found if path.relative_to(folder).parts[0] not in _OTHER_BACKENDS)


def _downloaded(name: str, setting: str, instead: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    others = [f"{folder}/*" for folder in _OTHER_BACKENDS]
    try:
        return Path(snapshot_download(name, allow_patterns=list(_KINDS), ignore_patterns=others))
    except HFValidationError as error:
        raise ModelError(f"{setting}={name!r} is no folder and no name of a model; choose {instead}") from error
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        raise ModelError(
            f"{setting}={name!r} is no folder, is not in the model cache and cannot be downloaded: check the "
            f"name and the network, give the path of a folder with the model, or choose {instead}"
        ) from error
