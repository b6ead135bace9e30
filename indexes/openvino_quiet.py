"""Keeps OpenVINO from reporting its use: it would call home, from a process forked beside our open databases."""

from __future__ import annotations

import sys


def keep_openvino_quiet() -> None:
    """Call it before `openvino` is imported: without its telemetry package it takes its own empty stand-in."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
