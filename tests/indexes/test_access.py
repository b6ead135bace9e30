"""Who may see and change a collection, in a real catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexes.access import Sharing, Visibility
from indexes.catalogue import Catalogue
from rag.errors import InputError
from rag.rights import EVERYTHING, OWNER, Person, Rights, Role
from rag.types import Scope

ANNA, BEN, CARL = (Person(name, Role.EDITOR) for name in ("anna", "ben", "carl"))
ROOT = Person("root", Role.ADMIN)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    made = Catalogue(tmp_path)
    with made.database.writing():
        made.database.execute("INSERT INTO collections (name, created_at) VALUES ('old', '')")
    made.access.begin("anna's", "anna")
    return made


def rights(catalogue: Catalogue, person: Person, name: str = "anna's") -> tuple[bool, bool]:
    """Whether they may read, and whether they may edit."""
    found = catalogue.access.rights_of(person)
    return found.may_read(name), found.may_edit(name)


def test_what_nothing_is_kept_of_is_everybodys_and_what_is_made_anew_its_makers(catalogue: Catalogue):
    assert catalogue.access.of("old") == Sharing(Visibility.PUBLIC)
    assert catalogue.access.of("anna's") == Sharing(Visibility.PRIVATE, "anna")
    assert rights(catalogue, BEN, "old") == rights(catalogue, ANNA) == (True, True)
    assert rights(catalogue, BEN) == (False, False)
    assert catalogue.access.rights_of(ROOT) == catalogue.access.rights_of(OWNER) == EVERYTHING


def test_nobody_may_do_anything_with_a_collection_that_is_not_there(catalogue: Catalogue):
    assert rights(catalogue, ANNA, "none") == (False, False)


def test_sharing_opens_to_one_person_and_no_other(catalogue: Catalogue):
    catalogue.access.share("anna's", "ben")
    assert [rights(catalogue, one) for one in (ANNA, BEN, CARL)] == [(True, True), (True, False), (False, False)]
    catalogue.access.share("anna's", "ben", may_edit=True)
    assert rights(catalogue, BEN) == (True, True)
    catalogue.access.unshare("anna's", "ben")
    assert rights(catalogue, BEN) == (False, False)


def test_private_again_hides_from_those_who_stay_known_for_the_next_time(catalogue: Catalogue):
    catalogue.access.share("anna's", "ben", may_edit=True)
    catalogue.access.show_to("anna's", Visibility.PRIVATE)
    assert rights(catalogue, BEN) == (False, False)
    catalogue.access.show_to("anna's", Visibility.SHARED)
    assert rights(catalogue, BEN) == (True, True)


def test_what_is_public_and_somebodys_is_seen_by_all_and_changed_by_theirs(catalogue: Catalogue):
    catalogue.access.share("anna's", "ben", may_edit=True)
    catalogue.access.show_to("anna's", Visibility.PUBLIC)
    assert [rights(catalogue, one) for one in (ANNA, BEN, CARL)] == [(True, True), (True, True), (True, False)]


def test_a_reader_changes_nothing_whatever_was_shared(catalogue: Catalogue):
    catalogue.access.share("anna's", "ben", may_edit=True)
    for name in ("anna's", "old"):
        assert rights(catalogue, Person("ben", Role.READER), name) == (True, False)
    assert rights(catalogue, Person("anna", Role.READER)) == (True, False)


def test_another_name_keeps_the_rights_and_a_new_collection_of_the_old_name_has_none_of_them(catalogue: Catalogue):
    catalogue.access.share("anna's", "ben")
    catalogue.shelving.rename("anna's", "diary")
    assert (rights(catalogue, BEN, "diary"), rights(catalogue, BEN)) == ((True, False), (False, False))
    catalogue.shelving.delete("diary")
    catalogue.access.begin("diary", "carl")
    assert catalogue.access.of("diary") == Sharing(Visibility.PRIVATE, "carl")
    assert rights(catalogue, BEN, "diary") == rights(catalogue, ANNA, "diary") == (False, False)


def test_a_person_who_is_gone_leaves_nothing_to_the_next_of_that_name(catalogue: Catalogue):
    catalogue.access.begin("ben's", "ben")
    catalogue.access.share("anna's", "ben")
    catalogue.access.forget("ben")
    assert rights(catalogue, BEN) == rights(catalogue, BEN, "ben's") == (False, False)
    assert catalogue.access.of("ben's") == Sharing(Visibility.PRIVATE)
    nobody = Person("", Role.EDITOR)
    assert rights(catalogue, nobody, "ben's") == (False, False)
    catalogue.access.give("ben's", "carl")
    assert rights(catalogue, CARL, "ben's") == (True, True)


def test_what_cannot_be_is_said(catalogue: Catalogue):
    access = catalogue.access
    with pytest.raises(InputError, match="the name 'old' cannot be given to a new collection: choose another one"):
        access.begin("old", "ben")
    with pytest.raises(InputError, match="there is no collection 'none'"):
        access.show_to("none", Visibility.PUBLIC)
    with pytest.raises(InputError, match="'anna' owns the collection"):
        access.share("anna's", "anna")
    with pytest.raises(InputError, match="by the name they sign in with"):
        access.share("anna's", " ")


def test_a_word_that_nobody_knows_closes(catalogue: Catalogue):
    catalogue.access.share("anna's", "ben")
    with catalogue.database.writing():
        catalogue.database.execute("UPDATE access SET visibility = 'Public'")
    assert rights(catalogue, BEN) == (False, False)


def test_rights_narrow_a_scope_and_never_widen_it():
    some = Rights(frozenset({"a", "b"}), frozenset({"a", "c"}))
    assert some.within(Scope(("a", "z"), (3,))) == Scope(("a", "z"), (3,), frozenset({"a", "b"}))
    assert some.within(Scope(allowed=frozenset({"b", "z"}))).allowed == {"b"}
    assert Rights(frozenset()).within(Scope()).allowed == frozenset()
    assert EVERYTHING.within(Scope(("a",))) == Scope(("a",))
    assert [some.may_edit(name) for name in "abc"] == [True, False, False]
