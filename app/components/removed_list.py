"""What was removed lately: the way back right after it, and all that can be put back for a while."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

import streamlit as st

from app.components.deed_row import deed_row
from app.components.plain_text import label
from app.components.to_the_end import to_the_end
from app.personal_library import PersonalLibrary
from app.words import moment, numeral, tr, trn
from app.words.sizes import size
from indexes.removed import RemovedDocument, RemovedGroup
from ingest.keeping import Keeping
from ingest.undoing import PutBack
from rag.errors import FootnoteError

_LAST, _TOLD, _ASKED = "removal-last", "removed-told", "removed-asked"
_MOST_SHOWN = 30
_MOST_NAMED = 5
_Which = RemovedDocument | Sequence[RemovedGroup]


def note(keeping: Keeping, n: int, n_inside: int = 0) -> None:
    """Documents were removed just now, and with them others that were inside of them: the page says so until it is
    told not to."""
    st.session_state[_LAST] = (keeping.act, n, n_inside, keeping.n_lost)
    st.session_state[_TOLD] = []


def show_bar(library: PersonalLibrary) -> None:
    """The last removal of this session with its way back, and what became of what was put back."""
    for line in st.session_state.get(_TOLD, []):
        st.info(line)
    act, n, n_inside, n_lost = st.session_state.get(_LAST) or ("", 0, 0, 0)
    if not n:
        return
    found = [group for group in library.removals() if group.act == act]
    with st.container(key="removal-bar", border=True, horizontal=True, vertical_alignment="center", gap="small"):
        told = _removed(n, n_inside)
        st.markdown(f"{told} {_until(found, n_lost)}", width="stretch")
        if found:
            args = (library, found)
            st.button(tr("Undo"), icon=":material/undo:", key="undo-remove", on_click=_put_back, args=args)
        st.button(tr("Dismiss"), key="removal-seen", type="tertiary", on_click=_seen)


def _removed(n: int, n_inside: int) -> str:
    if not n_inside:
        return trn(n, "**{n} document removed.**", "**{n} documents removed.**")
    inside = numeral(n_inside)
    return trn(
        n,
        "**{n} document removed,** and {inside} inside of it.",
        "**{n} documents removed,** and {inside} inside of them.",
        inside=inside,
    )


def _until(found: Sequence[RemovedGroup], n_lost: int) -> str:
    if not found:
        return tr("This cannot be undone.")
    until = _moment(found[0].until)
    if n_lost:
        gone = numeral(n_lost)
        return tr("Can be undone until {moment}, but for {n} whose file was gone.", moment=until, n=gone)
    return tr("Can be undone until {moment}.", moment=until)


def show(library: PersonalLibrary) -> None:
    """All that this person may put back, one removal after the other; nothing where there is none."""
    found = library.removals()
    if not found:
        return
    opened = st.expander(
        tr("Recently removed"),
        icon=":material/restore_from_trash:",
        key="recently-removed",
        on_change="rerun",
    )
    if opened.open:
        with opened:
            _list(library, found)
    if asked := st.session_state.get(_ASKED):
        st.dialog(tr("Delete for good?"), on_dismiss=_answered)(_confirm)(library, asked)


def _list(library: PersonalLibrary, found: Sequence[RemovedGroup]) -> None:
    n = sum(group.n for group in found)
    what = trn(n, "{n} document that no question finds.", "{n} documents that no question finds.")
    back = tr("What is put back is read anew, under its former name and collection.")
    st.caption(f"{what} {back}")
    if n > 1:
        _deeds(library, found, "all", tr("Put all back"), tr("Delete all for good"))
    n_left = _MOST_SHOWN
    for _, together in groupby(found, key=lambda group: group.act):
        groups = list(together)
        documents = library.removed(groups, n_left)
        is_alone = sum(group.n for group in groups) == 1
        if documents and not is_alone:
            _head(library, groups)
        for one in documents:
            _row(library, one, is_alone=is_alone)
        n_left -= len(documents)
    if n > _MOST_SHOWN:
        st.caption(trn(n - _MOST_SHOWN, "And {n} more, removed before.", "And {n} more, removed before."))


def _head(library: PersonalLibrary, groups: Sequence[RemovedGroup]) -> None:
    """Of documents that were removed together."""
    act, n = groups[0].act, sum(group.n for group in groups)
    with st.container(key=f"removed-act-{act}", horizontal=True, vertical_alignment="center", gap="small"):
        when = _when(library, groups[0])
        told = trn(n, "**{n} document** removed {when}", "**{n} documents** removed {when}", when=when)
        st.markdown(told, width="stretch")
        _deeds(library, groups, act, trn(n, "Put back these {n}", "Put back these {n}"))


def _row(library: PersonalLibrary, one: RemovedDocument, *, is_alone: bool) -> None:
    with st.container(key=f"removed-row-{one.id}", horizontal=True, vertical_alignment="center", gap="small"):
        inside = tr("{n} inside", n=numeral(one.n_members)) if one.n_members else ""
        when = _when(library, one)
        removed = tr("removed {when}", when=when) if is_alone else ""
        facts = " · ".join(filter(None, (label(one.collection, 40), size(one.size), inside, removed)))
        st.markdown(f"{label(one.sources[0], 120)}  \n:gray[:small[{facts}]]", width="stretch")
        if library.is_coming(one):
            st.caption(tr("on its way back"), width="content")
        else:
            _deeds(library, one, str(one.id), tr("Put back"), tr("Delete for good"))


def _deeds(library: PersonalLibrary, which: _Which, key: str, put_back: str, delete: str = "") -> None:
    with st.container(horizontal=True, gap="small", width="content", key=f"removed-deeds-{key}"):
        st.button(
            put_back,
            icon=":material/undo:",
            key=f"put-back-{key}",
            type="tertiary",
            on_click=_put_back,
            args=(library, which),
        )
        if delete:
            icon = ":material/delete_forever:"
            st.button(delete, icon=icon, key=f"for-good-{key}", type="tertiary", on_click=_ask, args=(which,))


def _when(library: PersonalLibrary, one: RemovedDocument | RemovedGroup) -> str:
    at, until = _moment(one.removed_at), _moment(one.until)
    if library.is_shared and one.person:
        return tr("{at} by {person}, until {until}", at=at, person=label(one.person, 40), until=until)
    return tr("{at}, until {until}", at=at, until=until)


def _moment(at: float) -> str:
    return moment(at, "%H:%M")


def _confirm(library: PersonalLibrary, which: _Which) -> None:
    n, named = _named(library, which)
    st.markdown(trn(n, "**{n} document**", "**{n} documents**"))
    more = [trn(n - len(named), "- and {n} more", "- and {n} more")] if n > len(named) else []
    st.markdown("\n".join([*(f"- {label(one.sources[0], 120)}" for one in named), *more]))
    st.caption(tr("Originals that the library keeps are deleted from this computer. This cannot be undone."))
    st.caption(tr("Conversations keep what they have quoted."))
    with deed_row(destroys=True):
        sure, key = (library, which), "for-good-confirmed"
        is_sure = st.button(tr("Delete for good"), type="primary", key=key, on_click=_delete, args=sure)
        is_over = st.button(tr("Cancel"), key="for-good-cancelled", on_click=_answered)
    if is_sure or is_over:
        st.rerun()


def _named(library: PersonalLibrary, which: _Which) -> tuple[int, Sequence[RemovedDocument]]:
    """How many there are of these, and the first of them."""
    if isinstance(which, RemovedDocument):
        return 1, [which]
    return sum(group.n for group in which), library.removed(which, _MOST_NAMED)


def _ids(library: PersonalLibrary, which: _Which) -> list[int]:
    return [one.id for one in ([which] if isinstance(which, RemovedDocument) else library.removed(which))]


def _ask(which: _Which) -> None:
    st.session_state[_ASKED] = which


def _answered() -> None:
    st.session_state[_ASKED] = None


def _seen() -> None:
    st.session_state[_LAST] = None


@to_the_end()
def _delete(library: PersonalLibrary, which: _Which) -> None:
    _answered()
    _told(lambda: [_gone(library.delete_for_good(_ids(library, which)))])


def _gone(n: int) -> str:
    return trn(n, "{n} document deleted for good.", "{n} documents deleted for good.")


def _put_back(library: PersonalLibrary, which: _Which) -> None:
    _told(lambda: _lines(library.put_back(_ids(library, which))))


@to_the_end()
def _told(act: Callable[[], list[str]]) -> None:
    """Do it; no page stands around a callback that would make a sentence of an error."""
    _seen()
    try:
        st.session_state[_TOLD] = act()
    except FootnoteError as error:
        st.session_state[_TOLD] = [f"{label(str(error), 300)}."]


def _lines(done: PutBack) -> list[str]:
    """What is to be told of it; those on their way back stand among the files on their way in."""
    changed = [
        tr("{source} has changed since: it is read as it is now.", source=label(source, 80))
        for source in done.changed[:_MOST_NAMED]
    ]
    left = [
        tr("{source} was not put back: {why}.", source=label(source, 80), why=label(why, 300))
        for source, why in done.left[:_MOST_NAMED]
    ]
    return [*changed, *left]
