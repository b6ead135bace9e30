"""Questions of runs, a page of them at a time, each opened to what was said and found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from app.components.plain_text import label
from app.evaluation.reading import Places, questions_at
from app.evaluation.words import called
from app.words import numeral, tr, trn

_ON_A_PAGE = 10
_LONGEST_TEXT = 1500
_LONGEST_NAME = 90
_FOUND = 5


def pages(n: int, key: str) -> slice:
    """Which of n things are shown: those of the page that a person is on."""
    n_pages = max(1, -(-n // _ON_A_PAGE))
    page = 1
    if n_pages > 1:
        page = st.pagination(n_pages, key=f"{key}-page-{n_pages}", max_visible_pages=5)
    return slice((page - 1) * _ON_A_PAGE, page * _ON_A_PAGE)


def show_alone(folder: Path, places: Places, metric: str, key: str) -> None:
    """Questions of one run, those of `places`."""
    shown = places[pages(len(places), key)].tolist()
    for place, row in zip(shown, questions_at(folder, shown), strict=True):
        with _opened(row, _figure(row, metric), f"{key}-{place}"):
            _gold(row)
            _side(row)


def show_pairs(folders: Sequence[Path], pairs: Places, names: Sequence[str], metric: str, key: str) -> None:
    """Questions of two runs side by side. `pairs`: their places in both, shape [n, 2]."""
    shown = pairs[pages(len(pairs), key)]
    sides = [questions_at(folder, shown[:, at].tolist()) for at, folder in enumerate(folders)]
    for first, second in zip(*sides, strict=True):
        told = " → ".join(_figure(row, metric) for row in (first, second))
        with _opened(first, told, f"{key}-{first['id']}"):
            _gold(first)
            for column, name, row in zip(st.columns(2), names, (first, second), strict=True):
                with column:
                    st.markdown(f"**{label(name)}**")
                    _side(row)


def tell_others(n: int) -> None:
    """Say of so many questions why they are not among those that are shown."""
    if n:
        told = trn(
            n,
            "{n} other question has no figure by this measure, as one without an answer; another measure shows it.",
            "{n} other questions have no figure by this measure, as those without an answer; another measure shows "
            "them.",
        )
        st.caption(told)


def _opened(row: Mapping[str, Any], figure: str, key: str) -> Any:  # noqa: ANN401 - Streamlit's own container
    return st.expander(f"{figure} · {label(row['question'], 160)}", key=f"question-{key}")


def _figure(row: Mapping[str, Any], metric: str) -> str:
    value = row["metrics"].get(metric)
    return "–" if value is None else numeral(value, 2)


def _gold(row: Mapping[str, Any]) -> None:
    if not row["is_answerable"]:
        st.caption(tr("Nothing answers this question, so that refusing is right."))
    elif row["answers"]:
        answers = tr(" or ").join(label(answer, 200) for answer in row["answers"])
        st.caption(tr("Right would be: {answers}", answers=answers))


def _side(row: Mapping[str, Any]) -> None:
    """What one run said of a question, and what it found."""
    said = row["said"]
    if said is not None:
        text = tr("*Not found in the documents.*") if said["refused"] else label(said["text"], _LONGEST_TEXT)
        st.markdown(text or tr("*Nothing was said.*"))
        if cited := said.get("sources", ()):
            names = "; ".join(label(name, _LONGEST_NAME) for name in cited)
            st.markdown(tr(":small[Cited: {names}]", names=names))
        st.caption(tr("How sure that there is an answer: {share}", share=numeral(said["answerability"], 2)))
    right = set(row.get("right", ()))
    found = [label(name, _LONGEST_NAME) for name in row["found"][:_FOUND]]
    lines = [
        f"{place}. " + (tr("**{name}** (right)", name=name) if place in right else name)
        for place, name in enumerate(found, start=1)
    ]
    st.markdown("\n".join([tr("Found"), *lines]) if lines else tr("Nothing was found."))
    later = sorted(place for place in right if place > _FOUND)
    if not right and row["is_answerable"]:
        st.caption(tr("No right passage among the first hundred."))
    elif later:
        st.caption(tr("Right ones stand at {places}, too.", places=", ".join(map(str, later[:5]))))


def metric_choice(names: Sequence[str], key: str, text: Callable[[str], str] = called) -> str:
    """The metric by which questions are told and sorted."""
    return st.selectbox(tr("By"), names, format_func=text, key=f"{key}-metric")
