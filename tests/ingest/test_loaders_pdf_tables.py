"""PDF: tables that are drawn, between rules, or made of gaps alone; and all that only looks like one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ingest.loaders import load
from rag.types import Block, Document
from tests.ingest import make_files as make
from tests.ingest.document_rules import check_document

FILES = Path(__file__).parents[1] / "files"
XS = [72, 172, 272, 372]
ROWS = [("Part", "Hours", "Cost"), ("Body", "2", "300"), ("Paint", "1.5", "225")]
AS_MARKDOWN = "| Part | Hours | Cost |\n| --- | --- | --- |\n| Body | 2 | 300 |\n| Paint | 1.5 | 225 |"
LONG = "The quick brown fox jumps over the lazy dog and runs on"


def loaded(path: Path) -> Document:
    document = load(path, path.name, max_bytes=100_000_000)
    check_document(document)
    return document


def made(folder: Path, words: list[make.Words], drawing: str = "", turn: int = 0) -> Document:
    path = folder / "a.pdf"
    path.write_bytes(make.pdf([words], drawing=drawing, turn=turn))
    return loaded(path)


def tables(document: Document) -> list[str]:
    return [document.text[block.start : block.end] for block in table_blocks(document)]


def table_blocks(document: Document) -> list[Block]:
    return [block for block in document.blocks if block.kind == "table"]


def drawn(rows: list[tuple[str, ...]], *, height: float = 20) -> tuple[list[make.Words], str]:
    """A table with all its lines, from 72, 700 downwards."""
    xs = [72 + 100 * n for n in range(len(rows[0]) + 1)]
    ys = [700 - height * n for n in range(len(rows) + 1)]
    return make.cells([x + 4 for x in xs[:-1]], [y - 14 for y in ys[:-1]], rows), make.grid(xs, ys)


def test_drawn_table_between_paragraphs(tmp_path: Path) -> None:
    words, lines = drawn(ROWS)
    document = made(tmp_path, [*make.prose(["Words above."], top=740), *words], lines)
    assert [block.kind for block in document.blocks] == ["paragraph", "table"]
    assert tables(document) == [AS_MARKDOWN]
    left, top, right, bottom = table_blocks(document)[0].box or (0, 0, 0, 0)
    assert (left, right) == pytest.approx((72 / 600, 372 / 600), abs=0.01)
    assert (top, bottom) == pytest.approx((100 / 800, 160 / 800), abs=0.01)


def test_box_on_a_turned_page(tmp_path: Path) -> None:
    words, lines = drawn(ROWS)
    document = made(tmp_path, words, lines, turn=90)
    left, top, right, bottom = table_blocks(document)[0].box or (0, 0, 0, 0)
    assert (left, right) == pytest.approx((640 / 800, 700 / 800), abs=0.01)
    assert (top, bottom) == pytest.approx((72 / 600, 372 / 600), abs=0.01)


def test_table_that_is_drawn_with_filled_boxes(tmp_path: Path) -> None:
    words, _ = drawn(ROWS)
    boxes = "".join(f"{x} {680 - 20 * n} 99 19 re f\n" for n in range(3) for x in XS[:3])
    assert tables(made(tmp_path, words, f"0.9 g\n{boxes}")) == [AS_MARKDOWN]


def test_cells_of_several_lines_empty_cells_and_bars(tmp_path: Path) -> None:
    rows = [("Name", "Note"), ("a|b", ""), ("", "kept")]
    words, lines = drawn(rows, height=40)
    words += [(176, 634, 10, "first line"), (176, 623, 10, "second line")]
    assert tables(made(tmp_path, words, lines)) == [
        "| Name | Note |\n| --- | --- |\n| a\\|b | first line second line |\n|  | kept |"
    ]


def test_merged_cells_are_repeated(tmp_path: Path) -> None:
    words, lines = drawn([("Kind", "Year", ""), ("", "2023", "2024"), ("x", "1", "2"), ("", "3", "4")])
    # No line between the years, and none below `x` in the first column.
    lines = lines.replace("272 700 m 272 620 l", "272 680 m 272 620 l")
    lines = lines.replace("72 640 m 372 640 l", "172 640 m 372 640 l")
    words = [(250, 686, 10, "Calendar year") if word[3] == "Year" else word for word in words]
    assert tables(made(tmp_path, words, lines)) == [
        "| Kind | Calendar year | Calendar year |\n| --- | --- | --- |\n"
        "|  | 2023 | 2024 |\n| x | 1 | 2 |\n| x | 3 | 4 |"
    ]


def test_table_between_rules(tmp_path: Path) -> None:
    words = make.cells([80, 150, 220], [686, 666, 652], ROWS)
    rules = "".join(f"72 {y} m 300 {y} l S\n" for y in (700, 680, 646))
    assert tables(made(tmp_path, words, rules)) == [AS_MARKDOWN]


def test_table_of_gaps_alone(tmp_path: Path) -> None:
    words = make.cells(XS[:3], [600, 586, 572], ROWS)
    document = made(tmp_path, [*make.prose([LONG, LONG, "It ends."]), *words])
    assert [block.kind for block in document.blocks] == ["paragraph", "table"]
    assert tables(document) == [AS_MARKDOWN]


@pytest.mark.parametrize(
    "words",
    [
        make.prose([LONG, LONG, LONG, LONG, "It ends."]),
        [*make.prose([LONG[:30]] * 12, x=40, size=10), *make.prose([LONG[20:52]] * 12, x=320, size=10)],
        make.cells([72, 100], [700, 686, 672, 658], [(r"\267", word) for word in ("one", "two", "three", "four")]),
        make.cells([72, 260], [700, 686, 672, 658], [(f"{n}. Chapter ............", f"{n}0") for n in range(4)]),
        make.cells([72, 100], [700, 686, 672, 658], [(f"[{n}]", LONG) for n in range(4)]),
    ],
    ids=["prose", "two columns", "list", "contents", "references"],
)
def test_what_is_no_table(tmp_path: Path, words: list[make.Words]) -> None:
    assert tables(made(tmp_path, words)) == []


def test_frame_around_prose_is_no_table(tmp_path: Path) -> None:
    words = [*make.prose([LONG, LONG, "It ends."], x=80, size=10), *make.prose([LONG, "Next."], x=80, top=640, size=10)]
    assert tables(made(tmp_path, words, make.grid([72, 500], [720, 660, 600]))) == []


def test_boxes_of_a_diagram_are_no_table(tmp_path: Path) -> None:
    boxes = "".join(f"{60 + 90 * n} {500 + 37 * n} 80 30 re S\n" for n in range(5))
    links = "".join(f"{140 + 90 * n} {515 + 37 * n} m {190 + 90 * n} {515 + 37 * n} l S\n" for n in range(4))
    words = [(65 + 90 * n, 512 + 37 * n, 10, f"Step {n}") for n in range(5)]
    assert tables(made(tmp_path, words, boxes + links)) == []


@pytest.mark.parametrize(
    "drawing",
    [
        "".join(f"{n % 500} {n % 700} m {n % 500 + 9} {n % 700} l S\n" for n in range(100_000)),
        "0 0 m " + "".join(f"{n % 500} {n * 7 % 700} l\n" for n in range(100_000)) + "S\n",
        "".join(f"{n % 50 * 12} {n // 50 * 10} 12 10 re S\n" for n in range(4_000)),
    ],
    ids=["strokes", "one path", "squares"],
)
def test_a_page_with_too_much_on_it_is_read_without_tables(tmp_path: Path, drawing: str) -> None:
    started = time.process_time()
    document = made(tmp_path, make.prose(["Some words."]), drawing)
    assert document.text == "Some words."
    assert time.process_time() - started < 20


def test_real_tables_between_prose() -> None:
    document = loaded(FILES / "markitdown/SPARSE-2024-INV-1234_borderless_table.pdf")
    first, second = tables(document)
    assert first.splitlines()[:4] == [
        "| Product Code | Location | Expected | Actual | Variance | Status |",
        "| --- | --- | --- | --- | --- | --- |",
        "| SKU-8847 | A-12 | 450 |  |  |  |",
        "|  | B-07 |  | 289 | -23 |  |",
    ]
    assert second.splitlines()[-1] == "| SKU-1123 | Hardware | $55.00 | $27,500.00 | 2024-10-30 | Verified |"


def test_real_tables_without_lines() -> None:
    document = loaded(FILES / "markitdown/movie-theater-booking-2024.pdf")
    found = [table.splitlines() for table in tables(document)]
    assert [table[0] for table in found if "Month" in table[0]] == [
        "| Month | # Shows | Gross Amount | Net Amount | Occupancy |"
    ]
    assert "| 2 | SCR-2 | 12/20-12/31 | Winter Wonderland | 4:30 PM | Daily | MT | $150 | $3,600 |" in found[-1]


def test_real_spreadsheet_without_lines() -> None:
    (table,) = tables(loaded(FILES / "docling/odf_table_with_title_01.ods.pdf"))
    assert table.startswith("| Year | Freshwater Ducks |\n| --- | --- |\n| 2019 | 120 |")


def test_real_table_of_numbers() -> None:
    (table,) = tables(loaded(FILES / "unstructured/all-number-table.pdf"))
    assert table.splitlines()[-1] == "| 1600.01 | 15 |"
