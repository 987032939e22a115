"""Long answers on a page: they begin at once, show what is known, and stop."""

import pytest
from streamlit.testing.v1 import AppTest

from gallery import patience
from gallery.demos import LANGUAGES, demos
from models import bert_masking as bert

MASKING = next(demo for demo in demos() if demo.name == "bert_masking")
HEATMAPS = next(demo for demo in demos() if demo.name == "attention_heatmaps")
LONG = "The river flows through the old town and into the sea, and the boats follow. " * 7
SECTIONS = [
    (MASKING, "surprise", LONG),
    (MASKING, "why", LONG + "It is [MASK]."),
    (MASKING, "joint", "The [MASK] of [MASK] is [MASK]."),
    (HEATMAPS, "explain", LONG + "It is [MASK]."),
    (HEATMAPS, "matter", "It is [MASK]."),
]


def script() -> None:
    """A page with work of three steps; where ``stop`` is set, it is stopped after the first."""
    from time import sleep

    import streamlit as st

    from gallery import patience
    from gallery.demos import demos
    from gallery.frame import Frame, enter
    from models._readers import Effort

    enter(Frame(next(iter(demos())), "en"))
    state = st.session_state
    state.setdefault("drawn", [])

    def so_far(count):
        for number in range(1, count + 1):
            sleep(0.02)
            state["worked"] = number
            yield number

    def draw(known):
        state["drawn"].append(known)
        if state.get("stop"):
            state["_watch-" + next(iter(demos())).name + "-whole"].end()

    def whole(count):
        state["whole"] = True
        return count

    work = (whole, so_far, lambda count: Effort(count, state["seconds"]))
    state["found"] = patience.follow(work, "Work", draw, 3)


def played(seconds: float, **state: object) -> AppTest:
    app = AppTest.from_function(script, default_timeout=60)
    app.session_state["seconds"] = seconds
    for name, value in state.items():
        app.session_state[name] = value
    app.run()
    assert not app.exception
    return app


def test_long_work_begins_by_itself_and_ends(monkeypatch):
    monkeypatch.setattr("gallery.show.SLICE", 0.01)  # less than a step takes
    app = played(2.0)
    assert app.session_state["found"] == 3
    assert app.session_state["drawn"] == [1, 2, 3]
    assert not app.button, "nothing is left to stop or to start"
    assert "whole" not in app.session_state
    app.run()
    assert (app.session_state["found"], app.session_state["worked"]) == (3, 3)


def test_what_was_stopped_stays_and_can_be_started_again(monkeypatch):
    monkeypatch.setattr("gallery.show.SLICE", 0.01)
    app = played(2.0, stop=True)
    assert (app.session_state["found"], app.session_state["worked"]) == (1, 1)
    app.session_state["stop"] = False
    app.run()
    assert app.session_state["worked"] == 1, "it waits to be asked"
    app.button[0].click().run()
    assert app.session_state["found"] == 3


def test_short_work_is_not_watched():
    app = played(0.5)
    assert app.session_state["found"] == 3
    assert "worked" not in app.session_state
    assert app.session_state["drawn"] == []


@pytest.mark.slow
@pytest.mark.parametrize(("demo", "section", "text"), SECTIONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_text_is_answered_as_a_short_one(demo, section, text, language, monkeypatch):
    monkeypatch.setattr(patience, "AT_ONCE", 0.0)
    app = AppTest.from_file(str(demo.page), default_timeout=120)
    app.query_params["section"], app.query_params["lang"] = section, language
    app.run()
    app.text_area[0].set_value(text).run()
    assert not app.exception
    assert [each.value for kind in (app.error, app.warning) for each in kind] == []
    assert app.code, "what was drawn can be taken away"
    labels = {each.label for each in app.button}
    assert not labels & {"Start", "Stop", "Start again", "开始", "停止", "重新开始"}


def test_a_text_without_words_is_refused_each_time():
    app = AppTest.from_file(str(MASKING.page), default_timeout=60)
    app.query_params["section"] = "surprise"
    app.run()
    app.text_area[0].set_value("[MASK] [MASK]").run()
    first = [each.value for each in app.warning]
    assert first
    app.run()
    assert [each.value for each in app.warning] == first
    with pytest.raises(Exception, match="no_words"):
        bert.surprise("[MASK] [MASK]")
