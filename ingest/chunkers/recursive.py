"""The recursive chunker: LangChain's RecursiveCharacterTextSplitter, which cuts at blank lines, lines, then blanks."""

from __future__ import annotations

from functools import lru_cache

from ingest.chunkers.run import Piece, Run
from ingest.chunkers.token_table import LONG_WORD, TokenTable
from rag.lines import trim


def chunk_recursive(run: Run) -> list[Piece]:
    """The splitter's chunks as spans.

    It runs without overlap, where each chunk begins right after the one before: its own start indexes are wrong where
    the overlap counts tokens and the text repeats itself. Overlap is put in front afterwards, as for other chunkers.
    """
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    @lru_cache(maxsize=100_000)
    def length(text: str) -> int:
        if max(map(len, text.split()), default=0) > LONG_WORD:
            return TokenTable(text, run.tokenizer).count(0, len(text))
        # At least 1 for each part: the splitter takes quadratic time over parts that cost nothing.
        return max(1, len(run.tokenizer.offsets(text))) if text else 0

    splitter = RecursiveCharacterTextSplitter(chunk_size=run.limit, chunk_overlap=0, length_function=length)
    pieces = []
    end = 0
    for text in splitter.split_text(run.text):
        start, _ = trim(run.text, end, len(run.text))
        end = start + len(text)
        pieces.append(Piece(start, end))
    return pieces
