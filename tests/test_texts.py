"""A text comes in by one way: examples and a box; what somebody wrote stays with them."""

import re
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from gallery.demos import LANGUAGES, Demo, DemoWords, Words
from gallery.passage import Passage, hidden_in, open_text, own_text, texts
from gallery.words import sentence, shared
from models._errors import InputError
from models._reading import CHARACTERS, MASK, clean

SAMPLES = pytest.mark.parametrize("sample", texts().values(), ids=lambda each: each.key)
SECRET = "Zyxwine keeps the [mask] in her drawer."


EMPTY = DemoWords("A", "A.", "A.", {}, Words("a", {}), Words("a", {}), (), ())
DEMO = Demo("sandbox", 60, Path("60_Sandbox.py"), "language", "", ("text",), EMPTY, EMPTY)


# --- the examples


@SAMPLES
def test_an_example_is_a_text_as_networks_are_given_it(sample):
    for text in filter(None, (sample.text, sample.pair)):
        assert clean(text) == text
        assert hidden_in(text) == 0
        assert len(text) < 1000
    assert sample.language in LANGUAGES
    assert all(sample.title[language].strip() for language in LANGUAGES)
    assert bool(re.search("[\u4e00-\u9fff]", sample.text)) == (sample.language == "zh")


@SAMPLES
def test_an_example_is_opened_by_its_key(sample):
    assert open_text(sample.key) == Passage(sample.text, sample.key)
    if sample.pair is not None:
        assert open_text(f"{sample.key}/second").text == sample.pair
    else:
        with pytest.raises(KeyError):
            open_text(f"{sample.key}/second")


def test_there_are_examples_of_every_kind_in_both_languages():
    for language in LANGUAGES:
        ours = [each for each in texts().values() if each.language == language]
        assert len(ours) >= 16
        assert len({each.title[language] for each in ours}) == len(ours)
        assert sum(MASK in each.text for each in ours) >= 6
        assert sum(each.pair is not None for each in ours) >= 4
        assert any(len(each.text) > (250 if language == "en" else 100) for each in ours)


def test_nobodys_words_go_under_the_name_of_an_example():
    with pytest.raises(ValueError, match="capital"):
        Passage("My own secret.", "capital")


@pytest.mark.parametrize(
    ("raw", "text", "hidden"),
    [
        ("  It  is [mask].\n", "It  is [MASK].", 0),
        ("a\u202eb\u2066c\x00d\u200be", "abcde", 4),
        ("one\r\ntwo", "one\ntwo", 0),
        ("👩\u200d👧 and <mask>", "👩\u200d👧 and [MASK]", 0),
        ("e\u0301", "é", 0),
    ],
)
def test_what_a_visitor_wrote_is_cleaned_and_counted(raw, text, hidden):
    assert own_text(raw) == Passage(text, None)
    assert hidden_in(raw) == hidden


# --- the intake


def _page() -> None:
    import streamlit as st

    from gallery import address, controls
    from gallery.demos import Control
    from gallery.frame import Frame, enter
    from tests.test_texts import DEMO

    query = st.query_params
    enter(Frame(DEMO, query.get("lang", "en")))
    st.session_state["_language"] = query.get("lang", "en")
    kind = st.session_state.get("kind", "one")
    if kind == "one":
        taken = [controls.passage({"en": "capital", "zh": "taipei"})]
    elif kind == "pair":
        taken = list(controls.pair({"en": "bread", "zh": "zh_bread"}))
    elif kind == "either":
        taken = list(controls.pair_or_one({"en": "capital", "zh": "taipei"}))
    else:
        taken = [controls.word(Control("guess", "A word", "Help.", {}), "Paris")]
    st.session_state["taken"] = taken
    st.session_state["everything"] = ""
    st.session_state["everything"] = repr(st.session_state.to_dict())
    address.forget_unseen(frozenset({"lang"}))
    address.follow_nothing()


@pytest.fixture
def page():
    def opened(kind="one", language="en", **query):
        app = AppTest.from_function(_page, default_timeout=30)
        app.query_params["lang"] = language
        for key, value in query.items():
            app.query_params[key] = value
        app.session_state["kind"] = kind
        return sound(app.run())

    return opened


