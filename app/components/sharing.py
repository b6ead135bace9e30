"""Who may see a collection: a badge for everybody who sees it, and a dialog for whose it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from app.components.plain_text import label
from app.components.resources import people
from app.personal_library import PersonalLibrary
from app.words import msgid, tr, trn
from indexes.access import Sharing, Visibility
from rag.errors import FootnoteError
from rag.inert import visible

_ICONS = {Visibility.PRIVATE: "lock", Visibility.SHARED: "group", Visibility.PUBLIC: "public"}
_MEANS = {
    Visibility.PRIVATE: msgid("Its owner and admins find what is in it."),
    Visibility.SHARED: msgid("Its owner, the people below and admins find what is in it."),
    Visibility.PUBLIC: msgid("Everybody who signs in finds what is in it."),
}
_SEEN = {
    Visibility.PRIVATE: (msgid("private"), msgid("Private")),
    Visibility.SHARED: (msgid("shared"), msgid("Shared")),
    Visibility.PUBLIC: (msgid("public"), msgid("Public")),
}
"""Within a line, and alone."""
_SHARED, _UNSHARED = msgid("Shared with {person}"), msgid("Not shared with {person} any more")
_READS, _EDITS = msgid("{person} may read it"), msgid("{person} may edit it")
_GIVEN = msgid("It belongs to {person} now")
_MAY = {False: msgid("may read"), True: msgid("may edit")}


def badge(one: Sharing, me: str) -> str:
    """Whose it is and who sees it, as Markdown."""
    whose = tr("of {owner}", owner=label(one.owner, 40)) if one.owner else ""
    seen = tr(_SEEN[one.visibility][0])
    if one.owner == me:
        whose = tr("yours")
        seen = _shared(len(one.members)) if one.visibility is Visibility.SHARED else seen
    return f":material/{_ICONS[one.visibility]}: {', '.join(part for part in (whose, seen) if part)}"


def _shared(n: int) -> str:
    return trn(n, "shared with one person", "shared with {n} people") if n else tr("shared with nobody yet")


def dialog(library: PersonalLibrary, name: str) -> None:
    """What is changed in it counts at once, and is changed back in the same way."""
    one = library.sharing().get(name)
    if one is None or not library.manages(name):
        st.info(tr("It is not yours any more to say who sees this collection."))
        return
    st.markdown(_whose(label(name), one.owner, library.me))
    st.segmented_control(
        tr("Who may see it"),
        list(Visibility),
        required=True,
        default=one.visibility,
        format_func=lambda seen: f":material/{_ICONS[seen]}: {tr(_SEEN[seen][1])}",
        key=(key := f"visibility-{name}-{one.visibility}"),  # another state is another widget, so that it shows what is
        on_change=lambda: _told(partial(library.show_to, name, Visibility(st.session_state[key]))),
    )
    st.caption(tr(_MEANS[one.visibility]))
    if one.visibility is not Visibility.PRIVATE:
        _members(library, name, one)
    if library.sees_all:
        _owner(library, name, one)


def _whose(name: str, owner: str, me: str) -> str:
    if not owner:
        return tr("**{name}** is nobody's own: while it is public every editor may change it", name=name)
    if owner == me:
        return tr("**{name}** is yours", name=name)
    return tr("**{name}** belongs to **{owner}**", name=name, owner=label(owner))


def _members(library: PersonalLibrary, name: str, one: Sharing) -> None:
    """Those whom it is shared with; in a public one they may edit."""
    with st.container(key="sharing-members", gap="small"):
        for person, may_edit in one.members.items():
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(label(person, 60), width="stretch")
                key = f"member-{name}-{person}-{may_edit}"
                st.selectbox(
                    tr("What {person} may do", person=person), list(_MAY), list(_MAY).index(may_edit),
                    format_func=lambda may: tr(_MAY[may]),
                    key=key, label_visibility="collapsed", width=130,
                    on_change=_change, args=(library, name, person, key),
                )  # fmt: skip
                st.button(
                    tr("Remove"), icon=":material/close:", key=f"unshare-{person}", type="tertiary",
                    on_click=_told, args=(partial(library.unshare, name, person), _UNSHARED, person),
                )  # fmt: skip
    others = [person for person in people() if person != one.owner and person not in one.members]
    if others:
        is_public = one.visibility is Visibility.PUBLIC
        share = partial(library.share, name, may_edit=is_public)
        hint = tr("Let somebody edit") if is_public else tr("Share with")
        _choice(f"share-{name}-{len(one.members)}", hint, others, share, _EDITS if is_public else _SHARED)


def _owner(library: PersonalLibrary, name: str, one: Sharing) -> None:
    others = [person for person in people() if person != one.owner]
    if others:
        _choice(f"give-{name}-{one.owner}", tr("Give to another owner"), others, partial(library.give, name), _GIVEN)


def _choice(key: str, hint: str, names: Sequence[str], act: Callable[[str], None], done: str) -> None:
    """A person who is chosen is acted upon at once, and `done` is told."""

    def chosen() -> None:
        if person := st.session_state.get(key):
            _told(partial(act, person), done, person)

    st.selectbox(hint, names, index=None, placeholder=hint, key=key, label_visibility="collapsed", on_change=chosen)


def _change(library: PersonalLibrary, name: str, person: str, key: str) -> None:
    may_edit = st.session_state[key]
    _told(partial(library.share, name, person, may_edit=may_edit), _EDITS if may_edit else _READS, person)


def _told(change: Callable[[], object], done: str = "", person: str = "") -> None:
    """What is `done` to a person is told, or why it could not be."""
    try:
        change()
    except FootnoteError as error:
        st.toast(visible(str(error)), icon=":material/warning:")
        return
    if done:
        name = label(person, 60)
        st.toast(tr(done, person=name), icon=":material/check:")
