"""How much meaning counts against words in each collection, and what that rests on, in one sentence."""

from __future__ import annotations

import streamlit as st

from app.components.plain_text import label
from app.personal_library import PersonalLibrary
from app.words import day_of, numeral, tr, trn
from indexes.weight_table import CollectionWeight
from rag.weights import FEWEST

_MOST = 5
"""Collections that are named; `python -m ingest weight` shows all."""


def show(library: PersonalLibrary) -> None:
    """Nothing before there is a collection with passages."""
    found = [f"{label(name)} {told(one)}" for name, one in library.weights().items() if one.n_chunks]
    if found:
        n_more = len(found) - _MOST
        more = trn(n_more, "; and {n} more", "; and {n} more") if n_more > 0 else ""
        weights = "; ".join(found[:_MOST]) + more
        st.caption(
            tr(
                "What is found by its meaning counts beside what is found by its words, from 0 (words alone) to 1 "
                "(meaning alone): {weights}.",
                weights=weights,
            )
        )


def told(one: CollectionWeight) -> str:
    """The weight and where it comes from, as `CollectionWeight.told` says it in English."""
    weight = numeral(one.weight, 2)
    if one.of_settings is not None:
        return tr("{weight}, as FOOTNOTE_DENSE_WEIGHT says", weight=weight)
    if one.fixed is not None:
        return tr("{weight}, set by hand", weight=weight)
    if one.tuned is None:
        return tr("{weight}, not tuned yet", weight=weight)
    if one.n_questions < FEWEST:
        return trn(
            one.n_questions,
            "{weight}, since no more than {n} question made from its passages can be asked",
            "{weight}, since no more than {n} questions made from its passages can be asked",
            weight=weight,
        )
    return trn(
        one.n_questions,
        "{weight}, tuned on {n} question made from its passages, {day}",
        "{weight}, tuned on {n} questions made from its passages, {day}",
        weight=weight,
        day=day_of(one.tuned_at),
    )
