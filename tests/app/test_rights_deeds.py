"""Trying to change what is another's: every deed by every person at every collection, files on their way, and what is
kept of what somebody asked and said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.personal import PersonalWorkspace
from indexes.access import Visibility
from indexes.conversations import TurnRecord
from indexes.feedback import Rating
from indexes.job_records import NewJob
from indexes.removed import RemovedDocument
from ingest.discovery import Looked, look_through
from rag.errors import InputError
from rag.rights import OWNER, Person, Role
from rag.types import Answer, Scope, Trace
from tests.app.rights_home import ANNA, BEN, CARL, EDIT, PEOPLE, READ, ROOT, WORDS, Home, copied, fill, may

pytestmark = pytest.mark.slow

ANSWER = Answer("When?", "At six.", (), (), (), Trace())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("rights"))


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Iterator[Home]:
    with copied(made, tmp_path) as opened:
        yield opened


def looked(folder: Path) -> Looked:
    return look_through(folder)


Deed = Callable[[PersonalWorkspace, Home, str, Path], object]
DEEDS: dict[str, Deed] = {
    "upload": lambda mine, _home, name, _folder: mine.library.board.add([("new.md", b"New.")], name),
    "web page": lambda mine, _home, name, _folder: mine.library.board.add_page("https://example.org/", name),
    "read again": lambda mine, home, name, _folder: mine.library.read_again([home.records(name)[0].id]).n or None,
    "move out": lambda mine, home, name, _folder: mine.library.move([home.records(name)[0].id], "new one").n or None,
    "remove": lambda mine, home, name, _folder: mine.library.remove([home.records(name)[0].id]) or None,
    "weight": lambda mine, _home, name, _folder: mine.library.fix_weight(name, 0.9),
    "plan a folder": lambda mine, _home, name, folder: mine.library.plan(name, folder, looked(folder)),
    "rename": lambda mine, _home, name, _folder: mine.library.rename(name, "another name"),
}
DELETE: Deed = lambda mine, _home, name, _folder: mine.library.delete(name)  # noqa: E731
TELL: dict[str, Deed] = {
    "make public": lambda mine, _home, name, _folder: mine.library.show_to(name, Visibility.PUBLIC),
    "share with oneself": lambda mine, _home, name, _folder: mine.library.share(name, "carl", may_edit=True),
    "unshare": lambda mine, _home, name, _folder: mine.library.unshare(name, "ben"),
}
TELLS = {"diary": "anna root", "team": "anna root", "ledger": "ben root", "town": "root"}
"""Who says who may see each."""


def state(home: Home) -> object:
    """All that a deed could change."""
    catalogue = home.workspace.library.catalogue
    jobs = [(job.collection, job.source, job.state) for job in catalogue.jobs.jobs()]
    return catalogue.sequence(), catalogue.collections(), catalogue.access.all(), jobs, catalogue.weights.all()


def said(deed: Deed, mine: PersonalWorkspace, home: Home, name: str, folder: Path) -> str:
    """What it is refused with; empty where it was done."""
    try:
        done = deed(mine, home, name, folder)
    except InputError as error:
        return str(error)
    return (
        "nothing was there" if done is None and deed not in {DEEDS["weight"], DEEDS["rename"], *TELL.values()} else ""
    )


@pytest.mark.parametrize("deed", [*DEEDS, "delete", *TELL])
def test_what_may_not_be_changed_stays_as_it_was(home: Home, tmp_path: Path, deed: str):
    act, table = (DEEDS | {"delete": DELETE} | TELL)[deed], TELLS if deed in TELL else EDIT
    (tmp_path / "folder").mkdir()
    for person in PEOPLE:
        for name in WORDS:
            if may(table, person, name):
                continue
            before = state(home)
            refused = said(act, home.of(person), home, name, tmp_path / "folder")
            assert state(home) == before
            assert refused
            if may(READ, person, name):
                assert "not change it" in refused or "says who may see it" in refused or "an admin" in refused
            elif deed not in {"upload", "web page", "plan a folder", "read again", "move out", "remove"}:
                assert refused == f"there is no collection {name!r}"


@pytest.mark.parametrize("deed", [*DEEDS, *TELL])
def test_what_may_be_changed_is(home: Home, tmp_path: Path, deed: str):
    act, table = (DEEDS | TELL)[deed], TELLS if deed in TELL else EDIT
    (tmp_path / "folder").mkdir()
    for name in WORDS:
        person = next(person for person in PEOPLE if may(table, person, name))
        before = state(home)
        if (deed in {"rename", "move out"} and name != "diary") or (deed, name) == ("make public", "town"):
            continue  # the new name is taken by then, and what is public is so already
        assert not said(act, home.of(person), home, name, tmp_path / "folder")
        assert state(home) != before or deed in {"plan a folder", "unshare"}


def test_what_is_made_anew_is_its_makers_and_its_name_cannot_be_taken_twice(home: Home):
    home.of(ANNA).library.move([home.records("diary")[0].id], "letters")
    home.of(ANNA).library.board.add([("a.md", b"A.")], "drafts")
    sharing = home.workspace.library.catalogue.access.all()
    assert {(sharing[name].owner, sharing[name].visibility) for name in ("letters", "drafts")} == {("anna", "private")}
    for name in ("letters", "drafts", "diary"):
        with pytest.raises(InputError, match="cannot be given to a new collection: choose another one"):
            home.of(BEN).library.board.add([("b.md", b"B.")], name)
    assert not home.of(BEN).library.board.counts()
    with pytest.raises(InputError, match="an admin can make you an editor"):
        home.of(CARL).library.board.add([("c.md", b"C.")], "carl")
    home.of(OWNER).library.board.add([("o.md", b"O.")], "default")
    assert "default" not in home.workspace.library.catalogue.access.all()  # a worker makes it, and it is everybody's


def test_documents_do_not_get_into_anothers_collection_by_a_move(home: Home):
    for person, target in ((ANNA, "ledger"), (BEN, "diary"), (BEN, "team")):
        own = home.records("town")[0].id
        with pytest.raises(InputError):
            home.of(person).library.move([own], target)
    assert {name: len(home.records(name)) for name in WORDS} == dict.fromkeys(WORDS, 4)


def jobs_of(home: Home) -> dict[str, int]:
    """Collection -> a job that has failed in it, with another one that waits."""
    table, made = home.workspace.library.jobs, {}
    for name, word in WORDS.items():
        number, _ = table.add("b", name, [NewJob(f"{word} job.md", f"/{word}", 1), NewJob(f"{word} 2.md", "/2", 1)])
        table.fail_batch("nobody's", "")
        home.workspace.library.catalogue.database.execute(
            "UPDATE jobs SET state = 'failed', finished_at = queued_at + 1, reason = ? WHERE id = ?", (word, number)
        )
        made[name] = number
    return made


@pytest.mark.parametrize("person", PEOPLE, ids=lambda one: one.name)
def test_files_on_their_way(home: Home, person: Person):
    numbers, board, table = jobs_of(home), home.of(person).library.board, home.workspace.library.jobs
    readable = {name for name in WORDS if person.role.edits and may(READ, person, name)}  # readers: nothing of others'
    shown = [*board.foremost(50), *board.on_their_way(50)]
    assert {job.collection for job in shown} == readable
    assert {job.collection for job in board.family(numbers.values())} == readable
    assert board.counts() == ({"failed": len(readable), "queued": len(readable)} if readable else {})
    assert board.is_busy == bool(readable)
    assert board.failures(0.0)[0] == len(readable)
    for name, number in numbers.items():
        job = table.job(number)
        assert job is not None
        assert board.may_change(job) == may(EDIT, person, name)
        board.retry(number)
        after = table.job(number)
        assert (after is not None and after.state == "queued") == may(EDIT, person, name)
    board.cancel_all()
    cancelled = {job.collection for job in table.jobs() if job.state == "cancelled"}
    assert cancelled == {name for name in WORDS if may(EDIT, person, name)}
    board.clear()
    assert {job.collection for job in table.jobs()} == {name for name in WORDS if not may(EDIT, person, name)}
    for number in numbers.values():
        board.clear(number)
        board.cancel(number)
    assert {job.collection for job in table.jobs()} == {name for name in WORDS if not may(EDIT, person, name)}


def test_a_board_on_which_nothing_may_be_seen_is_quiet(home: Home):
    table = home.workspace.library.jobs
    table.add("b", "diary", [NewJob("secret.md", "/secret", 1)])
    assert not home.of(BEN).library.board.is_busy
    assert home.of(ANNA).library.board.is_busy
    assert home.of(BEN).library.board.began() == float("inf")
    assert home.of(BEN).library.board.pace().told == ""


def test_a_deleted_collection_leaves_nothing_to_the_next_of_its_name(home: Home):
    table = home.workspace.library.jobs
    (number,) = table.add("b", "diary", [NewJob("secret plan.md", "/secret", 1)])
    table.cancel([number])
    home.of(ANNA).library.delete("diary")
    home.of(BEN).library.board.add([("mine.md", b"Mine.")], "diary")
    assert [job.source for job in home.of(BEN).library.board.foremost(9)] == ["mine.md"]
    assert not home.of(ANNA).library.board.foremost(9)
    assert home.workspace.library.catalogue.access.of("diary").owner == "ben"


def test_conversations_ratings_and_flags_are_kept_under_the_name_of_whose_they_are(home: Home):
    anna, ben = home.of(ANNA), home.of(BEN)
    number = anna.conversations.begin(anna.name, "When?")
    anna.conversations.keep(anna.name, number, 0, TurnRecord("When?", "At six.", "{}"), known=None)
    for read in (ben.conversations.turns, ben.conversations.record):
        with pytest.raises(InputError):
            read(ben.name, number)
    with pytest.raises(InputError):
        ben.conversations.rename(ben.name, number, "Mine")
    rating = anna.rate(ANSWER, Rating(False, (), "Wrong."), (number, 0))
    with pytest.raises(InputError):
        ben.change_rating(rating, Rating(True))
    ben.withdraw_rating(rating)
    ben.rate(ANSWER, Rating(True), (number, 0))
    assert [one.rating.comment for one in anna.ratings_of(number).values()] == ["Wrong."]
    assert not ben.ratings_of(number)
    anna.flag(ANSWER)
    assert home.workspace.audit.file.rows("SELECT user FROM flags") == [("anna",)]


def test_what_is_used_is_told_of_oneself_and_to_admins_of_all(home: Home):
    for person in (ANNA, BEN):
        home.of(person).answerer.ask("When does the harbour open?")
        home.of(person).rate(ANSWER, Rating(False, (), ""), None)
    days = {one.name: sum(day.questions for day in home.of(one).usage.per_day(0)) for one in PEOPLE}
    assert days == {"anna": 1, "ben": 1, "carl": 0, "root": 2}
    downs = {one.name: len(home.of(one).usage.rated_down(9)) for one in PEOPLE}
    assert downs == {"anna": 1, "ben": 1, "carl": 0, "root": 2}
    assert [sum(day.down for day in home.of(one).usage.ratings(0)) for one in (CARL, ANNA, ROOT)] == [0, 1, 2]


def test_a_right_that_is_taken_is_gone_for_what_is_open_already(home: Home):
    ben, access = home.of(BEN), home.workspace.library.catalogue.access
    record = home.records("team")[0]
    assert ben.catalogue.has(record.id)
    access.show_to("team", Visibility.PRIVATE)
    assert not ben.catalogue.has(record.id)
    with pytest.raises(InputError, match=f"there is no document {record.id}"):
        ben.catalogue.document(record.id)
    demoted = home.of(Person("anna", Role.READER))
    with pytest.raises(InputError, match="not change it"):
        demoted.library.remove([record.id])


def test_what_somebody_adds_gets_into_nobody_elses_collection_because_of_their_name(home: Home):
    """Not even into one that is everybody's."""
    named = home.of(Person("town", Role.EDITOR))
    assert named.catalogue.usual == "town 2"
    named.library.board.add([("a.md", b"A.")], named.catalogue.usual)
    assert named.catalogue.usual == "town 2"
    assert home.workspace.library.catalogue.access.of("town 2").owner == "town"
    assert (home.of(ANNA).catalogue.usual, home.of(OWNER).catalogue.usual) == ("anna", "default")


