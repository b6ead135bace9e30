"""The text of an answer as a tree of plain texts, tags and citation numbers, so that no HTML is ever written."""

from __future__ import annotations

from collections.abc import Sequence

from app.components.finding_text import calculated, otherwise, told
from app.components.markdown_tree import sign, tree, without_signs
from app.components.quoted_text import Node, prose, quoted
from app.quoted_form import forms, without_bars
from app.words import msgid, tr
from rag.citations import end_within
from rag.inert import visible
from rag.types import Answer, Sentence
from rag.verification.nouns import Check
from rag.verification.verified import Checked
from rag.whole.nouns import Outline, Section

_WORDS = {"partly": msgid("partly"), "unsupported": msgid("not in the source")}
_MEANING = {
    "partly": msgid("The source says only a part of this, or says it in other words than could be checked."),
    "unsupported": msgid("The source does not say this."),
}


def blocks(answer: Answer) -> list[Node]:
    """One paragraph per quoted sentence, or the Markdown that a chat model wrote."""
    if answer.model:
        return tree(_with_checks(answer))
    if answer.outline is not None:
        return outlined(without_bars(answer.outline))
    return list(map(quoted, forms(answer)))


def remark(check: Check) -> dict[str, str]:
    """What is told of a sentence, in a word and at length, and the kind of the word where it is no warning; empty where
    its own sources bear it out."""
    if check.against:
        others = "; ".join(f"[{n}] {otherwise(finding)}" for n, finding in check.against)
        return {"word": tr("sources differ"), "text": tr("Another document says otherwise: {others}.", others=others)}
    if check.is_found:
        meaning = tr("The model named no source that says this: Footnote found this one.")
        return {"word": tr("found"), "text": meaning, "kind": "good"}
    how = ". ".join(calculated(one) for one in check.derived if one.how)
    if check.state not in _WORDS:
        return {"word": tr("calculated"), "text": f"{how}."} if how else {}
    details = ". ".join(map(told, check.findings))
    return {
        "word": tr(_WORDS[check.state]),
        "text": f"{details[:1].upper()}{details[1:]}." if details else tr(_MEANING[check.state]),
    }


def remarked(text: str, checked: Checked | None) -> str:
    """The Markdown of an answer that still grows, with the word of each remark behind its
    sentence; a remark has no place where what follows has changed what stands before it."""
    text = text.lstrip()
    for sentence in reversed(checked.sentences if checked is not None else ()):
        word = remark(sentence.check).get("word") if sentence.check is not None else None
        said = checked.text[: end_within(checked.text, sentence.end)] if checked and word else ""
        if said and text.startswith(said):
            text = f"{said} *({word})*{text[len(said) :]}"
    return text


def _with_checks(answer: Answer) -> str:
    """The text with a sign at the end of every sentence that there is a remark on."""
    text = without_signs(answer.text)
    for n, sentence in reversed(list(enumerate(answer.sentences))):
        if sentence.check is not None and remark(sentence.check):
            at = end_within(text, sentence.end)
            text = f"{text[:at]}{sign(n)}{text[at:]}"
    return text


def _said(sentence: Sentence) -> list[Node]:
    return [*prose(sentence), *_cites(sentence)]


def _named(sentence: Sentence) -> list[Node]:
    """A name has no formula in it, and no mark of an item before it."""
    return [visible(sentence.text), *_cites(sentence)]


def _cites(sentence: Sentence) -> list[Node]:
    return [{"cite": n} for n in sentence.citations]


def outlined(outline: Outline) -> list[Node]:
    """Paragraphs or list items under their titles; of a comparison what all sides share, then a table of the sides."""
    table = [section for section in outline.sections if _is_row(section, outline)]
    above = [section for section in outline.sections if not _is_row(section, outline)]
    nodes = [node for section in above for node in _section(section, outline)]
    return [*nodes, _table(table, outline.sides)] if table else nodes


def _is_row(section: Section, outline: Outline) -> bool:
    return bool(outline.sides) and len(section.cells) == len(outline.sides)


def _section(section: Section, outline: Outline) -> list[Node]:
    title: list[Node] = [{"tag": "h3", "children": [visible(section.title)]}] if section.title else []
    tag, words = "li" if outline.is_list else "p", _named if outline.is_of_names else _said
    said: list[Node] = [{"tag": tag, "children": words(one)} for cell in section.cells for one in cell]
    return [*title, {"tag": "ul", "children": said}] if outline.is_list else [*title, *said]


def _table(rows: Sequence[Section], sides: Sequence[str]) -> Node:
    """A row for each subject, a column for each side, and one for what they share where any share something."""
    has_titles = any(row.title for row in rows)
    head: list[Node] = [{"tag": "th", "children": [visible(side)]} for side in sides]
    blank: list[Node] = [{"tag": "th", "children": [""]}] if has_titles else []
    body: list[Node] = [
        {
            "tag": "tr",
            "children": [
                *([{"tag": "th", "children": [visible(row.title)]}] if has_titles else []),
                *({"tag": "td", "children": _cell(cell)} for cell in row.cells),
            ],
        }
        for row in rows
    ]
    return {
        "tag": "table",
        "children": [
            {"tag": "thead", "children": [{"tag": "tr", "children": [*blank, *head]}]},
            {"tag": "tbody", "children": body},
        ],
    }


def _cell(sentences: Sequence[Sentence]) -> list[Node]:
    return [node for sentence in sentences for node in _said(sentence)] or ["–"]
