"""Answers are kept where they belong, made once, and never mixed up."""

import threading
import time
from dataclasses import dataclass

import numpy as np
import pytest
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.testing.v1 import AppTest

from gallery import answers
from gallery.photo import open_sample, own_photo
from gallery.takeaway import png_bytes
from models._gate import queue_length, turn


@dataclass(frozen=True, eq=False)
class Box:
    values: np.ndarray
    name: str


def test_a_shelf_makes_an_answer_once_for_many_callers():
    shelf = answers.Shelf(10_000)
    made = []

    def make():
        time.sleep(0.05)
        made.append(1)
        return len(made)

    found: list[int] = []
    callers = [
        threading.Thread(target=lambda: found.append(shelf.take(b"k", make))) for _ in range(20)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert found == [1] * 20


def test_a_failure_is_not_kept():
    shelf = answers.Shelf(10_000)
    with pytest.raises(ZeroDivisionError):
        shelf.take(b"k", lambda: 1 // 0)
    assert shelf.take(b"k", lambda: 7) == 7


def test_the_least_recently_used_answers_make_room():
    shelf = answers.Shelf(3000)
    for key in (b"a", b"b", b"c", b"d"):
        shelf.take(key, lambda: np.zeros(1000, np.uint8))
    made = []
    shelf.take(b"d", lambda: made.append("d"))
    shelf.take(b"a", lambda: made.append("a"))
    assert made == ["a"]


def test_an_answer_larger_than_the_shelf_is_still_given():
    shelf = answers.Shelf(100)
    assert shelf.take(b"k", lambda: np.ones(1000)).sum() == 1000


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.zeros((2, 3)), np.zeros((3, 2))),
        (np.zeros(4, np.float32), np.zeros(4, np.int32)),
        (("ab", "c"), ("a", "bc")),
        (1, 1.0),
        (1, True),
        ("1", 1),
        (None, "None"),
        ({"a": 1}, {"a": 2}),
        (Box(np.zeros(2), "a"), Box(np.ones(2), "a")),
        (Box(np.zeros(2), "a"), Box(np.zeros(2), "b")),
    ],
)
def test_different_arguments_have_different_keys(one, other):
    assert answers._digest(one) != answers._digest(other)
    assert answers._digest(one) == answers._digest(one)


def test_what_cannot_be_told_apart_is_refused():
    with pytest.raises(TypeError, match="object"):
        answers._digest(object())


def _both() -> None:
    import streamlit as st

    from gallery.answers import answer
    from gallery.photo import open_sample, own_photo
    from gallery.takeaway import png_bytes
    from tests.test_answers import brightness

    sample = open_sample("coins")
    st.session_state["sample"] = answer(brightness, sample, scale=2)
    st.session_state["own"] = answer(brightness, own_photo(png_bytes(sample.pixels)), scale=2)


calls: list[tuple[int, ...]] = []


def brightness(pixels: np.ndarray, scale: int) -> float:
    calls.append(pixels.shape)
    return float(pixels.mean()) * scale


def test_samples_are_answered_once_for_all_and_own_photos_once_a_session():
    calls.clear()
    st.cache_resource.clear()
    for visitor in range(2):
        app = AppTest.from_function(_both, default_timeout=30)
        app.run()
        app.run()
        assert not app.exception
        assert app.session_state["sample"] == app.session_state["own"]
        assert len(calls) == 2 + visitor, "the sample once, the own photo once a session"


turns: list[int] = []


def _leaving() -> None:
    from gallery.answers import answer
    from tests.test_answers import left_in_the_second_turn

    answer(left_in_the_second_turn, 5)


def left_in_the_second_turn(most: int) -> None:
    """Take turns; during the second one the window is closed, as far as Streamlit can tell."""
    for number in range(most):
        with turn():
            turns.append(number)
            if number == 1:
                requests = get_script_run_ctx().script_requests
                requests.request_stop()


def test_who_leaves_while_an_answer_is_made_frees_the_machine():
    turns.clear()
    app = AppTest.from_function(_leaving, default_timeout=30)
    app.run()
    assert not app.exception
    assert turns == [0, 1]
    assert queue_length() == 0


def test_a_photo_cannot_be_changed_by_who_works_on_it():
    photo = open_sample("cat")
    with pytest.raises(ValueError, match="read-only"):
        photo.pixels[0, 0] = 0
    assert own_photo(png_bytes(photo.pixels)).digest == photo.digest
