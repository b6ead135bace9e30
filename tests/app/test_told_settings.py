"""What a run was made with, in words."""

from __future__ import annotations

from app.evaluation.words import told_settings
from app.words import speaking


def test_settings_are_told_with_the_marks_of_the_language():
    settings = {"dense_weight": 0.0, "threshold": 0.35, "top_k": 4, "reranker": "none"}
    assert told_settings(settings) == "Weight of meaning: 0, Refuse below: 0.35, Passages read: 4, Reranker: none"
    assert told_settings({}) == "the usual settings"
    with speaking("de"):
        assert told_settings({"threshold": 0.35}) == "Keine Antwort unter: 0,35"
