"""Bars by day, with days and numbers as the reader's language writes them: Streamlit's own charts are English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from app.words import numeral, short_day, tr

_HEIGHT = 240


def show(
    days: Sequence[date],
    lines: Mapping[str, Sequence[float]],
    colours: Sequence[str],
    title: str,
    *,
    is_layered: bool = False,
    is_counted: bool = True,
) -> None:
    """A bar a day with a part for each of `lines`, one upon the other, or `is_layered` one before the other.
    `is_counted`: there are only whole numbers of what is drawn, and on its axis, too."""
    labels = [short_day(one) for one in days]
    rows = [
        {"day": label, "line": name, "n": value}
        for name, values in lines.items()
        for label, value in zip(labels, values, strict=True)
    ]
    spec = _spec(list(lines), colours, title, is_layered=is_layered, is_counted=is_counted)
    st.vega_lite_chart(rows, spec, height=_HEIGHT, width="stretch")


def _spec(
    names: list[str], colours: Sequence[str], title: str, *, is_layered: bool, is_counted: bool
) -> dict[str, Any]:
    axis = {"labelAngle": 0, "labelOverlap": "parity", "labelSeparation": 12, "ticks": False}
    across = {"field": "day", "type": "ordinal", "sort": None, "title": None, "axis": axis}
    up = {"field": "n", "type": "quantitative", "title": title, "stack": not is_layered}
    if is_counted:
        up["axis"] = {"tickMinStep": 1}
    legend = {"orient": "bottom", "title": None, "offset": 8, "padding": 0} if len(names) > 1 else None
    scale = {"domain": names, "range": list(colours[: len(names)])}
    colour = {"field": "line", "type": "nominal", "scale": scale, "legend": legend}
    told = [
        {"field": "day", "type": "nominal", "title": tr("Day")},
        {"field": "line", "type": "nominal", "title": " "},
        {"field": "n", "type": "quantitative", "title": title, "format": ",.4~f"},
    ]
    marks = numeral(1000.5, 1)
    number = {"decimal": marks[-2], "thousands": marks[1], "grouping": [3], "currency": ["$", ""]}
    return {
        "mark": {"type": "bar"},
        "encoding": {"x": across, "y": up, "color": colour, "tooltip": told},
        "config": {"locale": {"number": number}},
    }
