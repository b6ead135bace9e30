"""The files of an uploader, which Streamlit holds in memory until their page is closed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile


def let_go(files: Iterable[UploadedFile]) -> None:
    """Hold them no longer, once they were taken: as Streamlit itself does with those of a box for questions."""
    context = get_script_run_ctx()
    held = None if context is None else context.uploaded_file_mgr
    if context is not None and isinstance(held, MemoryUploadedFileManager):
        for file in files:
            held.remove_file(context.session_id, file.file_id)
