"""Details of office files that change what a number or a tick says."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from ingest.loaders.tables import value_text
from tests.ingest import make_files as make
from tests.ingest.test_loaders_text import loaded


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


QUOTES = {'"': "&quot;"}
RAISED = '<w:vertAlign w:val="superscript"/>'


def test_raised_digits_are_no_part_of_a_number(tmp_path: Path) -> None:
    page = (
        "<body><p>Fee: 500<sup>1</sup> EUR, 10<sup>6</sup> times, the 3<sup>rd</sup> of May, 4 m<sup>2</sup></p></body>"
    )
    assert "500¹ EUR, 10⁶ times, the 3rd of May, 4 m²" in loaded(tmp_path, "a.html", page).text
    body = f"<w:p>{run('Fee: 500')}{run('1', RAISED)}{run(' EUR, the 3')}{run('rd', RAISED)}</w:p>"
    assert loaded(tmp_path, "a.docx", make.docx(body)).text == "Fee: 500¹ EUR, the 3rd"
    note = "<text:note-citation>1</text:note-citation><text:note-body><text:p>Net.</text:p></text:note-body>"
    note = f"<text:note>{note}</text:note>"
    assert loaded(tmp_path, "a.odt", make.odt(f"<text:p>Fee: 500{note} EUR</text:p>")).text.startswith("Fee: 500¹ EUR")


def test_ticks_and_boxes_of_word_are_kept(tmp_path: Path) -> None:
    def sign(code: str) -> str:
        return f'<w:r><w:sym w:font="Wingdings" w:char="{code}"/></w:r>'

    def box(state: str) -> str:
        return f"<w:r><w:fldChar><w:ffData><w:checkBox>{state}</w:checkBox></w:ffData></w:fldChar></w:r>"

    body = f"<w:p>{sign('F0FE')}{run(' Yes ')}{sign('F0A8')}{run(' No')}</w:p>"
    body += f"<w:p>{box('<w:checked/>')}{run('Smoker')}</w:p>"
    body += "<w:p>" + box('<w:default w:val="0"/>') + run("Pets") + "</w:p>"
    assert loaded(tmp_path, "a.docx", make.docx(body)).text.split("\n\n") == ["☑ Yes ☐ No", "☑ Smoker", "☐ Pets"]


def test_a_box_in_a_cell_comes_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{make.paragraph('ACME Ltd')}</w:txbxContent>"
    new, old = f"<w:drawing>{box}</w:drawing>", f"<w:pict>{box}</w:pict>"
    flavours = f"<m:Choice>{new}</m:Choice><m:Fallback>{old}</m:Fallback>"
    both = f'<m:AlternateContent xmlns:m="m">{flavours}</m:AlternateContent>'
    cell = f"<w:tc><w:p>{run('By')}<w:r>{both}</w:r></w:p></w:tc>"
    text = loaded(tmp_path, "a.docx", make.docx(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>")).text
    assert text.count("ACME Ltd") == 1


def test_lists_of_a_page_count_as_it_shows(tmp_path: Path) -> None:
    page = (
        '<body><ol type="a" start="3"><li>Rent</li><li>Fees</li></ol><p>And then these:</p>'
        '<ol><li>One</li><li value="7">Seven</li><li>Eight</li></ol></body>'
    )
    text = loaded(tmp_path, "a.html", page).text
    assert "c. Rent\nd. Fees" in text
    assert "1. One\n7. Seven\n8. Eight" in text


def mail(plain: str, html: str) -> str:
    return (
        "Subject: Booking\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=C\n\n"
        f"--C\nContent-Type: text/plain\n\n{plain}\n--C\nContent-Type: text/html\n\n{html}\n--C--\n"
    )


def test_a_mail_that_only_says_that_it_is_html_is_read_as_that(tmp_path: Path) -> None:
    html = "<p>Your booking number is K7-2291. " + "It holds for two nights in May for you and a dog. " * 5 + "</p>"
    stub = loaded(tmp_path, "a.eml", mail("Your program cannot show this mail.", html))
    assert "K7-2291" in stub.text
    assert "cannot show" not in stub.text
    both = loaded(
        tmp_path, "b.eml", mail("Your booking number is K7-2291, for two nights.", "<p>K7-2291, 2 nights</p>")
    )
    assert "for two nights" in both.text


def test_rows_go_on_behind_an_empty_one(tmp_path: Path) -> None:
    sheet = "Item,Qty,Price\nApple,1,2\nPear,3,4\n,,\nPlum,5,6\nFig,7,8\n,,\nTotal,16,20\n,,\n"
    sheet += "Name,City,Street\nAda,Hull,Mill\n,,\nRegion,2023,2024\nNorth,5,6\n"
    text = loaded(tmp_path, "a.csv", sheet).text
    head = "| Item | Qty | Price |\n| --- | --- | --- |\n"
    assert [part for part in text.split("\n\n") if "|" in part] == [
        f"{head}| Apple | 1 | 2 |\n| Pear | 3 | 4 |",
        f"{head}| Plum | 5 | 6 |\n| Fig | 7 | 8 |",
        f"{head}| Total | 16 | 20 |",
        "| Name | City | Street |\n| --- | --- | --- |\n| Ada | Hull | Mill |",
        "| Region | 2023 | 2024 |\n| --- | --- | --- |\n| North | 5 | 6 |",
    ]


LEVELS = """<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/>
<w:lvlText w:val="Article %1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimalZero"/><w:isLgl/>
<w:lvlText w:val="Section %1.%2"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride
w:val="1"/></w:lvlOverride></w:num>"""


def test_clauses_are_numbered_as_word_prints_them(tmp_path: Path) -> None:
    def item(text: str, depth: int, number: int) -> str:
        return make.paragraph(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')

    body = item("Rent", 0, 1) + item("Sum", 1, 1) + item("Day", 1, 1) + item("Term", 0, 1)
    body += make.paragraph("Another one.") + item("Pets", 0, 2) + item("Cats", 1, 2) + item("Dogs", 0, 2)
    lines = loaded(tmp_path, "a.docx", make.docx(body, numbering=LEVELS)).text.split("\n")
    assert [line.strip() for line in lines if line.strip()] == [
        "Article I. Rent", "Section 1.01 Sum", "Section 1.02 Day", "Article II. Term", "Another one.",
        "Article I. Pets", "Section 1.01 Cats", "Article II. Dogs",
    ]  # fmt: skip


def test_what_is_merged_downwards_stands_in_every_row(tmp_path: Path) -> None:
    rows = [["City", "Item"], ["Berlin", "A"], ["", "B"], ["Hull", "C"], ["", "D"]]
    with zipfile.ZipFile(io.BytesIO(make.xlsx({"Prices": rows}))) as made:
        members = {name: made.read(name) for name in made.namelist()}
    name, merged = "xl/worksheets/sheet1.xml", b'</sheetData><mergeCells><mergeCell ref="A2:A3"/></mergeCells>'
    data = make.zipped(members | {name: members[name].replace(b"</sheetData>", merged)})
    text = loaded(tmp_path, "a.xlsx", data).text
    assert "| Berlin | A |\n| Berlin | B |\n| Hull | C |\n|  | D |" in text


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CODES = {1: "0%", 2: "00000", 3: '#,##0.00\\ "€"', 4: "General", 5: "[$$-409]#,##0"}


def workbook() -> bytes:
    """Numbers below these formats, in columns from the second on."""
    fonts = "".join(f'<numFmt numFmtId="{200 + n}" formatCode="{escape(code, QUOTES)}"/>' for n, code in CODES.items())
    xfs = '<xf numFmtId="0"/>' + "".join(f'<xf numFmtId="{200 + n}"/>' for n in CODES)
    styles = f'<styleSheet xmlns="{MAIN}"><numFmts>{fonts}</numFmts><cellXfs>{xfs}</cellXfs></styleSheet>'
    heads = "".join(f'<c r="{c}2" t="inlineStr"><is><t>{c}</t></is></c>' for c in "BCDEF")
    values = zip("BCDEF", (0.19, 1067, 1234.5, 1067, 99), CODES, strict=True)
    cells = "".join(f'<c r="{c}3" s="{style}"><v>{value}</v></c>' for c, value, style in values)
    rows = f'<row r="2">{heads}</row><row r="3">{cells}</row>'
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    with zipfile.ZipFile(io.BytesIO(make.xlsx({"Prices": [["x"]]}))) as made:
        members = {name: made.read(name) for name in made.namelist()}
    return make.zipped(members | {"xl/worksheets/sheet1.xml": sheet, "xl/styles.xml": styles})


def test_numbers_of_a_sheet_are_those_that_it_shows(tmp_path: Path) -> None:
    text = loaded(tmp_path, "a.xlsx", workbook()).text
    assert "| 19% | 01067 | 1234.50 € | 1067 | $99 |" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.timedelta(hours=36), "36:00"),
        (dt.timedelta(hours=1, minutes=5), "1:05"),
        (dt.timedelta(seconds=45), "0:00:45"),
        (-dt.timedelta(hours=2), "-2:00"),
        (0.00001, "0.00001"),
        (1.5e16, "15000000000000000"),
        (1234.5, "1234.5"),
        (3.0, "3"),
    ],
)
def test_values_are_written_out(value: object, text: str) -> None:
    assert value_text(value) == text