def everything(mine: PersonalWorkspace) -> list[RemovedDocument]:
    """All that somebody may put back."""
    return mine.library.removed(mine.library.removals())


def test_what_was_removed_is_seen_and_put_back_by_those_who_may_edit(home: Home):
    for name in ("diary", "team", "ledger", "town"):
        home.of(OWNER).library.remove([home.records(name)[0].id])
    every = everything(home.of(OWNER))
    for person in PEOPLE:
        mine = home.of(person).library
        seen = {one.collection for one in mine.removed(mine.removals())}
        assert seen == {name for name in WORDS if may(EDIT, person, name)}
        for one in every:
            if one.collection not in seen:
                for deed in (mine.put_back, mine.delete_for_good):
                    with pytest.raises(InputError, match="nothing of this can be put back any more"):
                        deed([one.id])
    assert everything(home.of(OWNER)) == every
    assert home.of(BEN).library.put_back([one.id for one in everything(home.of(BEN))]).n == 2


def test_a_deleted_collection_is_put_back_by_its_own_people_alone(home: Home):
    home.of(ANNA).library.delete("diary")
    assert [person for person in PEOPLE if everything(home.of(person))] == [ANNA, ROOT]
    home.of(BEN).library.board.add([("b.md", b"B.")], "diary")  # the name is free
    assert everything(home.of(BEN)) == []
    ids = [one.id for one in everything(home.of(ANNA))]
    with pytest.raises(InputError, match="cannot be given to a new collection"):
        home.of(ANNA).library.put_back(ids)
    assert home.workspace.library.catalogue.access.of("diary").owner == "ben"
    (left,) = home.of(ROOT).library.put_back(ids[:1]).left  # an admin may change both, and they are two all the same
    assert "'diary' is another one" in left[1]
    assert everything(home.of(ANNA))


def test_who_may_change_a_collection_does_not_get_it_by_deleting_it(home: Home):
    home.workspace.library.catalogue.access.share("team", "ben", may_edit=True)
    home.of(BEN).library.delete("team")
    home.of(BEN).library.board.add([("b.md", b"B.")], "team")
    mine = everything(home.of(BEN))
    done = home.of(BEN).library.put_back([one.id for one in mine])
    assert (done.n, len(done.left)) == (0, len(mine))
    assert everything(home.of(ANNA)) == mine


def test_the_collections_that_were_searched_are_counted(home: Home):
    home.workspace.library.catalogue.access.begin("nothing in it yet", "anna")

    def n_searched(person: Person, scope: Scope) -> list[int]:
        *_, answer = home.of(person).answerer.stream("When does the harbour open?", scope)
        assert isinstance(answer, Answer)
        return [stage.n for stage in answer.trace.stages if stage.name == "scope"]

    for person in PEOPLE:
        assert n_searched(person, Scope()) == [sum(may(READ, person, name) for name in WORDS)]
    assert n_searched(ANNA, Scope(("town", "nothing in it yet"))) == [1]
    assert n_searched(ANNA, Scope(documents=(home.records("town")[0].id,))) == [0]
