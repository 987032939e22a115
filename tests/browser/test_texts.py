"""Texts by hand: an example, one of one's own, and where it goes, which is nowhere."""

import time
from typing import TYPE_CHECKING

import pytest

from gallery.demos import Language
from gallery.passage import texts
from gallery.words import shared

if TYPE_CHECKING:
    from tests.browser.conftest import Tab, Visit

pytestmark = pytest.mark.browser
PAGE, OTHER = "/BERT_Masking", "/Attention_Heatmaps"
SECRET = "Zyxwine hides the [mask] in a drawer."


def box(tab: "Tab"):
    return tab.page.locator("textarea").first


def write(tab: "Tab", text: str) -> None:
    box(tab).fill(text)
    box(tab).press("Control+Enter")
    tab.settle()


def forget(tab: "Tab", language: Language):
    return tab.page.get_by_role("button", name=shared(language).labels.text_remove)


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh", 390)])
def test_an_own_text_is_taken_kept_and_forgotten(
    visit: "Visit", language: Language, width: int
) -> None:
    tab = visit(PAGE, language, width)
    opening = box(tab).input_value()
    assert opening in {each.text for each in texts().values() if each.language == language}
    write(tab, SECRET)
    assert box(tab).input_value() == SECRET
    assert box(tab).evaluate("e => e.getRootNode().activeElement === e"), "the hand stays there"
    other: Language = "zh" if language == "en" else "en"
    tab.page.get_by_role("radio", name={"en": "English", "zh": "中文"}[other]).click()
    tab.settle()
    assert box(tab).input_value() == SECRET
    forget(tab, other).click()
    tab.settle()
    assert box(tab).input_value() != SECRET
    assert "Zyxwine" not in " ".join([tab.page.url, *tab.requests])


def test_an_own_text_is_there_on_the_next_page(visit: "Visit") -> None:
    tab = visit(PAGE, "en", 1280)
    write(tab, SECRET)
    tab.page.get_by_role("link", name=shared("en").labels.home, exact=True).first.click()
    tab.page.get_by_test_id("stMain").get_by_role("link", name="Attention heatmaps").first.click()
    tab.page.wait_for_url(f"**{OTHER}*")
    tab.settle()
    assert box(tab).input_value() == SECRET
    assert forget(tab, "en").count() == 1
    assert "Zyxwine" not in " ".join([tab.page.url, *tab.requests])


def test_an_example_is_in_the_link_until_it_is_changed(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?text=sun", "zh", 1280)
    assert box(tab).input_value() == texts()["sun"].text
    assert "text=sun" in tab.page.url
    write(tab, texts()["sun"].text.replace("sun", "moon"))
    assert "text=" not in tab.page.url
    assert box(tab).input_value().startswith("The moon")


def test_what_to_press_is_said_in_the_language_of_the_page(visit: "Visit") -> None:
    tab = visit(PAGE, "zh", 1280)
    box(tab).fill("另一段[MASK]字")
    hint = tab.page.get_by_test_id("InputInstructions").first
    said = hint.evaluate("e => getComputedStyle(e, '::after').content")
    assert shared("zh").labels.text_apply in said
    assert hint.evaluate("e => getComputedStyle(e).fontSize") == "0px"
    tab.page.keyboard.press("Control+Enter")
    tab.settle()


def test_two_megabytes_are_refused_within_moments(visit: "Visit") -> None:
    tab = visit(PAGE, "en", 1280)
    before = box(tab).input_value()
    box(tab).fill("x" * 2_000_000)
    began = time.monotonic()
    box(tab).press("Control+Enter")
    tab.page.get_by_text(str(shared("en").labels.text_kept)).wait_for()
    assert time.monotonic() - began < 10  # about a second where nothing else runs
    tab.settle()
    assert box(tab).input_value() == before
