"""What all sessions share: the workspace with its models and indexes, and the board of files on their way in."""

from __future__ import annotations

import threading
import time
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING

import streamlit as st

from app.checkup import Checkup
from app.jobs import JobBoard
from app.personal import PersonalWorkspace
from app.wiring import Workspace
from app.words import tr
from indexes.audit_search import AuditSearch
from indexes.flags import FlagList
from indexes.home import load_settings
from indexes.support_weights import support
from rag.errors import FootnoteError, InputError
from rag.rights import OWNER, Person, Role

if TYPE_CHECKING:
    from app.sign_in.door import Door

_SWEEP_EVERY_S = 3600.0
_FORMER_FOR_S = 600.0
_SENTENCE = "The first sentences that are read take longer than later ones."


@st.cache_resource(show_spinner=False)
def workspace() -> Workspace:
    """The one workspace of this server; opening it loads no model."""
    opened = Workspace(load_settings())
    threading.Thread(target=_sweep, args=(weakref.ref(opened),), name="sweep", daemon=True).start()
    return opened


def reopen() -> None:
    """Open the workspace by the settings of now. What is asked just now ends in the former one, which is closed when
    that has had its time."""
    former = workspace()
    for resource in (workspace, warm_up, _checkup):
        resource.clear()
    closing = threading.Timer(_FORMER_FOR_S, former.close)
    closing.daemon = True
    closing.start()


def _sweep(workspace: weakref.ref[Workspace]) -> None:
    """Delete what was kept long enough, now and as the days go by."""
    while opened := workspace():
        catalogue = opened.library.catalogue
        for sweep in (opened.audit.sweep, catalogue.conversations.sweep, opened.sweep_feedback, opened.sweep_removed):
            with suppress(FootnoteError):  # the next answer meets the same error, and says it
                sweep()
        del opened, catalogue, sweep
        time.sleep(_SWEEP_EVERY_S)


def person() -> Person:
    """Who asks. Raises InputError for whoever signed out a moment ago; all others stop at the gate."""
    opened = door()
    if opened is None:
        return OWNER
    if found := opened.who(st.context.cookies):
        return found
    raise InputError(tr("you are not signed in any more: load this page anew"))


def admin() -> Person:
    """Who asks. Raises InputError for whoever is no admin, or not any more."""
    who = person()
    if not who.role.may(Role.ADMIN):
        raise InputError(tr("this is an admin's business: ask one of them"))
    return who


def personal() -> PersonalWorkspace:
    """The workspace as this person may use it. Pages and their parts have no other way to what is kept in it."""
    return PersonalWorkspace(workspace(), person())


@st.cache_resource(show_spinner=False)
def door() -> Door | None:
    """How people sign in; None where nobody does."""
    settings = load_settings()
    if settings.sign_in == "off":
        return None
    from app.sign_in.door import open_door  # where nobody signs in it is never read

    return open_door(settings)


def people() -> list[str]:
    """The names of all who may sign in, for the choice of whom something is shared with."""
    opened = door()
    return [] if opened is None else [user.name for user in opened.users.all()]


def board() -> JobBoard:
    """The board of files on their way in, as far as this person may see them."""
    return personal().library.board


def checkup() -> Checkup:
    """What the doctor finds here, and what mends it. Raises InputError for whoever is no admin."""
    admin()
    return _checkup()


@st.cache_resource(show_spinner=False)
def _checkup() -> Checkup:
    """It needs no workspace, since a damaged home may open none."""
    return Checkup(load_settings())


def audit_search() -> AuditSearch:
    """Searches of the audit log. Raises InputError for whoever is no admin."""
    admin()
    return AuditSearch(workspace().reports.file)


def flags() -> FlagList:
    """Answers that were flagged for a person. Raises InputError for whoever is no admin."""
    admin()
    return FlagList(workspace().reports.file)


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Load the models beside the first page, so that the first question does not wait for them."""
    threading.Thread(target=_load_models, args=(workspace(),), name="warm-up", daemon=True).start()


def _load_models(opened: Workspace) -> None:
    with suppress(FootnoteError):  # the first question meets the same error, and says it on the page
        opened.answerer  # noqa: B018 - opening it is the point
        opened.library.retriever.retrieve("warm up", 1)
        opened.library.embedder.embed_documents([_SENTENCE] * 8)
        if opened.settings.chat_model:
            support().of([_SENTENCE], [_SENTENCE])  # by which claims are checked
