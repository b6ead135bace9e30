from collections.abc import Sequence

from rag.kept import Kept


def squares(numbers: Sequence[int], made: list[int]) -> list[int]:
    made.extend(numbers)
    return [number * number for number in numbers]


def of(kept: Kept[int, int], *numbers: int) -> tuple[dict[int, int], list[int]]:
    """The squares, and which of them were worked out."""
    made: list[int] = []
    found = kept.of({number: number for number in numbers}, lambda missing: squares(missing, made))
    return found, made


def test_only_what_is_not_kept_is_worked_out():
    kept = Kept[int, int](9)
    assert of(kept, 2, 3) == ({2: 4, 3: 9}, [2, 3])
    assert of(kept, 3, 4) == ({3: 9, 4: 16}, [4])
    assert of(kept, 2, 4) == ({2: 4, 4: 16}, [])
    assert of(kept) == ({}, [])


def test_what_was_asked_for_last_stays():
    kept = Kept[int, int](2)
    of(kept, 1, 2)
    of(kept, 1)
    of(kept, 3)
    assert of(kept, 1, 3)[1] == []
    assert of(kept, 2)[1] == [2]


def test_more_than_are_kept_are_given_all_the_same():
    assert of(Kept[int, int](1), 1, 2, 3) == ({1: 1, 2: 4, 3: 9}, [1, 2, 3])


def test_what_is_forgotten_is_worked_out_anew_and_kept_again():
    kept = Kept[int, int](9)
    of(kept, 2)
    kept.forget()
    assert of(kept, 2)[1] == [2]
    assert of(kept, 2)[1] == []


def test_fewer_are_kept_from_now_on():
    kept = Kept[int, int](3)
    of(kept, 1, 2, 3)
    kept.keep(1)
    assert of(kept, 3)[1] == []
    assert of(kept, 1)[1] == [1]