def sound(app):
    assert not app.exception, [each.value for each in app.exception]
    return app


def write(app, text, box=0):
    app.text_area[box].set_value(text)
    return sound(app.run())


def choose(app, key):
    app.selectbox[0].set_value(key)
    return sound(app.run())


def taken(app):
    return app.session_state["taken"]


def own_address(app):
    return {key: value for key, value in app.query_params.items() if key != "lang"}


@pytest.mark.parametrize(("language", "key"), [("en", "capital"), ("zh", "taipei")])
def test_a_page_opens_with_an_example_of_its_language(page, language, key):
    app = page(language=language)
    assert taken(app) == [open_text(key)]
    assert app.text_area[0].value == texts()[key].text
    assert own_address(app) == {}
    offered = app.selectbox[0].options
    assert offered[0] == shared(language).labels.text_own
    other = {"en": "中文", "zh": "English"}[language]
    foreign = [other in each for each in offered]
    assert foreign == sorted(foreign), "the page's own language stands first"
    assert any(foreign)


def test_the_other_language_opens_with_its_own_example(page):
    app = page()
    app.query_params["lang"] = "zh"
    app.run()
    assert taken(app) == [open_text("taipei")]
    assert own_address(app) == {}


def test_a_chosen_example_stands_in_the_address_and_stays_in_the_other_language(page):
    app = choose(page(), "sun")
    assert own_address(app) == {"text": ["sun"]} or own_address(app) == {"text": "sun"}
    app.query_params["lang"] = "zh"
    app.run()
    assert taken(app) == [open_text("sun")]


def test_a_link_opens_the_example_it_names_and_nonsense_is_ignored(page):
    assert taken(page(text="zh_sun")) == [open_text("zh_sun")]
    for nonsense in ("own", "../../etc/passwd", "sun/second", SECRET):
        app = page(text=nonsense)
        assert taken(app) == [open_text("capital")]
        assert own_address(app) == {}


def test_an_edited_example_is_the_visitors_own_and_leaves_the_address(page):
    app = write(choose(page(), "sun"), SECRET)
    assert taken(app) == [Passage(clean(SECRET), None)]
    assert own_address(app) == {}
    assert app.selectbox[0].value == "own"
    assert app.text_area[0].value == SECRET, "what was typed stays as it was typed"
    app.run()
    assert taken(app) == [Passage(clean(SECRET), None)]


def test_an_own_text_is_there_in_the_other_language_and_after_an_example(page):
    app = write(page(), SECRET)
    app.query_params["lang"] = "zh"
    app.run()
    assert taken(app) == [Passage(clean(SECRET), None)]
    app = choose(app, "zh_sun")
    assert taken(app) == [open_text("zh_sun")]
    app = choose(app, "own")
    assert taken(app) == [Passage(clean(SECRET), None)]
    assert own_address(app) == {}


def test_an_own_text_is_there_on_another_page_and_until_it_is_forgotten(page):
    app = write(page(), SECRET)
    app.session_state["kind"] = "word"  # no intake at all for a while
    app.run()
    app.session_state["kind"] = "either"
    sound(app.run())
    assert taken(app) == [Passage(clean(SECRET), None), None]
    assert "Zyxwine" in app.session_state["everything"]
    app.button(key="text-forget").click().run()
    assert taken(sound(app)) == [open_text("capital"), None]
    assert "Zyxwine" not in app.session_state["everything"]


def test_own_text_chosen_first_says_that_there_is_none(page):
    app = choose(page(), "own")
    assert app.text_area[0].value == ""
    assert taken(app) == [open_text("capital")]
    assert any(each.value == shared("en").labels.text_none_yet for each in app.caption)
    app = write(app, "A first text.")
    assert taken(app) == [Passage("A first text.")]


