"""The answer in the documents' own words: the outline of a summary, a list or a comparison from what was read."""

from __future__ import annotations

from collections.abc import Sequence

from rag.protocols import Embedder
from rag.types import counted
from rag.whole.comparing import Compared, Side, best_first, compared, is_about, names
from rag.whole.composing import Composer
from rag.whole.found import Found, Looked
from rag.whole.listing import listed, listed_by_form
from rag.whole.nouns import Outline, Section
from rag.whole.planning import Plan
from rag.whole.quotes import Quote, embedded, stands_alone
from rag.whole.summary import Summary, summarised
from rag.whole.tables import is_told, tabled
from rag.whole.terms import side_terms

_PER_SIDE = 16
_PASSAGES_PER_SIDE = 40


def quoted(made: Plan, found: Found, embedder: Embedder) -> tuple[Composer, Outline, str]:
    """The numbered quotes, how they are arranged, and what a person should know of what is left out."""
    composer = Composer()
    if made.kind == "summary":
        outline, notice = _summary(found.looked[0], composer, embedder)
    elif made.kind == "list":
        outline, notice = _list(found.looked[0], composer, embedder)
    else:
        outline, notice = _comparison(found, composer, embedder), ""
    return composer, outline, notice


def _summary(looked: Looked, composer: Composer, embedder: Embedder) -> tuple[Outline, str]:
    topic = None if looked.topic is None else looked.topic.vector
    summary: Summary = summarised(looked.passages, embedder, topic)
    sections = [Section(part.title, (tuple(composer.said(quote) for quote in part.quotes),)) for part in summary.parts]
    n_documents = len({chunk.document_id for chunk in looked.passages.chunks})
    what = "documents" if n_documents > 1 else "parts"
    left = summary.n_parts - len(summary.parts)
    is_cut = left > 0 and any(part.title for part in summary.parts)
    return Outline(tuple(sections)), f"Quoted are {len(summary.parts)} of {summary.n_parts:,} {what}." if is_cut else ""


def _list(looked: Looked, composer: Composer, embedder: Embedder) -> tuple[Outline, str]:
    if looked.form is not None:
        found = listed_by_form(looked.passages, looked.form)
    else:
        assert looked.topic is not None  # noqa: S101 - a list always looks for something
        found = listed(looked.passages, looked.topic, embedder)
    is_one = len(found.documents) == 1
    sections = [
        Section("" if is_one else _document(rows[0].quotes[0]), (tuple(composer.said(*row.quotes) for row in rows),))
        for rows in found.documents
    ]
    left = f"{counted(found.n_left_out, 'more row')} left out: ask for less." if found.n_left_out else ""
    return Outline(tuple(sections), is_list=True), left


def _document(quote: Quote) -> str:
    return quote.chunk.title or quote.chunk.source.rsplit("/", 1)[-1]


def _comparison(found: Found, composer: Composer, embedder: Embedder) -> Outline:
    called = [one.target.name for one in found.looked]
    stems_of = [side_terms(name) for name in called]
    cells = tabled(called, found.chunks(), found.looked[0].target.aspect)
    sides = []
    for n, one in enumerate(found.looked):
        quotes = _about(one, embedder, stems_of[:n] + stems_of[n + 1 :])
        sides.append(Side(one.target.name, tuple(quote for quote in quotes if not is_told(quote, cells))))
    pairs: Compared = compared(sides, embedder)
    together = [Section("", (tuple(composer.said(quote) for quote in pairs.together),))] if pairs.together else []
    rows = [
        Section(row.shared, tuple((composer.said(quote),) if quote is not None else () for quote in row.quotes))
        for row in (*cells, *pairs.rows)
    ]
    return Outline((*together, *rows), sides=tuple(called))


def _about(looked: Looked, embedder: Embedder, others: Sequence[frozenset[str]]) -> list[Quote]:
    """Sentences about one side: of a document those that stand for it, else those that speak of the topic, and of it
    more than of the other sides."""
    if looked.topic is None:
        return [quote for part in summarised(looked.passages, embedder).parts for quote in part.quotes]
    groups = looked.topic.quotes(looked.passages.chunks[:_PASSAGES_PER_SIDE], most=_PER_SIDE)
    quotes = [quote for group in groups for quote in group]
    name = side_terms(looked.target.name)
    quotes = [quote for quote in quotes if stands_alone(quote) or names(quote, name)] or quotes
    quotes = [quote for quote in quotes if is_about(quote, name, others)] or quotes
    return best_first(quotes, embedded(quotes, embedder), looked.topic.vector, name, _PER_SIDE)
