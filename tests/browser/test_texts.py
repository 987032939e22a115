"""Texts by hand: an example, one of one's own, and where it goes, which is nowhere."""

from typing import TYPE_CHECKING

import pytest

from gallery.demos import Language
from gallery.passage import texts
from gallery.words import shared
from tests.patience import within

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


def test_an_own_text_is_taken_goes_along_and_is_forgotten(visit: "Visit") -> None:
    tab = visit(PAGE, "en", 1280)
    opening = box(tab).input_value()
    assert opening in {each.text for each in texts().values() if each.language == "en"}
    write(tab, SECRET)
    assert box(tab).input_value() == SECRET
    assert box(tab).evaluate("e => e.getRootNode().activeElement === e"), "the hand stays there"
    tab.page.get_by_role("link", name=shared("en").labels.home, exact=True).first.click()
    tab.page.get_by_test_id("stMain").get_by_role("link", name="Attention heatmaps").first.click()
    tab.page.wait_for_url(f"**{OTHER}*")
    tab.settle()
    assert box(tab).input_value() == SECRET
    assert forget(tab, "en").count() == 1
    forget_in(tab, "zh")


def test_an_own_text_on_a_phone_and_what_to_press(visit: "Visit") -> None:
    tab = visit(PAGE, "zh", 390)
    opening = box(tab).input_value()
    assert opening in {each.text for each in texts().values() if each.language == "zh"}
    box(tab).fill(SECRET)
    hint = tab.page.get_by_test_id("InputInstructions").first
    said = hint.evaluate("e => getComputedStyle(e, '::after').content")
    assert shared("zh").labels.text_apply in said
    assert hint.evaluate("e => getComputedStyle(e).fontSize") == "0px"
    box(tab).press("Control+Enter")
    tab.settle()
    assert box(tab).input_value() == SECRET
    assert box(tab).evaluate("e => e.getRootNode().activeElement === e"), "the hand stays there"
    forget_in(tab, "en")


def forget_in(tab: "Tab", language: Language) -> None:
    """Change the language, which keeps the text, and forget it."""
    tab.page.get_by_role("radio", name={"en": "English", "zh": "中文"}[language]).click()
    tab.settle()
    assert box(tab).input_value() == SECRET
    forget(tab, language).click()
    tab.settle()
    assert box(tab).input_value() != SECRET
    assert "Zyxwine" not in " ".join([tab.page.url, *tab.requests])


def test_an_example_is_in_the_link_until_it_is_changed(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?text=sun", "zh", 1280)
    assert box(tab).input_value() == texts()["sun"].text
    assert "text=sun" in tab.page.url
    write(tab, texts()["sun"].text.replace("sun", "moon"))
    assert "text=" not in tab.page.url
    assert box(tab).input_value().startswith("The moon")
    refuse_two_megabytes(tab)


def refuse_two_megabytes(tab: "Tab") -> None:
    """Within moments; the text that was there stays."""
    before = box(tab).input_value()
    box(tab).fill("x" * 2_000_000)
    with within(10):  # about a second, mostly of the browser
        box(tab).press("Control+Enter")
        tab.page.get_by_text(str(shared("zh").labels.text_kept)).wait_for()
    tab.settle()
    assert box(tab).input_value() == before