BAD = {
    "": "text_empty",
    " \n\t ": "text_empty",
    "\u202e\u2066\u200b\x00": "text_empty",
    "x" * 20_001: "text_too_long",
    "x" * 2_000_000: "text_too_long",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("raw", "code"), BAD.items(), ids=["none", "spaces", "unseen", "long", "2 MB"]
)
def test_a_bad_text_gets_a_sentence_and_the_last_good_one_stays(page, raw, code, language):
    app = write(page(language=language), SECRET)
    write(app, raw)
    error = InputError(code, characters=len(raw), most=CHARACTERS)
    expected = f"{sentence(error, language)} {shared(language).labels.text_kept}"
    assert [each.value for each in app.warning] == [expected]
    assert taken(app) == [Passage(clean(SECRET))]
    mendable = raw if len(raw) < 200_000 else SECRET
    assert app.text_area[0].value == mendable, "it can be mended, unless it is far too long"
    app = write(app, "Better.")
    assert not app.warning
    assert taken(app) == [Passage("Better.")]


def test_a_bad_text_over_an_example_leaves_the_example(page):
    app = write(choose(page(), "sun"), "")
    assert taken(app) == [open_text("sun")]
    assert app.warning
    assert not choose(app, "robin").warning
    assert app.text_area[0].value == texts()["robin"].text


def test_what_was_done_to_a_text_is_said(page):
    app = write(page(), "a\u202eb\u0000c")
    said = " ".join(each.value for each in app.caption)
    assert str(shared("en").labels.text_cleaned(count=2)) in said
    assert "3 characters" in said


def test_a_pair_comes_in_together(page):
    app = page("pair")
    assert taken(app) == [open_text("bread"), open_text("bread/second")]
    app = choose(app, "zh_snow")
    assert taken(app) == [open_text("zh_snow"), open_text("zh_snow/second")]
    app = write(app, "And then?", box=1)
    assert taken(app) == [Passage(texts()["zh_snow"].text), Passage("And then?")]
    assert own_address(app) == {}
    app = write(app, "   ", box=1)
    assert app.warning
    assert taken(app)[1] == Passage("And then?")


def test_a_second_text_may_be_left_out(page):
    app = page("either")
    assert taken(app) == [open_text("capital"), None]
    app = choose(app, "snow")
    assert taken(app) == [open_text("snow"), open_text("snow/second")]
    app = write(app, "", box=1)
    assert not app.warning
    assert taken(app) == [Passage(texts()["snow"].text), None]
    assert write(app, " ", box=0).warning


def test_a_word_stays_out_of_the_address_and_in_the_session(page):
    app = page("word")
    assert taken(app) == [Passage("Paris")]
    app.text_input[0].set_value("Zyxwine\u202e").run()
    assert taken(sound(app)) == [Passage("Zyxwine")]
    assert own_address(app) == {}
    app.session_state["kind"] = "one"
    app.run()
    app.session_state["kind"] = "word"
    app.run()
    assert taken(app) == [Passage("Zyxwine")]
    app.text_input[0].set_value("").run()
    assert taken(app) == [None]
    app.text_input[0].set_value("x" * 100).run()
    assert sentence(InputError("text_too_long", characters=100, most=60), "en") in (
        app.warning[0].value
    )
    assert taken(app) == [None]


# --- its answers


def _answering() -> None:
    import streamlit as st

    from gallery.answers import answer
    from gallery.passage import Passage, open_text
    from tests.test_texts import joined

    given = {"sample": open_text("sun"), "own": Passage(open_text("sun").text)}
    for name, passage in given.items():
        st.session_state[name] = answer(joined, passage, "plain", word=passage)
    st.session_state["many"] = answer(joined, open_text("sun"), word=(Passage("a"), Passage("b")))
    answer(joined, open_text("sun"), word=("cat", "dog"))
    answer(joined, "somebody's own words")
    for each in ((1, (2.5, None)), [open_text("he"), open_text("bread/second")], "a_code"):
        answer(joined, open_text("sun"), word=each)


calls: list[tuple[object, ...]] = []


def joined(text: str, model: str = "plain", word: object = None) -> str:
    calls.append((text, model, word))
    return f"{text} {model} {word}"


def test_examples_are_answered_once_for_all_and_own_texts_once_a_session():
    calls.clear()
    st.cache_resource.clear()
    for visitor in range(2):
        app = AppTest.from_function(_answering, default_timeout=30)
        app.run()
        sound(app.run())
        text = texts()["sun"].text
        assert app.session_state["sample"] == app.session_state["own"] == f"{text} plain {text}"
        assert app.session_state["many"] == f"{text} plain ('a', 'b')"
        assert len(calls) == 8 + 4 * visitor, "the example once, what is own once a session"
