"""A library of one document, and one of ten thousand, which stand in the catalogue alone: the page shows no more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evals.pictures.doing import is_there
from evals.served import served
from indexes.library import Library
from ingest.pipeline import File, Pipeline
from rag.settings import Settings

if TYPE_CHECKING:
    from evals.pictures.camera import Camera

N_DOCUMENTS = 10_000
_FIRST = "# Minutes of the harbour board\n\nThe board met on the second of May and let the berths of the old quay.\n"


def many_documents(camera: Camera, home: Path) -> None:
    """The table with one row, and with ten thousand, of which some are found and marked."""
    fill(home)
    with served(home, FOOTNOTE_WORKERS="0") as (address, _), camera.page(f"{address}/documents") as page:
        is_there(page, "1 document")
        page.get_by_test_id("stDataFrame").wait_for()
        camera.shoot(page, "documents-one", end=False)
    _fill_up(home)
    with served(home, FOOTNOTE_WORKERS="0") as (address, _), camera.page(f"{address}/documents") as page:
        is_there(page, "10,000 documents")
        page.get_by_test_id("stDataFrame").wait_for()
        camera.shoot(page, "documents-ten-thousand", end=False)
        page.get_by_placeholder("Find by name or title").fill("minutes 77")
        page.keyboard.press("Enter")
        is_there(page, "of 10,000 documents")
        page.get_by_role("button", name="Mark all found").click()
        is_there(page, "marked")
        camera.shoot(page, "documents-ten-thousand-marked", end=False)


def fill(home: Path) -> None:
    """Take one document in."""
    given = home / "given" / "minutes.md"
    given.parent.mkdir(parents=True)
    given.write_text(_FIRST, "utf-8")
    library = Library(Settings(home=home))
    list(Pipeline(library, "harbour board").add([File(given, given.name)]))
    library.close()


def _fill_up(home: Path) -> None:
    """As if ten thousand were there, of several kinds, from folders, some of them with notes."""
    library = Library(Settings(home=home))
    library.catalogue.database.execute(
        """WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
        INSERT INTO documents (collection_id, source, title, sha256, size, media_type, fingerprint, n_pages, n_chunks,
            warnings, metadata, added_at, sequence)
        SELECT collection_id, '/archive/board/' || (1950 + n % 70) || '/minutes-' || n || iif(n % 3, '.pdf', '.txt'),
            'Minutes, number ' || n, printf('%064d', n), 900 * (n % 977), iif(n % 3, 'application/pdf', 'text/plain'),
            fingerprint, iif(n % 3, 1 + n % 40, 0), 1 + n % 90,
            iif(n % 50, '[]', '["2 of its pages hold a picture without words."]'), '{}', added_at, sequence
        FROM (SELECT * FROM documents LIMIT 1), numbers""",
        (N_DOCUMENTS,),
    )
    library.close()
