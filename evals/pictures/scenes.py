"""What is pictured: the pages in the states that people meet, each reached by what a person would do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from evals.endpoint.misbehaving import Server
from evals.pictures import admin, large, many, panels, people
from evals.pictures.doing import ASKED, PATIENCE_MS, add_samples, ask, is_there, mark_first_row, open_source, put, says
from evals.served import served
from evals.serving import Serving
from rag.errors import InputError

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

    from evals.pictures.camera import Camera

_BROKEN: FilePayload = {
    "name": "scan-of-1998.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.4 and then nothing",
}
_MAIL: FilePayload = {
    "name": "berths.eml",
    "mimeType": "message/rfc822",
    "buffer": b"From: Ann Lee <ann@harbour.example>\nTo: Bo Berg <bo@harbour.example>\nSubject: Berths in May\n"
    b"Date: Fri, 02 Jan 2026 10:00:00 +0000\n\nDear Bo,\n\nthe ferry Gannet needs berth fourteen from the third of "
    b"May, because her keel is repaired there.\n\nPlease tell the pilot station about it.\n\nKind regards\nAnn\n",
}
_BOATS = [f"Vessel {n},{10 + n},Skipper {n},Port {n % 7}" for n in range(180)]
_BOATS[120] = "Kittiwake,17,Morwenna Pascoe,Fowey"
_TABLE: FilePayload = {
    "name": "boats.csv",
    "mimeType": "text/csv",
    "buffer": "\n".join(["boat,length in metres,skipper,home port", *_BOATS]).encode(),
}
_PROSE = (
    "The Boots self-locking nut is of one piece, all-metal construction and holds tight despite severe vibration. [1] "
    "It has two sections, a locking nut and a load-carrying nut. [1] It is made for 12 bolts at most. [1]\n\n"
    "| type | how it holds |\n|---|---|\n| elastic stop nut | a fiber locking collar [3] |\n"
    "| stainless steel nut | a locking shoulder and key [2] |\n"
)
_INVENTED = "The mayor of St. Moritz sings opera in the town hall every Friday. [1]"


def shoot_all(camera: Camera, told: Callable[[str], None], names: Sequence[str] = ()) -> None:
    """The scenes of these names, or every one, into the camera's folder; `told` gets a line for each. Raises
    InputError for a name that is none."""
    scenes = {scene.__name__.strip("_").replace("_", "-"): scene for scene in _SCENES}
    if unknown := [name for name in names if name not in scenes]:
        raise InputError(f"there is no scene {unknown[0]}: choose from {', '.join(scenes)}")
    for name in names or scenes:
        told(name.replace("-", " "))
        with TemporaryDirectory() as home:
            scenes[name](camera, Path(home))


def _first_visit(camera: Camera, home: Path) -> None:
    with served(home) as (address, _), camera.page(address) as page:
        is_there(page, "Ask your own documents")
        camera.shoot(page, "chat-empty")
        for name, text in (
            ("documents", "No documents yet"),
            ("usage", "Nothing was asked"),
            ("lab", "No passages yet"),
            ("evaluation", "No documents yet"),
        ):
            page.goto(f"{address}/{name}")
            is_there(page, text)
            camera.shoot(page, f"{name}-empty")


def _with_documents(camera: Camera, home: Path) -> None:
    with served(home) as (address, _), camera.page(address) as page:
        add_samples(page)
        camera.shoot(page, "chat-start")
        ask(page, "How many miles an hour does a toboggan reach?")
        camera.shoot(page, "answer-quoted")
        open_source(page, camera, "source-web-page")
        ask(page, ASKED)
        open_source(page, camera, "source-pdf")
        ask(page, "What is the capital of Australia?")
        camera.shoot(page, "refusal")
        ask(page, "Compare WordStar and WordPerfect")
        camera.shoot(page, "comparison")
        page.get_by_role("button", name="New conversation").first.click()
        page.locator(".flow").first.wait_for(state="detached", timeout=PATIENCE_MS)
        ask(page, "How many miles an hour does a toboggan reach?")
        page.locator("[class*=st-key-menu-] button").first.click()
        page.wait_for_timeout(1000)
        camera.shoot(page, "conversations")
        page.goto(f"{address}/documents")
        page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files([_BROKEN])
        page.get_by_text("failed").first.wait_for(timeout=PATIENCE_MS)
        camera.shoot(page, "documents-failed")
        page.goto(f"{address}/documents")
        mark_first_row(page)
        camera.shoot(page, "document-detail")
        page.goto(f"{address}/documents")
        _documents(page, camera)


def _documents(page: Page, camera: Camera) -> None:
    """What is done with documents: looked for, opened page by page, moved; and their collections."""
    find = page.get_by_placeholder("Find by name or title")
    find.wait_for(timeout=PATIENCE_MS)
    find.fill("word-processors")
    find.press("Enter")
    is_there(page, "1 of 5 documents")
    camera.shoot(page, "documents-found")
    mark_first_row(page, "Page 1 of")
    page.get_by_role("button", name="Next").click()
    is_there(page, "Page 2 of")
    page.wait_for_timeout(1500)
    camera.shoot(page, "document-pages")
    page.get_by_role("button", name="Move", exact=True).click()
    page.get_by_role("dialog").wait_for(timeout=PATIENCE_MS)
    page.wait_for_timeout(800)
    camera.shoot(page, "documents-move")
    page.keyboard.press("Escape")
    page.get_by_text("Collections and storage").click()
    is_there(page, "of kept originals")
    camera.shoot(page, "collections")
    page.get_by_text("Collections and storage").click()
    _removed(page, camera)


def _removed(page: Page, camera: Camera) -> None:
    """Documents that were removed, and the way back."""
    page.get_by_role("button", name="Remove this document").click()
    page.get_by_role("dialog").get_by_text("can be undone").wait_for(timeout=PATIENCE_MS)
    page.wait_for_timeout(800)
    camera.shoot(page, "documents-remove")
    page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    is_there(page, "Can be undone until")
    page.get_by_text("Recently removed").click()
    is_there(page, "that no question finds")
    camera.shoot(page, "documents-removed")


def _lab(camera: Camera, home: Path) -> None:
    with served(home) as (address, _), camera.page(address) as page:
        add_samples(page)
        page.goto(f"{address}/lab")
        box = page.get_by_label("Question", exact=True)
        box.fill("How fast did the toboggans go?", timeout=PATIENCE_MS)
        box.press("Enter")
        page.locator(".stages").wait_for(timeout=PATIENCE_MS)
        camera.shoot(page, "lab-stages", end=False)
        page.get_by_role("slider").first.press("End")
        page.locator("svg .move").first.wait_for(state="attached", timeout=PATIENCE_MS)
        camera.shoot(page, "lab-moved", end=False)
        page.get_by_role("radio", name="Map").click()
        page.locator(".map .hit").first.wait_for(timeout=PATIENCE_MS)
        camera.shoot(page, "lab-map")
        page.locator(".map .hit").last.press("Enter")
        is_there(page, "As it was embedded")
        camera.shoot(page, "lab-passage")


def _evaluation(camera: Camera, home: Path) -> None:
    """A set made from the samples, edited, run by two settings, and both compared."""
    with served(home) as (address, _), camera.page(address) as page:
        page.set_default_timeout(5 * PATIENCE_MS)  # runs give way to whatever else the machine does
        add_samples(page)
        page.goto(f"{address}/evaluation")
        page.get_by_role("spinbutton", name="Questions").fill("40")
        page.get_by_role("button", name="Make questions").click()
        page.get_by_role("button", name="Edit").wait_for()
        _shoot_unpointed(camera, page, "evaluation-sets")
        page.get_by_role("button", name="Edit").click()
        page.get_by_role("button", name="Save").wait_for()
        page.get_by_test_id("stDataFrame").wait_for()
        _shoot_unpointed(camera, page, "evaluation-table")
        page.get_by_role("radio", name="Runs").click()
        start = page.get_by_role("button", name="Start the run")
        start.click()
        is_there(page, "of 40 questions")
        page.get_by_text("Try other settings").click()
        for name in ("Passages read", "Passages reranked", "Passages quoted from"):
            page.get_by_role("spinbutton", name=name).fill("1")
        page.get_by_role("spinbutton", name="Passages read").press("Tab")
        page.get_by_role("button", name="Results").wait_for()
        start.click()
        is_there(page, "of 40 questions")
        _shoot_unpointed(camera, page, "evaluation-runs")
        page.get_by_role("button", name="Results").nth(1).wait_for()
        page.get_by_role("button", name="Results").last.click()
        is_there(page, "the worst first")
        _shoot_unpointed(camera, page, "evaluation-run", end=False)
        page.locator("[class*=st-key-question-] summary").first.click()
        is_there(page, "How sure that there is an answer")
        _shoot_unpointed(camera, page, "evaluation-question")
        page.get_by_role("radio", name="Compare").click()
        page.get_by_role("radio", name="All (").wait_for()
        _shoot_unpointed(camera, page, "evaluation-compared", end=False)
        page.get_by_role("radio", name="All (").click()
        page.locator("[class*=st-key-question-] summary").first.click()
        is_there(page, "How sure that there is an answer")
        _shoot_unpointed(camera, page, "evaluation-pairs")


def _shoot_unpointed(camera: Camera, page: Page, name: str, *, end: bool = True) -> None:
    """With the mouse away from what was clicked last."""
    page.mouse.move(0, 0)
    camera.shoot(page, name, end=end)


def _written(camera: Camera, home: Path) -> None:
    replies = {"prose": says(_PROSE), "invented": says(_INVENTED), "slow": says(_PROSE, pause_s=0.5)}
    with Serving(Server(replies)) as endpoint:
        for kind, name in (("prose", "answer-written"), ("invented", "answer-withheld"), ("slow", "answer-streaming")):
            settings = {"FOOTNOTE_CHAT_MODEL": "scripted", "OPENAI_BASE_URL": f"{endpoint.url}/{kind}/v1"}
            with served(home, **settings) as (address, _), camera.page(address) as page:
                if kind == "prose":
                    add_samples(page)
                if kind == "slow":
                    put(page, ASKED)
                    page.get_by_text("The Boots").last.wait_for(timeout=PATIENCE_MS)
                else:
                    ask(page, ASKED)
                camera.shoot(page, name)
                if kind == "prose":
                    page.get_by_role("button", name="Writing").click()
                    page.wait_for_timeout(1000)
                    camera.shoot(page, "sampling")
                    page.goto(f"{address}/usage")
                    is_there(page, "The last 30 days")
                    camera.shoot(page, "usage")
    settings = {
        "FOOTNOTE_CHAT_MODEL": "scripted",
        "OPENAI_BASE_URL": f"{endpoint.url}/prose/v1",
    }  # gone by now
    with served(home, **settings) as (address, _), camera.page(address) as page:
        ask(page, ASKED)
        camera.shoot(page, "endpoint-down")


def _sources(camera: Camera, home: Path) -> None:
    """Every kind of source as the drawer shows it."""
    with served(home) as (address, _), camera.page(address) as page:
        add_samples(page)
        ask(page, "What did WordStar do?")
        _open_last(page, "")
        page.keyboard.press("ArrowRight")
        is_there(page, "2 of 5")
        camera.shoot(page, "source-next-page")
        page.get_by_role("button", name="Larger").click()
        page.wait_for_timeout(1500)
        camera.shoot(page, "source-larger")
        page.goto(f"{address}/documents")
        page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files([_MAIL, _TABLE])
        is_there(page, "2 of 2 files ready")
        page.goto(address)
        for question, words, name in (
            ("Which berth does the ferry Gannet need?", "Subject", "source-mail"),
            ("Who is the skipper of the Kittiwake?", "home port", "source-table"),
        ):
            ask(page, question)
            _open_last(page, words)
            camera.shoot(page, name)
            page.keyboard.press("Escape")
            page.get_by_role("dialog").wait_for(state="detached")


def _open_last(page: Page, words: str) -> None:
    """Open the first source of the last answer, and wait until these words stand in the drawer."""
    page.locator(".answer").last.locator(".chip, .source").first.click()
    page.get_by_role("dialog").get_by_text(words or "places cited here").first.wait_for(timeout=PATIENCE_MS)


def _large(camera: Camera, home: Path) -> None:
    """Other scripts, a wide table, formulas, and a conversation of 500 messages."""
    number = large.fill(home)
    with served(home) as (address, _), camera.page(address) as page:
        for name, question in large.ASKED.items():
            page.goto(address)
            ask(page, question)
            camera.shoot(page, f"answer-{name}")
            page.locator(".answer").last.locator(".chip").first.click()
            page.get_by_role("dialog").wait_for(timeout=PATIENCE_MS)
            page.wait_for_timeout(1500)
            camera.shoot(page, f"source-{name}")
        page.goto(f"{address}/?c={number}")
        for n_drawn in range(30, large.N_TURNS, 30):
            page.locator(".answer").nth(n_drawn - 1).wait_for(timeout=PATIENCE_MS)
            if n_drawn == 30:
                camera.shoot(page, "thread-of-500")
            page.get_by_role("button", name="earlier questions").click()
        page.locator(".answer").nth(large.N_TURNS - 1).wait_for(timeout=PATIENCE_MS)
        page.get_by_role("button", name="earlier questions").wait_for(state="detached", timeout=PATIENCE_MS)
        camera.shoot(page, "thread-of-500-begun", end=False)


def _formulas(camera: Camera, home: Path) -> None:
    """What a chat model writes with formulas, headings and money."""
    tides: FilePayload = {"name": "tides.md", "mimeType": "text/markdown", "buffer": large.TIDES}
    with Serving(Server({"formulas": says(large.FORMULAS)})) as endpoint:
        settings = {"FOOTNOTE_CHAT_MODEL": "scripted", "OPENAI_BASE_URL": f"{endpoint.url}/formulas/v1"}
        with served(home, **settings) as (address, _), camera.page(f"{address}/documents") as page:
            page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files([tides])
            is_there(page, "1 of 1 file ready")
            page.goto(address)
            ask(page, large.ASKED["formula"])
            page.locator("math").first.wait_for(timeout=PATIENCE_MS)
            camera.shoot(page, "answer-formulas")


def _attached(camera: Camera, home: Path) -> None:
    """Files given with a question, and the single documents that are asked then."""
    with served(home) as (address, _), camera.page(address) as page:
        page.get_by_placeholder("Ask about your documents").wait_for(timeout=PATIENCE_MS)
        page.locator("[data-testid=stChatInput] input[type=file]").set_input_files([_MAIL, _TABLE, _BROKEN])
        is_there(page, "boats.csv")
        page.wait_for_timeout(1500)
        put(page, "Which berth does the ferry Gannet need?")
        page.locator(".job").first.wait_for(timeout=PATIENCE_MS)
        camera.shoot(page, "attached-coming")
        page.locator(".flow").first.wait_for(timeout=PATIENCE_MS)
        is_there(page, "Ask all documents")
        page.wait_for_timeout(1500)
        camera.shoot(page, "attached-answered")


_SCENES = (
    _first_visit,
    _with_documents,
    _attached,
    _lab,
    _evaluation,
    _written,
    _sources,
    _large,
    _formulas,
    admin.health,
    admin.admin,
    people.people,
    many.many_documents,
    panels.panels,
    panels.taking_in,
    panels.scan,
)
