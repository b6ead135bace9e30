"""The measure of OCR, and the transcriptions that it compares with."""

from __future__ import annotations

import pytest

from evals.ocr import compare, mean, transcribed


def test_white_space_and_split_words_do_not_count() -> None:
    assert compare("a competi-\ntive  price", "a competitive price").wrong == 0


def test_wrong_characters_and_missed_words_are_shares_of_the_true_text() -> None:
    measured = compare("four ships sail out", "four shops sail", 2.0)
    assert measured.wrong == pytest.approx(5 / 19)
    assert (measured.missed, measured.seconds) == (0.5, 2.0)
    assert mean([measured, compare("a", "a")]).missed == 0.25


def test_every_transcription_is_there() -> None:
    scans = list(transcribed())
    assert len(scans) >= 18
    assert all(scan.text.strip() and scan.page >= 1 for scan in scans)
