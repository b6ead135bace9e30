"""An error that nobody foresaw, on the page."""

from __future__ import annotations

import re
from io import TextIOWrapper

import pytest
from streamlit import error_util
from streamlit.testing.v1 import AppTest

from app.components import unforeseen
from app.components.unforeseen import tell_by_number


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(error_util, "show_uncaught_app_exception", error_util.show_uncaught_app_exception)
    tell_by_number()


def of_a_page() -> None:
    import streamlit as st

    st.text("above")
    st.text({}["nothing of this name"])


def of_a_part() -> None:
    import streamlit as st

    @st.fragment
    def part() -> None:
        st.text({}["nothing of this name"])

    st.text("above")
    part()


@pytest.mark.parametrize("script", [of_a_page, of_a_part])
def test_it_is_a_sentence_whose_number_the_server_has_written(script: object, capsys: pytest.CaptureFixture[str]):
    page = AppTest.from_function(script).run()  # type: ignore[arg-type]
    assert not page.exception
    (told,) = [error.value for error in page.error]
    number = re.search(r"as error ([0-9a-f]{6})\.", told)
    assert number and "load the page again" in told
    assert "nothing of this name" not in told
    assert f"error {number[1]} on the page is the KeyError above" in capsys.readouterr().err
    assert [text.value for text in page.text] == ["above"]


def of_our_own() -> None:
    import streamlit as st

    from rag.errors import StoreError

    def press() -> None:
        raise StoreError("the disk is full: $1 and $2")

    st.button("Press", key="press", on_click=press)


def test_one_of_our_own_is_told_as_it_is():
    page = AppTest.from_function(of_our_own).run()
    page.button(key="press").click().run()
    assert not page.exception
    assert [error.value for error in page.error] == [r"the disk is full: \$1 and \$2"]


def test_where_nothing_can_be_written_it_is_told_all_the_same(monkeypatch: pytest.MonkeyPatch):
    with open("/dev/full", "wb", buffering=0) as full, monkeypatch.context() as patch:  # noqa: PTH123 - no file
        patch.setattr(unforeseen.sys, "stderr", TextIOWrapper(full, write_through=True))
        page = AppTest.from_function(of_a_page).run()
    assert len(page.error) == 1
