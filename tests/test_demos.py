"""Every demo keeps the contract: alone and through Home, in both languages, to every limit."""

import importlib
import io
from collections.abc import Iterator

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from gallery import landing
from gallery.demos import LANGUAGES, PAGES, Demo, demos
from gallery.words import sentence, shared
from models._errors import InputError

SECONDS = 60
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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "section"), EVERY_SECTION)
def test_every_section_opens_alone_in_both_languages(name, section, language):
    demo = BY_NAME[name]
    app = opened(demo, language, section=section)
    assert_sound(app, f"{name} {section} {language}")
    words = demo.worded(language)
    assert words.title in app.title[0].value
    assert words.sections[section].lead.strip() in [each.value for each in app.markdown]
    assert not app.warning, [each.value for each in app.warning]


@pytest.mark.parametrize("name", BY_NAME)
def test_a_page_opens_through_home_under_its_title(name):
    demo = BY_NAME[name]
    app = AppTest.from_file(str(HOME), default_timeout=SECONDS)
    app.query_params["lang"] = "zh"
    app.run()
    app.switch_page(f"pages/{demo.page.name}").run()
    assert_sound(app, name)
    assert demo.zh.title in app.title[0].value


@pytest.mark.parametrize(("name", "section"), EVERY_SECTION)
def test_every_control_goes_to_both_ends(name, section):
    demo = BY_NAME[name]
    app = opened(demo, section=section)
    for end in (0, -1):
        for _, control, values in movable(app):
            control.set_value(values[end])
        app.run()
        assert_sound(app, f"{name} {section}, all at end {end}")


@pytest.mark.parametrize(("name", "section"), EVERY_SECTION)
def test_every_choice_can_be_made(name, section):
    app = opened(BY_NAME[name], section=section)
    for key in [box.key for box in app.selectbox]:
        if key.split(".")[1:2] in (["photo"], ["model"], []):  # models of a hub: test_loading
            continue
        for place in (-1, 0):
            box = next((each for each in app.selectbox if each.key == key), None)
            if box is not None:  # a choice may depend on another one
                box.select_index(place % len(box.options)).run()
                assert_sound(app, f"{name} {section}, {key}, option {place}")


@pytest.mark.parametrize(("name", "section"), EVERY_SECTION)
def test_the_code_to_take_away_runs(name, section, capsys):
    app = opened(BY_NAME[name], section=section)
    written = [each.value for each in app.code if each.value.startswith("from models import")]
    assert len(written) == 1, "every section gives Python that makes its result again"
    exec(compile(written[0], f"{name} {section}", "exec"), {"__name__": "taken"})
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("name", BY_NAME)
def test_nonsense_in_the_address_is_ignored(name):
    demo = BY_NAME[name]
    keys = list(demo.en.controls)
    wrong = dict.fromkeys(keys, "9e99") | {"section": "nowhere", "photo": "../../etc/passwd"}
    app = opened(demo, "en", **wrong)
    assert_sound(app, name)
    assert not set(wrong) & set(app.query_params), "nonsense stays in the address"


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


def with_hub_models() -> list[str]:
    modules = {name: importlib.import_module(f"models.{name}") for name in BY_NAME}
    return [name for name, module in modules.items() if len(getattr(module, "MODELS", ())) > 1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", with_hub_models())
def test_a_hub_that_is_away_is_said_and_the_embedded_model_is_offered(name, language):
    model = importlib.import_module(f"models.{name}").MODELS[1]
    app = opened(BY_NAME[name], language, model=getattr(model, "spec", model).name)
    assert_sound(app, name)
    assert len(app.warning) == 1
    assert getattr(model, "spec", model).title in app.warning[0].value
    offer = shared(language).labels.use_embedded
    next(button for button in app.button if button.label == offer).click().run()
    assert_sound(app, name)
    assert not app.warning
    assert "model" not in app.query_params


def with_photo() -> list[str]:
    return [name for name, demo in BY_NAME.items() if "photo" in demo.bring]


def own_file(demo: Demo, language: str, content: bytes) -> AppTest:
    opens = (opened(demo, language, section=section) for section in demo.en.sections)
    app, box = next(
        (app, each) for app in opens for each in app.selectbox if ".photo" in (each.key or "")
    )
    box.select_index(0).run()
    app.file_uploader[0].set_value(("mine.jpg", content, "image/jpeg")).run()
    return app


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", with_photo())
def test_a_bad_photo_gets_a_sentence_and_keeps_the_page(name, language):
    app = own_file(BY_NAME[name], language, b"this is not a picture")
    assert_sound(app, name)
    said = [each.value for each in app.warning]
    expected = sentence(InputError("photo_unknown", formats=""), language)[:12]
    assert any(each.startswith(expected) for each in said), said
    assert shared(language).labels.photo_none_yet in said[0]


@pytest.mark.parametrize("name", with_photo())
def test_an_own_photo_is_taken_and_never_named_in_the_address(name):
    target = io.BytesIO()
    Image.effect_mandelbrot((320, 200), (-2, -1.5, 1, 1.5), 40).convert("RGB").save(target, "JPEG")
    app = own_file(BY_NAME[name], "en", target.getvalue())
    assert_sound(app, name)
    assert not app.warning
    assert any("320 × 200" in each.value for each in app.caption)
    assert "photo" not in app.query_params


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
