"""Every demo keeps the contract: alone and through Home, in both languages, to every limit."""

import functools
import importlib
import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextArea

from gallery import landing
from gallery.demos import LANGUAGES, PAGES, Demo, demos
from gallery.words import sentence, shared
from models._errors import InputError
from models._reading import CHARACTERS
from models._spec import ModelSpec

SECONDS = 180  # for one run of a page, on a busy machine
HOME = PAGES.parent / "Home.py"
BY_NAME = {demo.name: demo for demo in demos()}
EVERY_SECTION = [(name, section) for name, demo in BY_NAME.items() for section in demo.en.sections]


def opened(demo: Demo, language: str = "en", **query: str) -> AppTest:
    app = AppTest.from_file(str(demo.page), default_timeout=SECONDS)
    app.query_params["lang"] = language
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def assert_sound(app: AppTest, doing: str) -> None:
    assert not app.exception, (doing, [each.value for each in app.exception])
    assert not app.error, (doing, [each.value for each in app.error])


def movable(app: AppTest) -> Iterator[tuple[str, object, list[object]]]:
    """Every control of the open section, with the values to move it to."""
    for slider in app.slider:
        yield slider.key, slider, [slider.min, slider.max]
    for toggle in app.toggle:
        if "camera" not in (toggle.key or ""):
            yield toggle.key, toggle, [not toggle.value]


def open_section(name: str, section: str, language: str) -> AppTest:
    """Open a page at a section and look at what every section has."""
    demo = BY_NAME[name]
    app = opened(demo, language, section=section)
    assert_sound(app, f"{name} {section} {language}")
    words = demo.worded(language)
    assert words.title in app.title[0].value
    assert words.sections[section].lead.strip() in [each.value for each in app.markdown]
    assert not app.warning, [each.value for each in app.warning]
    assert len(snippets(app)) == 1, "every section gives Python that makes its result again"
    return app


def snippets(app: AppTest) -> list[str]:
    return [each.value for each in app.code if each.value.startswith("from models import")]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "section"), EVERY_SECTION)
def test_every_section_opens_its_code_runs_and_its_controls_move(name, section, capsys):
    app = open_section(name, section, "en")
    exec(compile(snippets(app)[0], f"{name} {section}", "exec"), {"__name__": "taken"})
    assert capsys.readouterr().out.strip()
    choose_first_and_last(app, f"{name} {section}")
    for end in (0, -1):
        for _, control, values in movable(app):
            control.set_value(values[end])
        app.run()
        assert_sound(app, f"{name} {section}, all at end {end}")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "section"), EVERY_SECTION)
def test_every_section_opens_in_chinese(name, section):
    open_section(name, section, "zh")


@pytest.mark.parametrize("name", BY_NAME)
def test_a_page_opens_through_home_under_its_title(name):
    demo = BY_NAME[name]
    app = AppTest.from_file(str(HOME), default_timeout=SECONDS)
    app.query_params["lang"] = "zh"
    app.run()
    app.switch_page(f"pages/{demo.page.name}").run()
    assert_sound(app, name)
    assert demo.zh.title in app.title[0].value


def choose_first_and_last(app: AppTest, place: str) -> None:
    """Make the first and the last choice of every box, one after the other."""
    for key in [box.key for box in app.selectbox]:
        if key.split(".")[1:2] in (["photo"], ["model"], []):  # models of a hub: test_loading
            continue
        for option in (-1, 0):
            box = next((each for each in app.selectbox if each.key == key), None)
            if box is not None:  # a choice may depend on another one
                box.select_index(option % len(box.options)).run()
                assert_sound(app, f"{place}, {key}, option {option}")


def test_the_source_comes_when_it_is_asked_for():
    app = opened(BY_NAME["padding_stride"])
    source = (PAGES.parent / "models" / "padding_stride.py").read_text("utf-8").strip()
    assert source not in [each.value for each in app.code]
    app.session_state["source"] = True  # as a click on its heading does
    app.run()
    assert_sound(app, "source")
    assert source in [each.value.strip() for each in app.code]
    assert [each.key for each in app.selectbox if each.key == "source-file"]


