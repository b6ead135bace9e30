"""OCR with the real engine behind the real fence: scans, turned pages, pictures, mixed files, and where words stand."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import matplotlib
import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont

from ingest.fence import Fence
from ingest.loaders import load
from ingest.loaders.ocr_direction import quarters
from ingest.loaders.ocr_lines import found
from ingest.loaders.word_places import placed
from rag.errors import LoadError
from rag.types import Box, Document, Page
from tests.ingest import make_files as make
from tests.ingest.document_rules import check_document

SIZE = (827, 1169)
"""A4 at 100 dots per inch."""
LINES = ("The lighthouse keeper counts", "seventeen ships at midnight", "and writes them down.")
TEXT = " ".join(LINES)


SCRIPTS = {
    "cyrillic": (
        "Смотритель маяка каждый вечер поднимается по лестнице",
        "и зажигает лампу, чтобы корабли не сели на мель.",
        "Зимой сюда приходит лодка с хлебом и газетами,",
        "а летом на скалах отдыхают тюлени и птицы.",
        "Вечером он записывает в журнал семнадцать судов,",
        "направление ветра и высоту воды у причала.",
        "Старый маяк стоит на острове уже двести лет.",
    ),
    "hebrew": (
        "שומר המגדלור עולה כל ערב במדרגות",
        "ומדליק את המנורה כדי שהספינות לא יעלו על שרטון",
        "בחורף מגיעה לכאן סירה עם לחם ועיתונים",
        "ובקיץ נחים על הסלעים כלבי ים וציפורים",
    ),
    "greek": (
        "Ο φύλακας του φάρου ανεβαίνει κάθε βράδυ τη σκάλα",
        "και ανάβει τη λάμπα, για να μην πέσουν έξω τα πλοία.",
        "Τον χειμώνα έρχεται εδώ μια βάρκα με ψωμί,",
        "και το καλοκαίρι ξεκουράζονται στα βράχια φώκιες.",
    ),
}


@pytest.fixture(scope="module")
def fence() -> Iterator[Fence]:
    with Fence() as opened:
        yield opened


def drawn(lines: Sequence[str] = LINES, *, left: int = 100, size: int = 32) -> Image.Image:
    """A sheet of paper with these lines on it, from 200 pixels on downwards."""
    sheet = Image.new("RGB", SIZE, "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size)
    for n, line in enumerate(lines):
        pen.text((left, 200 + n * 1.4 * size), line, fill="black", font=font)
    return sheet


def saved(folder: Path, name: str, *sheets: Image.Image) -> Path:
    path = folder / name
    several = {"save_all": True, "append_images": sheets[1:]} if len(sheets) > 1 else {}
    resolution = {"resolution": 100} if name.endswith(".pdf") else {}
    sheets[0].save(path, **several, **resolution)
    return path


def loaded(fence: Fence, path: Path) -> Document:
    document = fence.load(path, path.name, max_bytes=50_000_000)
    check_document(document)
    assert all(document.text[word.start : word.end].strip() for word in document.words)
    return document


def refusal(fence: Fence, path: Path) -> str:
    with pytest.raises(LoadError) as caught:
        fence.load(path, path.name, max_bytes=50_000_000)
    return str(caught.value)


def flat(text: str) -> str:
    return " ".join(text.split())


def box_of(document: Document, word: str) -> Box:
    return next(seen.box for seen in document.words if document.text[seen.start : seen.end] == word)


def is_inside(box: Box, left: float, top: float, right: float, bottom: float) -> bool:
    return left < box[0] < box[2] < right and top < box[1] < box[3] < bottom


def test_scanned_page(fence: Fence, tmp_path: Path) -> None:
    document = loaded(fence, saved(tmp_path, "scan.pdf", drawn()))
    assert flat(document.text) == TEXT
    assert document.warnings == ("Page 1 is a picture without text: OCR read 12 words.",)
    assert [document.text[word.start : word.end] for word in document.words] == TEXT.split()
    assert is_inside(box_of(document, "seventeen"), 0.11, 0.2, 0.32, 0.25)
    assert is_inside(box_of(document, "midnight"), 0.45, 0.2, 0.65, 0.25)


@pytest.mark.parametrize(
    ("turn", "region"),
    [(90, (0.2, 0.67, 0.25, 0.89)), (180, (0.67, 0.75, 0.89, 0.8)), (270, (0.75, 0.11, 0.8, 0.33))],
)
def test_turned_page(fence: Fence, tmp_path: Path, turn: int, region: Box) -> None:
    document = loaded(fence, saved(tmp_path, "scan.pdf", drawn().rotate(turn, expand=True)))
    assert flat(document.text) == TEXT
    assert is_inside(box_of(document, "seventeen"), *region)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "font", "turn"),
    [
        ("cyrillic", "DejaVuSans.ttf", 0),
        ("cyrillic", "DejaVuSerif.ttf", 0),
        ("hebrew", "DejaVuSans.ttf", 0),
        ("greek", "DejaVuSerif.ttf", 0),
        ("greek", "DejaVuSerif.ttf", 180),
    ],
)
def test_a_page_is_turned_over_only_to_be_read(script: str, font: str, turn: int) -> None:
    """Letters that OCR does not know look to it as if they stood on their heads about as often as not."""
    sheet = Image.new("RGB", (2 * SIZE[0], 2 * SIZE[1]), "white")
    pen = ImageDraw.Draw(sheet)
    letters = ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / font, 40)
    for n, line in enumerate(SCRIPTS[script]):
        pen.text((160, 300 + 60 * n), line, fill="black", font=letters)
    picture = np.asarray(sheet.resize((1131, 1600)).rotate(turn))[:, :, ::-1]
    assert quarters(*found(np.ascontiguousarray(picture))) == turn // 90


def test_skewed_page(fence: Fence, tmp_path: Path) -> None:
    document = loaded(fence, saved(tmp_path, "scan.pdf", drawn().rotate(2.5, fillcolor="white")))
    assert flat(document.text) == TEXT


def test_columns_are_read_one_after_the_other(fence: Fence, tmp_path: Path) -> None:
    first = ["One keeper of the old light", "lives alone on a rock of salt", "and speaks to nobody all", "winter"]
    second = ["A second keeper rows over", "from the mainland each week", "with bread and with the", "newspapers"]
    sheet = drawn(first, left=40, size=24)
    sheet.paste(drawn(second, left=0, size=24).crop((0, 0, 390, SIZE[1])), (440, 0))
    document = loaded(fence, saved(tmp_path, "scan.pdf", sheet))
    assert flat(document.text) == " ".join(first + second)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.tiff", "a.bmp", "a.gif"])
def test_picture(fence: Fence, tmp_path: Path, name: str) -> None:
    document = loaded(fence, saved(tmp_path, name, drawn()))
    assert flat(document.text) == TEXT
    assert document.media_type.startswith("image/")
    assert document.warnings == ("OCR read 12 words.",)
    assert is_inside(box_of(document, "midnight"), 0.45, 0.2, 0.65, 0.25)


UNREAD = "they are unclear, or in letters that OCR does not know (it knows Latin, Greek, Chinese and Japanese ones)"
KOREAN = Path(__file__).parents[1] / "files" / "unstructured" / "english-and-korean.png"
"""Lines 11 to 15 of a screenshot are Korean, with some Latin words among them."""


def test_lines_in_other_letters_are_told(fence: Fence) -> None:
    document = loaded(fence, KOREAN)
    assert document.warnings[1:] == (f"5 lines could not be read, or only in part: {UNREAD}.",)
    assert document.warnings[0] == f"OCR read {len(document.text.split())} words."


def test_pages_with_lines_that_could_not_be_read_are_named(fence: Fence, tmp_path: Path) -> None:
    korean = Image.open(KOREAN).convert("RGB")
    for name in ("fax.tiff", "scan.pdf"):
        document = loaded(fence, saved(tmp_path, name, drawn(), korean, drawn()))
        assert document.warnings[-1] == f"5 lines on page 2 could not be read, or only in part: {UNREAD}."


def test_a_picture_of_nothing_else_says_so(fence: Fence, tmp_path: Path) -> None:
    korean = Image.open(KOREAN).convert("RGB")
    said = refusal(fence, saved(tmp_path, "a.png", korean.crop((0, 248, 650, 364))))
    assert said.startswith("a.png has no text: no words were found in the picture; ")
    assert f" lines could not be read, or only in part: {UNREAD}" in said


def test_rules_and_dots_are_no_unread_text(fence: Fence, tmp_path: Path) -> None:
    sheet = drawn(["Name", "Contents ............................. 12", "First         second              third"])
    ImageDraw.Draw(sheet).line((210, 235, 760, 235), fill="black", width=2)
    (warning,) = loaded(fence, saved(tmp_path, "form.png", sheet)).warnings
    assert warning.startswith("OCR read ")


def test_frames_of_a_tiff_are_pages(fence: Fence, tmp_path: Path) -> None:
    blank = Image.new("RGB", SIZE, "white")
    path = saved(tmp_path, "fax.tiff", drawn(["First sheet of a fax"]), blank, drawn(["Third sheet of it"]))
    told: list[tuple[int, int]] = []
    document = fence.load(
        path, path.name, max_bytes=50_000_000, progress=lambda done, total: told.append((done, total))
    )
    assert [document.text[page.start : page.end] for page in document.pages] == [
        "First sheet of a fax", "", "Third sheet of it",
    ]  # fmt: skip
    assert {word.page for word in document.words} == {1, 3}
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_picture_lies_as_its_camera_says(fence: Fence, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it to the right to see it upright
    path = tmp_path / "photo.jpg"
    drawn().rotate(90, expand=True).save(path, exif=exif)
    document = loaded(fence, path)
    assert flat(document.text) == TEXT
    assert is_inside(box_of(document, "seventeen"), 0.11, 0.2, 0.32, 0.25)


def test_transparent_picture(fence: Fence, tmp_path: Path) -> None:
    sheet = drawn().convert("RGBA")
    sheet.putalpha(sheet.convert("L").point(lambda grey: 255 - grey))
    assert flat(loaded(fence, saved(tmp_path, "a.png", sheet)).text) == TEXT


def test_picture_without_words(fence: Fence, tmp_path: Path) -> None:
    sheet = Image.new("RGB", (400, 300), "white")
    ImageDraw.Draw(sheet).ellipse((50, 50, 250, 250), fill="red")
    said = refusal(fence, saved(tmp_path, "a.png", sheet))
    assert said == "a.png has no text: no words were found in the picture."


def test_broken_pictures_are_refused_in_a_sentence(fence: Fence, tmp_path: Path) -> None:
    whole = saved(tmp_path, "a.png", drawn())
    whole.write_bytes(whole.read_bytes()[:3000])
    assert "damaged or cut off" in refusal(fence, whole)
    bomb = tmp_path / "bomb.png"
    Image.new("1", (12_000, 12_000)).save(bomb)
    assert "million pixels" in refusal(fence, bomb)


def test_text_pages_are_kept_and_scanned_ones_read(fence: Fence, tmp_path: Path) -> None:
    text = tmp_path / "text.pdf"
    text.write_bytes(make.pdf([make.prose(["A page with a text layer."]), []]))
    with pypdfium2.PdfDocument(text) as document:
        document.import_pages(pypdfium2.PdfDocument(saved(tmp_path, "scan.pdf", drawn())))
        document.save(tmp_path / "mixed.pdf")
    mixed = loaded(fence, tmp_path / "mixed.pdf")
    assert [flat(mixed.text[page.start : page.end]) for page in mixed.pages] == ["A page with a text layer.", "", TEXT]
    assert mixed.warnings == ("Page 3 is a picture without text: OCR read 12 words.",)
    assert {word.page for word in mixed.words} == {3}


@pytest.mark.parametrize("layer", ["\x01\x02\x03\x04 " * 12, "xbt qzr wkfl tjrd vnnm pklt grrt " * 4])
def test_a_text_layer_without_sense_is_replaced(fence: Fence, tmp_path: Path, layer: str) -> None:
    path = tmp_path / "garbage.pdf"
    path.write_bytes(with_layer(drawn(), layer))
    document = loaded(fence, path)
    assert flat(document.text) == TEXT


def test_the_layer_of_an_earlier_ocr_is_kept(fence: Fence, tmp_path: Path) -> None:
    path = tmp_path / "searchable.pdf"
    path.write_bytes(
        with_layer(drawn(), "The lighthouse keeper counts seventeen ships at midnight and notes them down")
    )
    document = loaded(fence, path)
    assert "notes them down" in document.text
    assert document.words == ()


def with_layer(sheet: Image.Image, text: str) -> bytes:
    """A PDF page with the picture, and with the text where the picture hides it."""
    made = pypdfium2.PdfDocument(make.pdf([[(40, 700, 8, text)]]))
    page, data = made[0], io.BytesIO()
    sheet.save(data, "JPEG")
    image = pypdfium2.PdfImage.new(made)
    image.load_jpeg(data, inline=True)
    image.set_matrix(pypdfium2.PdfMatrix().scale(*page.get_size()))
    page.insert_obj(image)
    page.gen_content()
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


class Seen:
    def __init__(self, text: str) -> None:
        self.text, self.box = text, (0.0, 0.0, 1.0, 1.0)


def test_words_are_found_again_in_what_layout_made_of_them() -> None:
    text = "Before.\n\n| counts | light house |\n\ncompetitive end"
    page = Page(1, 9, len(text))
    seen = [Seen(word) for word in ["Header", "counts", "light", "house", "competi-", "tive", "end"]]
    words = [text[word.start : word.end] for word in placed(seen, text, page)]
    assert words == ["counts", "light", "house", "competi", "tive", "end"]


def test_a_slide_that_is_one_picture_is_read() -> None:
    path = Path(__file__).parents[1] / "files" / "unstructured" / "picture.pptx"
    document = load(path, path.name, max_bytes=10_000_000)
    assert "python" in document.text
    assert document.warnings == ("The words on page 1 were read by OCR from 1 picture.",)
