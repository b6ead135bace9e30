"""Values that cannot be used end a command at once, with exit code 2 and what can be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.cli import main


@pytest.mark.parametrize("text", ["nan", "inf", "-1", "1e18", "soon"])
def test_seconds_of_quiet_have_a_range(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(["sync", str(tmp_path), "--watch", f"--settle={text}"])
    assert ended.value.code == 2
    assert "must be a number of seconds from 0 to 3600" in capsys.readouterr().err


@pytest.mark.usefixtures("home")
def test_options_are_checked_together_with_the_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "a.txt").write_text("The harbour opens at six.")
    said = "an overlap of 200 tokens must be from 0 to half of the 200 tokens of a chunk"
    for more in ([], ["--detach"]):
        assert main(["add", str(tmp_path / "a.txt"), "--set", "chunk_overlap=200", *more]) == 2
        told = capsys.readouterr()
        assert said in told.err
        assert told.out == ""
    monkeypatch.setenv("FOOTNOTE_CHUNK_OVERLAP", "200")
    assert main(["sync", str(tmp_path)]) == 2
    assert said in capsys.readouterr().err
    assert main(["add", str(tmp_path / "a.txt"), "--set", "chunk_tokens=400", "--detach"]) == 0
