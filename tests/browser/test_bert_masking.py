"""Words under the hand: pressed to hide them, by pointer, finger and key; own text; a guess."""

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from gallery.demos import demos
from tests.browser.test_home import trouble

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import Tab, Visit

pytestmark = pytest.mark.browser
DEMO = next(demo for demo in demos() if demo.name == "bert_masking")
PAGE = f"/{DEMO.url_path}"


def address(tab: "Tab") -> dict[str, list[str]]:
    return parse_qs(urlsplit(tab.page.url).query)


def word(tab: "Tab", text: str) -> "Locator":
    return tab.page.locator(f'.text button.word[aria-label^="{text}"]').first


def test_a_link_hides_words_and_so_do_hand_and_key(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?hidden=4.5")
    assert tab.page.locator('.text [aria-pressed="true"]').count() == 2
    word(tab, "New").click()
    expect(word(tab, "New")).not_to_have_text(re.compile(re.escape("[MASK]")))  # at once
    tab.page.wait_for_url(lambda url: "hidden=" not in url)  # the other word is hidden by default
    tab.settle()
    word(tab, "New").click()
    expect(word(tab, "New")).to_have_text(re.compile(re.escape("[MASK]")))
    tab.page.get_by_text("Mask 2", exact=True).wait_for()
    tab.settle()
    assert address(tab)["hidden"] == ["4.5"]
    word(tab, "City").focus()
    tab.page.keyboard.press("Enter")
    tab.page.get_by_text("Mask 3", exact=True).wait_for()
    tab.settle()
    tab.page.keyboard.press("ArrowLeft")  # the hand is still where it was
    tab.page.keyboard.press("Enter")
    tab.settle()
    assert address(tab)["hidden"] == ["4.6"]
    assert trouble(tab.findings()) == {}


def test_an_own_text_on_a_phone_in_chinese(visit: "Visit") -> None:
    tab = visit(PAGE, "zh", 390)
    box = tab.page.get_by_role("textbox", name="文字", exact=True)
    box.fill("他在台湾大学学习 **数学** [mask]，<b>不是</b>吗？")
    box.press("Control+Enter")
    word(tab, "湾").wait_for()
    tab.settle()
    word(tab, "湾").tap()
    tab.page.get_by_text("掩码 2", exact=True).wait_for()
    tab.settle()
    assert "湾" not in tab.page.url
    assert "text" not in address(tab)
    assert trouble(tab.findings()) == {}


def test_a_guess_comes_before_the_answer_and_is_counted(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?guess=1")
    assert tab.page.locator(".js-plotly-plot").count() == 0
    tab.page.get_by_role("textbox", name="Mask 1").fill("york")
    tab.page.get_by_role("button", name="Compare with the network").click()
    tab.page.get_by_text("Score: you 1 of 1").wait_for()
    tab.settle()
    assert tab.page.locator(".js-plotly-plot").count() == 1


def test_a_surprising_word_is_opened_and_every_press_draws_again(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=surprise")
    word(tab, "banana").click()
    tab.page.get_by_text("Opened: banana").wait_for()
    tab.settle()
    assert word(tab, "banana").get_attribute("aria-pressed") == "true"
    assert trouble(tab.findings()) == {}
    tab.page.get_by_role("radio", name=DEMO.en.sections["training"].title, exact=True).click()
    tab.page.get_by_text(DEMO.en.sections["training"].lead, exact=True).wait_for()
    tab.settle()
    row = tab.page.locator('.text[role="group"]')
    shown = row.inner_text()
    tab.page.get_by_role("button", name="Draw again").click()
    tab.page.get_by_text("draws so far: 2").wait_for()
    tab.settle()
    assert row.inner_text() != shown
    assert address(tab)["draw"] == ["2"]