@pytest.mark.parametrize("name", BY_NAME)
def test_nonsense_in_the_address_is_ignored(name):
    demo = BY_NAME[name]
    keys = list(demo.en.controls)
    wrong = dict.fromkeys(keys, "9e99") | {"section": "nowhere"}
    wrong |= dict.fromkeys(("photo", "text", "pair"), "../../etc/passwd")
    app = opened(demo, "en", **wrong)
    assert_sound(app, name)
    assert not set(wrong) & set(app.query_params), "nonsense stays in the address"


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_NAME)
def test_every_experiment_sets_the_page_up(name):
    demo = BY_NAME[name]
    app = opened(demo)
    for place, experiment in enumerate(demo.en.experiments):
        app.button(key=f"try-{place}").click().run()
        assert_sound(app, experiment.attempt)
        address = {key: value for key, value in app.query_params.items() if key != "lang"}
        asked = {k: v for k, v in experiment.query.items() if address.get(k) != v}
        fresh = opened(demo, "en", **experiment.query)
        assert_sound(fresh, experiment.attempt)
        again = {key: value for key, value in fresh.query_params.items() if key != "lang"}
        assert again == address, experiment.attempt
        for key, value in asked.items():
            assert key not in address, f"{experiment.attempt}: {key}={value} was not taken"


def spec_of(model: Any) -> ModelSpec:
    """A model that a demo offers, as its spec; some come with what a page needs beside it."""
    return getattr(model, "spec", model)


def of_hubs(name: str) -> list[ModelSpec]:
    """The networks of a demo that have to be fetched."""
    offered = getattr(importlib.import_module(f"models.{name}"), "MODELS", ())
    return [spec for spec in map(spec_of, offered) if not spec.is_embedded]


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in BY_NAME if of_hubs(name)])
def test_a_hub_that_is_away_is_said_and_the_embedded_model_is_offered(name, language):
    spec, demo = of_hubs(name)[0], BY_NAME[name]
    opens = (opened(demo, language, section=each, model=spec.name) for each in demo.en.sections)
    app = next(app for app in opens if app.warning)  # not every section asks such a network
    assert_sound(app, name)
    assert len(app.warning) == 1
    assert spec.title in app.warning[0].value
    offer = shared(language).labels.use_embedded
    next(button for button in app.button if button.label == offer).click().run()
    assert_sound(app, name)
    assert not app.warning
    assert "model" not in app.query_params


def with_photo() -> list[str]:
    return [name for name, demo in BY_NAME.items() if "photo" in demo.bring]


@functools.cache
def section_with_photo(name: str) -> str:
    for section in BY_NAME[name].en.sections:
        boxes = opened(BY_NAME[name], section=section).selectbox
        if any(".photo" in (each.key or "") for each in boxes):
            return section
    raise AssertionError(f"no section of {name} takes a photo")


def own_file(demo: Demo, language: str, content: bytes) -> AppTest:
    app = opened(demo, language, section=section_with_photo(demo.name))
    box = next(each for each in app.selectbox if ".photo" in (each.key or ""))
    box.select_index(0).run()
    app.file_uploader[0].set_value(("mine.jpg", content, "image/jpeg")).run()
    return app


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", with_photo())
def test_a_bad_photo_gets_a_sentence_and_keeps_the_page(name, language):
    app = own_file(BY_NAME[name], language, b"this is not a picture")
    assert_sound(app, name)
    said = [each.value for each in app.warning]
    expected = sentence(InputError("photo_unknown", formats=""), language)[:12]
    assert any(each.startswith(expected) for each in said), said
    assert shared(language).labels.photo_none_yet in said[0]


@pytest.mark.slow
@pytest.mark.parametrize("name", with_photo())
def test_an_own_photo_is_taken_and_never_named_in_the_address(name):
    target = io.BytesIO()
    Image.effect_mandelbrot((320, 200), (-2, -1.5, 1, 1.5), 40).convert("RGB").save(target, "JPEG")
    app = own_file(BY_NAME[name], "en", target.getvalue())
    assert_sound(app, name)
    assert not app.warning
    assert any("320 × 200" in each.value for each in app.caption)
    assert "photo" not in app.query_params


def with_text() -> list[str]:
    return [name for name, demo in BY_NAME.items() if "text" in demo.bring]


def boxes(app: AppTest) -> list[TextArea]:
    """The boxes for texts; there may be other text areas, for data."""
    return [each for each in app.text_area if "-box-" in (each.key or "")]


def with_box(demo: Demo, language: str) -> AppTest:
    opens = (opened(demo, language, section=section) for section in demo.en.sections)
    return next(app for app in opens if boxes(app))


