"""What the doctor found, as cards with buttons that mend it; and how far a look or a mending is."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.checkup import Checkup, Doing, Report
from app.components import resources
from app.components.deed_row import deed_row
from app.components.health_text import meaning_of
from app.components.plain_text import label
from app.health_facts import Fact
from app.words import numeral, spoken, tr, trn, within
from ingest.finding import Finding

_LONGEST = 600
_ASKED = "health-asked"
_LOOK_EVERY_S = 1.0


def show_progress(checkup: Checkup) -> None:
    """What is under way, drawn every second until it is over: then the whole page runs again."""
    is_busy = checkup.doing is not None
    st.fragment(_progress, run_every=_LOOK_EVERY_S if is_busy else None)(checkup, was_busy=is_busy)


def _progress(checkup: Checkup, *, was_busy: bool) -> None:
    doing = checkup.doing
    if doing is not None:
        st.progress(doing.done / doing.total if doing.total else 0.0, text=_doing_told(doing))
    elif was_busy:
        st.rerun()
    else:
        st.empty()  # else the bar of before stands beside what was found until the page is through


def _doing_told(doing: Doing) -> str:
    if doing.deed == "ask":
        return tr("Asking the chat model…")
    done, total = numeral(doing.done), numeral(doing.total)
    far = tr(" ({done} of {total})", done=done, total=total) if doing.total else ""
    what = within(tr(meaning_of(doing.what).title)) if doing.what else tr("the library")
    if not doing.what or doing.deed == "look":
        return tr("Looking at: {what}", what=what) + far
    return tr("Mending: {what}", what=what) + far


def show_findings(checkup: Checkup, report: Report) -> None:
    """What was done, then the cards of what is not well, the heavy ones first; a calm line where all is."""
    for line in report.mended:
        st.info(label(_sentence(line), _LONGEST), icon=":material/build:")
    bad = [one for one in report.findings if not one.good]
    heavy = [one for one in bad if not meaning_of(one.what).is_advice]
    for one in [*heavy, *(one for one in bad if one not in heavy)]:
        _card(checkup, one)
    if report.findings and not bad:
        st.success(
            tr("**All is well.** Nothing is damaged, and nothing waits to be done."), icon=":material/check_circle:"
        )
    elif bad and not heavy:
        st.caption(tr("Nothing is damaged: what stands here can wait."))


def _card(checkup: Checkup, finding: Finding) -> None:
    meaning = meaning_of(finding.what)
    icon = ":blue[:material/info:]" if meaning.is_advice else ":orange[:material/warning:]"
    with st.container(border=True, key=f"health-{finding.what.replace(' ', '-')}"):
        st.markdown(f"{icon} **{tr(meaning.title)}**")
        st.markdown(f"{label(_sentence(finding.text), _LONGEST)}")
        if meaning.means:
            st.caption(tr(meaning.means))
        if finding.cure is not None:
            st.button(
                tr(meaning.deed),
                key=f"mend-{finding.what}",
                icon=":material/build:",
                disabled=checkup.doing is not None,
                on_click=_ask if meaning.loses else _mend,
                args=(finding.what,),
            )


def show_question(report: Report) -> None:
    """The question before something is mended that cannot be undone."""
    asked = next((one for one in report.findings if one.what == st.session_state.get(_ASKED)), None)
    if asked is not None:
        meaning = meaning_of(asked.what)
        title, deed = tr(meaning.title), within(tr(meaning.deed))
        st.dialog(f"{title}: {deed}?", on_dismiss=_answered)(_confirm)(asked)


def _confirm(finding: Finding) -> None:
    meaning = meaning_of(finding.what)
    st.markdown(label(_sentence(finding.text), _LONGEST))
    st.markdown(tr(meaning.loses))
    with deed_row(destroys=True):
        is_sure = st.button(
            tr(meaning.deed), type="primary", key="mend-sure", on_click=_confirmed, args=(finding.what,)
        )
        is_over = st.button(tr("Cancel"), key="mend-cancelled", on_click=_answered)
    if is_sure or is_over:
        st.rerun()


def _ask(what: str) -> None:
    st.session_state[_ASKED] = what


def _answered() -> None:
    st.session_state[_ASKED] = None


def _confirmed(what: str) -> None:
    _answered()
    _mend(what)


def _mend(what: str) -> None:
    """For whoever is an admin by now."""
    resources.checkup().mend(what)


def show_facts(facts: Sequence[Fact], findings: Sequence[Finding]) -> None:
    """What is there in figures, and in an expander everything that was found in order."""
    if facts:
        st.header(tr("This library"), anchor=False)
        rows = {
            tr("What"): [tr(name) for name, _ in facts],
            tr("How it is"): [label(spoken(text), _LONGEST) for _, text in facts],
        }
        st.table(rows, border="horizontal", hide_header=True)
    good = [one for one in findings if one.good]
    with st.expander(
        trn(
            len(good),
            "What was looked at and found in order ({n} thing)",
            "What was looked at and found in order ({n} things)",
        )
    ):
        for one in good:
            st.markdown(f":material/check: **{tr(meaning_of(one.what).title)}**: {label(spoken(one.text), _LONGEST)}")


def _sentence(said: str) -> str:
    text = spoken(said)
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
