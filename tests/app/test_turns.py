"""Those who share what can do one thing at a time come to it in their order, or are told why not."""

from __future__ import annotations

import threading
import time

import pytest

from app.turns import Turns
from indexes.patience import looking
from rag.errors import ModelError, Unavailable


def refused(n: int) -> ModelError:
    return Unavailable(f"{n} before")


def test_they_come_in_their_order_and_never_two_at_once():
    turns, order, now = Turns(), list[int](), list[int]()
    most = 0

    def use(number: int) -> None:
        nonlocal most
        with turns.turn(10, refused):
            now.append(number)
            most = max(most, len(now))
            time.sleep(0.03)
            order.append(number)
            now.remove(number)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
        time.sleep(0.01)
    for thread in threads:
        thread.join()
    assert order == list(range(6))
    assert most == 1


def test_a_wait_is_bounded_and_the_next_one_is_not_held_up():
    turns = Turns()
    with turns.turn(1, refused):
        start = time.monotonic()
        with pytest.raises(Unavailable, match="1 before"), turns.turn(0.3, refused):
            pass
        assert 0.3 <= time.monotonic() - start < 10, "it would wait for ever"
    with turns.turn(0, refused):
        pass


def test_whoever_leaves_leaves_the_line():
    turns = Turns()

    def gone() -> None:
        raise KeyboardInterrupt

    with turns.turn(1, refused), pytest.raises(KeyboardInterrupt), looking(gone), turns.turn(10, refused):
        pass
    assert not turns._line


def test_a_failure_hands_the_turn_on():
    turns = Turns()
    with pytest.raises(ValueError, match="failed"), turns.turn(1, refused):
        raise ValueError("failed")
    with turns.turn(0, refused):
        pass
