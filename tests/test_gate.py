"""One at a time, first come first served, and nobody is left waiting."""

import threading
import time
from contextlib import ExitStack
from contextvars import copy_context

import pytest

from models import _gate
from models._gate import heeding, listening, measuring, queue_length, turn

LIMIT = 60  # seconds after which a test has hung


def start(work):
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def until(condition):
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.001)


def join(threads):
    for thread in threads:
        thread.join(LIMIT)
        assert not thread.is_alive()


@pytest.fixture(autouse=True)
def _empty_before_and_after():
    assert queue_length() == 0
    yield
    assert queue_length() == 0


def test_only_one_is_inside_at_a_time():
    inside, most = 0, 0

    def work():
        nonlocal inside, most
        for _ in range(20):
            with turn():
                inside += 1
                most = max(most, inside)
                time.sleep(0.0002)
                inside -= 1

    join([start(work) for _ in range(8)])
    assert most == 1


def test_whoever_came_first_goes_first():
    order = []

    def work(number):
        with turn():
            order.append(number)

    with turn():
        threads = []
        for number in range(6):
            threads.append(start(lambda number=number: work(number)))
            until(lambda number=number: queue_length() == number + 2)
    join(threads)
    assert order == list(range(6))


def test_each_hears_its_place_until_it_runs():
    places = {1: [], 2: []}
    gates = {1: threading.Event(), 2: threading.Event()}

    def work(number):
        with listening(places[number].append), turn():
            gates[number].wait(LIMIT)

    with turn():
        first = start(lambda: work(1))
        until(lambda: places[1] == [1])
        second = start(lambda: work(2))
        until(lambda: places[2] == [2])
    until(lambda: places[2] == [2, 1])
    assert places[1] == [1, 0]
    gates[1].set()
    until(lambda: places[2] == [2, 1, 0])
    gates[2].set()
    join([first, second])


def test_nobody_is_told_anything_where_nobody_waits():
    heard = []
    with listening(heard.append), turn():
        pass
    assert heard == []


def test_an_error_inside_passes_the_turn_on():
    with pytest.raises(ZeroDivisionError), turn():
        raise ZeroDivisionError
    done = threading.Event()

    def work():
        with turn():
            done.set()

    start(work)
    assert done.wait(LIMIT)


def test_a_report_that_raises_leaves_the_queue():
    def leave(place):
        raise KeyboardInterrupt

    raised = threading.Event()

    def impatient():
        try:
            with listening(leave), turn():
                pass
        except KeyboardInterrupt:
            raised.set()

    with turn():
        start(impatient)
        assert raised.wait(LIMIT)
        assert queue_length() == 1


def test_a_turn_within_a_turn_is_free():
    with turn(), turn():
        assert queue_length() == 1
        with turn():
            assert queue_length() == 1
        assert queue_length() == 1


def test_an_error_in_an_inner_turn_keeps_the_outer_one():
    with turn():
        with pytest.raises(ValueError, match="inner"), turn():
            raise ValueError("inner")
        assert queue_length() == 1


def test_being_inside_is_not_inherited_by_other_threads():
    entered = threading.Event()

    def work():
        with turn():
            entered.set()

    with turn():
        thread = start(work)
        until(lambda: queue_length() == 2)
        assert not entered.is_set()
    join([thread])
    assert entered.is_set()


def test_the_stopwatch_counts_turns_and_not_waiting():
    watches = []
    began = time.perf_counter()

    def work():
        with measuring() as watch, turn():
            time.sleep(0.02)
        watches.append(watch)

    with turn():
        thread = start(work)
        until(lambda: queue_length() == 2)
        time.sleep(0.3)
    join([thread])
    (watch,) = watches
    assert watch.turns == 1
    in_all = 1000 * (time.perf_counter() - began)
    assert 20 <= watch.milliseconds <= in_all - 300


class Left(BaseException):
    """As Streamlit's own: no ``Exception``, so nothing in between takes it for a mistake."""


def test_who_has_left_takes_no_further_turn():
    turns, here = [], True

    def check():
        if not here:
            raise Left

    def work():
        nonlocal here
        while True:
            with turn(), turn():  # what has begun is finished
                turns.append(1)
                here = len(turns) < 3

    with heeding(check), pytest.raises(Left):
        work()
    assert len(turns) == 3
    assert queue_length() == 0
    with turn():
        assert queue_length() == 1


def test_who_leaves_while_waiting_leaves_the_queue():
    gone = threading.Event()
    seen = []

    def check():
        if gone.is_set():
            raise Left

    def work():
        try:
            with heeding(check), turn():
                seen.append("worked")
        except Left:
            seen.append("left")

    with turn():
        waiting = start(work)
        until(lambda: queue_length() == 2)
        gone.set()
        join([waiting])
        assert queue_length() == 1
    assert seen == ["left"]


def test_the_stopwatch_counts_a_nested_turn_once():
    with measuring() as watch, turn(), turn():
        time.sleep(0.01)
    assert watch.turns == 1


def test_the_stopwatch_adds_up_turns_even_failed_ones():
    with measuring() as watch:
        with turn():
            pass
        with pytest.raises(ValueError, match="x"), turn():
            raise ValueError("x")
    assert watch.turns == 2
    with turn():
        pass
    assert watch.turns == 2


def test_measuring_reaches_into_a_copied_context():
    """A server may run the work in another thread with the context of the caller."""
    with measuring() as watch:
        context = copy_context()

        def work():
            with turn():
                pass

        join([start(lambda: context.run(work))])
    assert watch.turns == 1


def test_a_generator_that_takes_a_turn_per_step_may_be_driven_from_anywhere():
    def steps():
        for number in range(3):
            with turn():
                value = number
            yield value

    generator, seen = steps(), []
    for _ in range(3):
        join([start(lambda: seen.append(copy_context().run(next, generator)))])
        assert queue_length() == 0
    assert seen == [0, 1, 2]


def test_many_callers_all_get_their_turn():
    done = []
    with ExitStack() as stack:
        stack.enter_context(turn())
        threads = [start(lambda n=n: (_once(), done.append(n))) for n in range(40)]
        until(lambda: queue_length() == 41)
    join(threads)
    assert sorted(done) == list(range(40))


def _once():
    with turn():
        assert _gate.queue_length() >= 1