def write(app: AppTest, text: str) -> AppTest:
    """Write a text into every box there is, one after the other."""
    for place in range(len(boxes(app))):
        boxes(app)[place].set_value(text)
        app.run()
    return app


BAD_TEXTS = {
    "": InputError("text_empty"),
    " \n\t\u3000": InputError("text_empty"),
    "\u202e\u2066\u200b\x00\x1b": InputError("text_empty"),
    "x" * 2_000_000: InputError("text_too_long", characters=2_000_000, most=CHARACTERS),
}
ODD_TEXTS = [
    "a\x00\x07b\x1b[31m [MASK] c",
    "\u202eesrever si siht [MASK]\u202c \u2066and this\u2069",
    "👩\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈 [MASK] 👍🏽",
    "?!… 。，、 ---",
    "the capital of [mask] is paris",
    "我爱 Paris 和 [MASK]，also in winter。",
    "A word. " * 2400,  # longer than any network here reads
    "[MASK] " * 300,
    "<script>alert(1)</script> **bold** $x^2$ :red[a] {name} %s [CLS] [SEP]",
    "Zyxwine",
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", with_text())
def test_a_bad_text_gets_a_sentence_and_keeps_the_page(name, language):
    app = with_box(BY_NAME[name], language)
    before = {each.value for each in app.warning}
    labels = shared(language).labels
    for raw, error in BAD_TEXTS.items():
        boxes(app)[0].set_value(raw)
        app.run()
        assert_sound(app, f"{name} {raw[:9]!r}")
        said = {each.value for each in app.warning} - before
        assert said == {f"{sentence(error, language)} {labels.text_kept}"}
        assert snippets(app)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "name", "section"),
    [
        (place, name, section)
        for name in with_text()
        for place, section in enumerate(BY_NAME[name].en.sections)
    ],
)
def test_an_odd_text_is_answered_or_refused_and_never_in_the_address(place, name, section):
    app = opened(BY_NAME[name], LANGUAGES[place % 2], section=section)
    for text in ODD_TEXTS[place % 3 :: 3]:
        write(app, text)
        assert_sound(app, f"{name} {section} {text[:20]!r}")
        address = str(app.query_params)
        assert not any(word in address for word in text.split() if len(word) > 3)
    lines = [each.key for each in app.text_input if (each.key or "").endswith(".line")]
    if lines:
        write(app, "The cat sat on the [MASK].")  # an odd word is tried beside a plain text
    for line in lines:
        for word in ("Zyxwine", "我a\u202e", "two words", ""):
            box = next((each for each in app.text_input if each.key == line), None)
            if box is not None:
                box.set_value(word).run()
                assert_sound(app, f"{name} {section} {line} {word!r}")
                assert not word or word not in str(app.query_params)


@pytest.mark.slow
@pytest.mark.parametrize("name", with_text())
def test_an_own_text_stays_from_section_to_section_and_can_be_forgotten(name):
    demo = BY_NAME[name]
    app = write(with_box(demo, "en"), "Zyxwine is a [MASK].")
    kept = [each.key for each in app.button if (each.key or "").endswith("-forget")]
    assert kept
    written = {each.key.rpartition("-")[0] for each in boxes(app)}
    for section in demo.en.sections:
        row = next(each for each in app.segmented_control if ".section." in (each.key or ""))
        row.set_value(section).run()
        assert_sound(app, f"{name} {section}")
        same = [each for each in boxes(app) if each.key.rpartition("-")[0] in written]
        assert all("Zyxwine" in each.value for each in same), section
        assert "Zyxwine" not in str(app.query_params)
    app = write(with_box(demo, "en"), "Zyxwine is a [MASK].")
    app.button(key=kept[0]).click().run()
    assert_sound(app, name)
    assert not any("Zyxwine" in each.value for each in boxes(app))


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_shows_every_demo(language):
    app = AppTest.from_file(str(HOME), default_timeout=SECONDS)
    app.query_params["lang"] = language
    app.run()
    assert_sound(app, "Home")
    shown = [each.value for each in app.markdown]
    for demo in demos():
        assert demo.worded(language).summary in shown


def test_search_finds_by_word_in_either_language():
    assert landing.find("") == demos()
    assert landing.find("qqqqq") == ()
    for demo in demos():
        assert demo in landing.find(demo.en.title.split()[0].upper())
        assert demo in landing.find(demo.zh.title)
