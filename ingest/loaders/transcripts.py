"""Transcripts and subtitles (WebVTT, SubRip): cues run together into paragraphs that begin with their time."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.loaders.assembly import Assembly
from ingest.loaders.decoding import decode
from ingest.loaders.source import Defect, SourceFile

_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_CUE = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}.*")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TAG = re.compile(r"</?[a-z0-9][^<>\n]{0,200}>|\{\\[^{}\n]{0,100}\}", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")
_LONG = 600
"""Characters from which a paragraph ends with the next sentence."""
_LONGEST = 1500
_PAUSE_S = 8
_BLINK_S = 0.05
_MOST_DIGITS = 5
"""Of hours, eleven years; no recording is longer."""


@dataclass(frozen=True, slots=True)
class _Cue:
    """What is said from `start` to `end` seconds."""

    start: float
    end: float
    speaker: str
    text: str


def load_transcript(source: SourceFile) -> Assembly:
    """Paragraphs like `[00:01:15] Ada: text`. Raises LoadError for a file without a single cue."""
    text = decode(source.read()).replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    assembly = Assembly(title=_title(text))
    for paragraph in _paragraphs(_cues(text)):
        first = paragraph[0]
        spoken = " ".join(cue.text for cue in paragraph)
        assembly.add(
            "paragraph", f"[{_clock(first.start)}] " + (f"{first.speaker}: " if first.speaker else "") + spoken
        )
    if assembly.is_blank():
        raise source.error("has no text with times in it: it is no transcript, or an empty one.")
    return assembly


def _title(text: str) -> str:
    """`WEBVTT - the title`."""
    found = re.match(r"WEBVTT[ \t]+(?:-+[ \t]*)?(\S.*)", text)
    return found[1] if found else ""


def _cues(text: str) -> Iterator[_Cue]:
    """Cues in order."""
    previous: list[str] = []
    for part in _BLANK_LINE.split(text):
        lines = part.split("\n")
        at = next((n for n, line in enumerate(lines[:2]) if _CUE.match(line)), None)
        if at is None:  # the header, a note or a style sheet
            continue
        times = _CUE.match(lines[at])
        start, end = (_seconds(times.groups()[n : n + 4]) for n in (0, 4)) if times else (0.0, 0.0)
        speaker = ""
        fresh: list[str] = []
        for line in lines[at + 1 :]:
            voice = _VOICE.search(line)
            if voice and speaker and voice[1].strip() != speaker:
                yield from _cue(start, end, speaker, fresh, previous)
                fresh = []
            speaker = voice[1].strip() if voice else speaker
            fresh.append(" ".join(html.unescape(_TAG.sub("", line)).split()))
        yield from _cue(start, end, speaker, fresh, previous)
        previous = fresh


def _cue(start: float, end: float, speaker: str, lines: list[str], previous: list[str]) -> Iterator[_Cue]:
    """One cue, without the line that captions on air repeat while they roll up."""
    is_rolled = bool(previous and lines) and lines[0] == previous[-1] and (len(lines) > 1 or end - start < _BLINK_S)
    text = " ".join(line for line in lines[is_rolled:] if line)
    if text:
        yield _Cue(start, end, html.unescape(speaker), text)


def _paragraphs(cues: Iterator[_Cue]) -> Iterator[list[_Cue]]:
    """Cues of one speaker without a long pause, cut at the end of a sentence where they get long."""
    gathered: list[_Cue] = []
    for cue in cues:
        if gathered and _is_new(gathered, cue):
            yield gathered
            gathered = []
        gathered.append(cue)
    if gathered:
        yield gathered


def _is_new(gathered: list[_Cue], cue: _Cue) -> bool:
    last, size = gathered[-1], sum(len(one.text) for one in gathered)
    has_ended = last.text.rstrip("\"'”’)").endswith((".", "!", "?", "…", "。"))
    is_long = size > _LONGEST or (size > _LONG and has_ended)
    return cue.speaker != last.speaker or is_long or not -1 <= cue.start - last.end <= _PAUSE_S


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    if len((hours or "").lstrip("0")) > _MOST_DIGITS:
        raise Defect("has times of more than 99,999 hours: it is damaged, or is no transcript.")
    return (
        int((hours or "").lstrip("0") or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + float(f"0.{fraction}")
    )


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 3600:02}:{int(seconds) // 60 % 60:02}:{int(seconds) % 60:02}"
