"""Sets of questions about a collection, kept below the home: made, taken from files, edited, removed and taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from app.evaluation.folders import Folders, keeping, read_json, write_json
from app.evaluation.lane import Lane
from app.evaluation.tasks import Task, check_ended, command_of, task_of
from app.question_sets.fields import refuse_repeated
from app.question_sets.rows import SetQuestion, question_of, question_rows, write_questions
from indexes.folder_digest import flush
from indexes.ownership import alone
from ingest.evaluated import FOLDER, LOCK, SET, SETS
from rag.errors import InputError

MOST_QUESTIONS = 20_000
_QUESTIONS, _BEFORE, _AFTER = "questions.jsonl", "before.jsonl", "after.jsonl"
_LONGEST_NAME = 100


class ChangedElsewhere(InputError):
    """A set is another than it was when somebody began to change it."""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A set as it is listed."""

    id: str
    name: str
    collection: str
    n: int
    n_unanswerable: int
    wished: int
    """So many were to be made; 0: nobody has said, or what was made has been changed since."""
    has_before: bool
    """Whether its last change can be taken back."""
    task: Task | None
    """The making of its questions, as long as it goes on and where it brought none."""


class QuestionSets:
    """All sets of a home."""

    def __init__(self, home: Path, lane: Lane) -> None:
        self.folders = Folders(home / FOLDER / SETS)
        self._lane = lane

    def all(self) -> list[QuestionSet]:
        """The newest first."""
        return [self._look(folder) for folder in self.folders.all() if (folder / SET).is_file()]

    def one(self, id: str) -> QuestionSet:
        """The set of this id; raises InputError where it is gone."""
        return self._look(self.folders.folder(id))

    def path(self, id: str) -> Path:
        """Its questions, a line each; raises InputError where the set is gone, or has none yet."""
        path = self.folders.folder(id) / _QUESTIONS
        if not path.is_file():
            raise InputError("this set has no questions yet: wait until they are made, or make it anew")
        return path

    def questions(self, id: str) -> list[SetQuestion]:
        """All of them, in the order of the file."""
        return [question_of(row, where, n) for n, (where, row) in enumerate(question_rows(self.path(id)), start=1)]

    def version(self, id: str) -> str:
        """Another one after each change of its questions."""
        return sha256(self.path(id).read_bytes()).hexdigest()

    @keeping()
    def make(self, name: str, collection: str, n: int, seed: int) -> str:
        """The id of a new set, whose questions are being made from the documents of a collection."""
        with self._new(name=name, collection=collection, wished=n) as folder:
            out = str(folder / _QUESTIONS)
            options = (_about(collection), "--limit", str(n), "--seed", str(seed), "--out", out)
            self._lane.start(folder, "questions", *options)
        return folder.name

    @keeping()
    def make_again(self, id: str) -> None:
        """Let the making of its questions, which did not come to its end, begin anew as it was wished."""
        folder = self.folders.folder(id)
        kind, _, *options, _ = command_of(folder)  # the last part is their place, and the home may be elsewhere by now
        about = _about(self.one(id).collection)  # which may have another name by now
        self._lane.start(folder, kind, about, *options, str(folder / _QUESTIONS))

    @keeping()
    def create(self, name: str, collection: str, questions: Sequence[SetQuestion]) -> str:
        """The id of a new set of these questions; raises InputError where they are none or too many."""
        check_questions(questions)
        with self._new(name=name, collection=collection) as folder:
            write_questions(questions, folder / _QUESTIONS)
        return folder.name

    @keeping()
    def save(self, id: str, questions: Sequence[SetQuestion], known: str | None = None) -> None:
        """Put these in the place of its questions, which `undo` brings back. Raises ChangedElsewhere where `known` is
        not its version any more; None: whatever it is."""
        check_questions(questions)
        folder = self.folders.folder(id)
        check_ended(folder)
        with alone(folder / LOCK):
            if known not in (None, self.version(id)):
                raise ChangedElsewhere("this set was changed elsewhere meanwhile: nothing was saved")
            if (before := self.questions(id)) != [*questions]:  # a second press on Save takes nothing from undoing
                _change(folder, before, questions)

    def undo(self, id: str, known: str | None = None) -> None:
        """Take the last change back; a second time brings it forth again. Of `known` as `save`."""
        folder = self.folders.folder(id)
        if not (folder / _BEFORE).is_file():
            raise InputError("this set has not been changed, so there is nothing to take back")
        before = [question_of(row, where, n) for n, (where, row) in enumerate(question_rows(folder / _BEFORE), start=1)]
        self.save(id, before, known)

    @keeping()
    def rename(self, id: str, name: str) -> None:
        """Call it so; raises InputError for a name that nobody can read."""
        folder = self.folders.folder(id)
        with alone(folder / LOCK):
            write_json(folder / SET, read_json(folder / SET) | {"name": checked_name(name)})

    def remove(self, id: str) -> None:
        """Put it aside: `folders.restore` brings it back."""
        check_ended(self.folders.folder(id))
        self.folders.remove(id)

    @contextmanager
    def _new(self, *, name: str, **told: str | int) -> Iterator[Path]:
        """A folder with what is told of a set, for its questions."""
        name = checked_name(name)
        with self.folders.new() as folder:
            write_json(folder / SET, {"name": name, **told})
            yield folder

    def _look(self, folder: Path) -> QuestionSet:
        told, path = read_json(folder / SET), folder / _QUESTIONS
        try:
            stat = path.stat()
            n, n_unanswerable = _counts(path, stat.st_mtime_ns, stat.st_size)
        except FileNotFoundError:
            n = n_unanswerable = 0
        task = task_of(folder)
        if n and task is not None and not task.is_moving:
            task = None
        has_before = (folder / _BEFORE).is_file()
        wished = 0 if has_before else told.get("wished", 0)
        return QuestionSet(folder.name, told["name"], told["collection"], n, n_unanswerable, wished, has_before, task)


def _about(collection: str) -> str:
    """As an option: a name may begin with a dash."""
    return f"--collection={collection}"


def _change(folder: Path, before: Sequence[SetQuestion], after: Sequence[SetQuestion]) -> None:
    """Both files or none: what may meet a full disk comes before the first of them is another one."""
    draft = folder / _AFTER
    try:
        write_questions(after, draft)
        write_questions(before, folder / _BEFORE)
        draft.replace(folder / _QUESTIONS)
    finally:
        draft.unlink(missing_ok=True)
    flush(folder)


@lru_cache(maxsize=1000)
def _counts(path: Path, _changed_ns: int, _size: int) -> tuple[int, int]:
    """Questions, and how many of them nothing answers."""
    answerable = [row.get("answerable", True) for _, row in question_rows(path)]
    return len(answerable), answerable.count(False)


def checked_name(name: str) -> str:
    """The name on one line; raises InputError for an empty or endless one."""
    found = " ".join(name.split())
    if not found or len(found) > _LONGEST_NAME or not found.isprintable():
        raise InputError(f"give it a name of 1 to {_LONGEST_NAME} letters")
    return found


def check_questions(questions: Collection[SetQuestion]) -> None:
    """Raises InputError for a set that nothing could be measured with."""
    if not questions:
        raise InputError("there is no question in it: add one at least")
    if len(questions) > MOST_QUESTIONS:
        raise InputError(f"it has {len(questions):,} questions, more than the {MOST_QUESTIONS:,} of a set")
    seen: set[str] = set()
    for number, question in enumerate(questions, start=1):
        refuse_repeated(question.id, seen, f"question {number}")
