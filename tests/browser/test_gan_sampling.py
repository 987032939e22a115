"""Sampling by hand: a walk and a film that are scrubbed, a drawing that is judged, a blind test."""

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.test_home import trouble

if TYPE_CHECKING:
    from tests.browser.conftest import Tab, Visit

pytestmark = pytest.mark.browser
PAGE = "/GAN_Sampling"
PICTURE = "canvas => canvas.toDataURL()"


def address(tab: "Tab") -> dict[str, list[str]]:
    return parse_qs(urlsplit(tab.page.url).query)


def wait_for_address(tab: "Tab", part: str) -> None:
    tab.page.wait_for_function("part => location.search.includes(part)", arg=part)


def test_a_walk_follows_the_hand_and_stays_where_it_was_left(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=walks")
    first = tab.page.locator(".reel figure canvas").first
    middle = first.evaluate(PICTURE)
    first.scroll_into_view_if_needed()
    box = first.bounding_box()
    assert box
    tab.page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 20)
    tab.page.mouse.down()
    tab.page.mouse.move(box["x"] + box["width"] - 1, box["y"] + 20)
    moved = f"([canvas, was]) => ({PICTURE})(canvas) !== was"  # before the hand lets go
    tab.page.wait_for_function(moved, arg=[first.element_handle(), middle])
    tab.page.mouse.up()
    wait_for_address(tab, "frame=32")
    scrub = tab.page.locator('.reel input[type="range"]')
    scrub.focus()
    tab.page.keyboard.press("ArrowLeft")
    tab.page.locator(".reel .count", has_text="0.97").wait_for()
    wait_for_address(tab, "frame=31")
    tab.settle()
    assert tab.page.get_by_role("button", name="gan_digits_between.gif").count() == 1
    assert trouble(tab.findings()) == {}


def test_a_drawing_is_judged_and_stays_out_of_the_address(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=yours", language="zh", width=390)
    sheet = tab.page.locator(".pad .sheet")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    assert box
    x, y, side = box["x"], box["y"], box["width"]
    tab.page.mouse.move(x + 0.5 * side, y + 0.2 * side)
    tab.page.mouse.down()
    tab.page.mouse.move(x + 0.5 * side, y + 0.8 * side, steps=6)
    tab.page.mouse.up()
    tab.page.get_by_text("分类器看到的是 1").first.wait_for()
    tab.settle()
    assert set(address(tab)) == {"section", "lang"}
    tab.page.locator(".pad button").last.click()
    tab.page.get_by_text("分类器看到的是 3").first.wait_for()
    sheet.focus()
    for key in [" ", *["ArrowDown"] * 3, " "]:
        tab.page.keyboard.press(key)
    tab.settle()
    assert tab.page.locator(".pad button").last.is_enabled()
    assert trouble(tab.findings()) == {}


def test_the_film_of_the_training_is_scrubbed(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=growth")
    last = tab.page.locator(".reel figure canvas").first.evaluate(PICTURE)
    scrub = tab.page.locator('.reel input[type="range"]')
    scrub.focus()
    tab.page.keyboard.press("Home")
    tab.page.locator(".reel .count", has_text="0.25").wait_for()
    assert tab.page.locator(".reel figure canvas").first.evaluate(PICTURE) != last
    wait_for_address(tab, "epoch=0")
    tab.settle()
    assert tab.page.locator(".reel svg path").count() == 2  # both losses
    assert trouble(tab.findings()) == {}


def test_a_round_of_the_blind_test_is_told_and_counted(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=blind")
    tiles = tab.page.locator(".board button")
    assert tiles.count() == 12
    assert not any(word in tab.page.locator(".board").inner_text() for word in ("real", "✓"))
    tiles.nth(0).click()
    tiles.nth(3).focus()
    tab.page.keyboard.press("Enter")
    tab.page.get_by_text("2 marked as generated").wait_for()
    tab.page.get_by_role("button", name="This is my verdict").click()
    tab.page.get_by_text("✓").first.wait_for()
    tab.settle()
    told = tiles.all_inner_texts()
    assert all("✓" in each or "✗" in each for each in told)
    colours = [each.evaluate("e => getComputedStyle(e).borderColor") for each in tiles.all()]
    right = {colour for colour, each in zip(colours, told, strict=True) if "✓" in each}
    assert len(right) <= 1, "what is right has one colour, marked or not"
    assert right.isdisjoint(c for c, each in zip(colours, told, strict=True) if "✗" in each)
    tab.page.get_by_role("button", name="Next round").click()
    wait_for_address(tab, "round=2")
    tab.page.locator(".board button:not([disabled])").first.wait_for()
    tab.settle()
    assert tiles.first.get_attribute("aria-pressed") == "false"
    assert tab.page.get_by_text("No round has been finished yet").count() == 0
    assert trouble(tab.findings()) == {}


def test_a_slider_moves_the_picture_at_once_and_the_link_keeps_it(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=directions")
    picture = tab.page.locator(".steer figure canvas")
    expect(picture).to_have_attribute("aria-label", re.compile("."))  # told with the picture
    before, told = picture.evaluate(PICTURE), picture.get_attribute("aria-label") or ""
    slider = tab.page.locator(".steer .way input").first
    slider.focus()
    tab.page.keyboard.press("End")
    assert picture.evaluate(PICTURE) != before, "the picture follows before anything is computed"
    tab.page.locator(".steer .way output", has_text="4").first.wait_for()
    wait_for_address(tab, "moves=4")
    tab.settle()
    tab.page.locator(".steer .foot button").click()
    tab.page.wait_for_function("() => !location.search.includes('moves')")
    tab.settle()
    expect(picture).to_have_attribute("aria-label", told)
    assert picture.evaluate(PICTURE) == before
    assert trouble(tab.findings()) == {}


def test_collapse_and_cure_are_scrubbed_together(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=growth&training=collapse")
    pictures = tab.page.locator(".reel figure canvas")
    assert pictures.count() == 2
    last = [each.evaluate(PICTURE) for each in pictures.all()]
    tab.page.locator('.reel input[type="range"]').focus()
    tab.page.keyboard.press("Home")
    tab.page.locator(".reel .count", has_text="0.031").wait_for()
    first = [each.evaluate(PICTURE) for each in pictures.all()]
    assert all(a != b for a, b in zip(first, last, strict=True))
    wait_for_address(tab, "collapse=0")
    tab.settle()
    assert tab.page.get_by_text("What was different").count() == 1
    assert trouble(tab.findings()) == {}


def test_a_named_seed_is_opened_and_shared(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=samples")
    line = tab.page.get_by_role("textbox", name="Seed or name")
    line.fill("Ada")
    line.press("Enter")
    wait_for_address(tab, "asked=")
    tab.settle()
    number = address(tab)["asked"][0]
    assert address(tab)["seed"] == [number]
    chosen = tab.page.locator('.tiles button[aria-pressed="true"]')
    assert chosen.inner_text() == "Ada"
    other = visit(f"{PAGE}?section=samples&asked={number}&seed={number}", theme="dark")
    assert other.page.locator('.tiles button[aria-pressed="true"]').inner_text() == number
    assert trouble(other.findings()) == {}
