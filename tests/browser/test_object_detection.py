"""Finding by hand: thresholds, the suppression scrubbed, a cell opened, a box dragged."""

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.test_home import trouble
from tests.browser.test_style_transfer import address, drag

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser
PAGE = "/Object_Detection"


def test_thresholds_and_classes_move_without_the_server(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?score=0.05")
    boxes = tab.page.locator(".found .layer .box")
    boxes.first.wait_for(state="attached")
    many, sent = boxes.count(), len(tab.requests)
    score = tab.page.locator('.found [data-part="score"]')
    score.evaluate("e => { e.value = 1; e.dispatchEvent(new Event('input')); }")
    assert boxes.count() == 0  # nothing was asked for: nobody let go yet
    assert len(tab.requests) == sent
    score.evaluate("e => { e.value = 0.05; e.dispatchEvent(new Event('input')); }")
    assert boxes.count() == many
    chip = tab.page.locator(".found .chips button").first
    hidden = int(re.findall(r"\d+", chip.inner_text())[-1])
    chip.click()
    expect(boxes).to_have_count(many - hidden)
    tab.page.wait_for_url(re.compile("hide="))
    stage = tab.page.locator(".found .stage")
    stage.press("ArrowRight")
    if many > hidden:
        expect(tab.page.locator(".found .box.active")).to_have_count(1)
    tab.settle()
    assert trouble(tab.findings()) == {}


def test_the_suppression_is_scrubbed_back_and_forth(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=suppression&least=0.05", theme="dark")
    scrub = tab.page.locator(".duel [data-part='scrub']")
    scrub.wait_for()
    rows = tab.page.locator(".duel .row")
    expect(tab.page.locator(".duel .row.waiting")).to_have_count(rows.count())
    last = int(scrub.get_attribute("max") or 0)
    assert last >= 2
    scrub.fill("1")
    expect(tab.page.locator(".duel .row.winner")).to_have_count(1)
    scrub.fill(str(last))
    expect(tab.page.locator(".duel .row.kept")).to_have_count(last // 2)
    expect(tab.page.locator(".duel .row.gone")).to_have_count(rows.count() - last // 2)
    scrub.fill("0")
    expect(tab.page.locator(".duel .row.waiting")).to_have_count(rows.count())
    tab.page.locator(".duel [data-part='forward']").click()
    tab.page.wait_for_url(re.compile("step=1"))
    expect(tab.page.locator(".duel .row.winner")).to_have_count(1)
    tab.settle()
    assert trouble(tab.findings()) == {}


def test_a_cell_opens_by_touch_and_by_key_on_a_phone(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=grid", language="zh", width=390)
    stage = tab.page.locator(".lattice .stage")
    stage.wait_for()
    stage.tap(position={"x": 20, "y": 20})
    tab.page.wait_for_url(re.compile(r"at=0(%2C|,)"))
    place = address(tab)["at"][0]
    stage.press("ArrowDown")
    tab.settle()  # the answer to the tap takes nobody back
    stage.press("1")
    tab.page.wait_for_url(re.compile(r"at=\d+(%2C|,)\d+(%2C|,)0"))
    assert address(tab)["at"][0] != place
    tab.page.locator(".katex").first.wait_for()
    tab.settle()
    assert trouble(tab.findings()) == {}


def test_two_boxes_meet_and_part_under_the_hand(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=overlap", width=390, theme="dark")
    stage = tab.page.locator(".pair .stage")
    stage.wait_for()
    said = tab.page.locator('.pair [data-part="iou"] output')
    before = said.inner_text()
    hand = tab.page.locator(".pair .hands > *").last
    box, whole = hand.bounding_box(), stage.bounding_box()
    assert box is not None
    assert whole is not None
    middle = (
        (box["x"] + box["width"] / 2 - whole["x"]) / whole["width"],
        (box["y"] + box["height"] / 2 - whole["y"]) / whole["height"],
    )
    drag(tab, stage, middle, (middle[0] + 0.12, middle[1] + 0.06))
    expect(said).not_to_have_text(before)
    tab.page.wait_for_url(re.compile("boxes="))
    tab.settle()
    assert trouble(tab.findings()) == {}


def test_a_true_box_is_drawn_and_judged(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=truth&photo=coins")
    stage = tab.page.locator(".judge .stage")
    stage.wait_for()
    missed = tab.page.locator(".judge .missed b")
    expect(missed).to_have_text("0")
    drag(tab, stage, (0.2, 0.2), (0.5, 0.6))
    expect(missed).to_have_text("1")  # at once: nothing of that class was found there
    tab.page.wait_for_url(re.compile("drawn="))
    label, *box = (int(part) for part in address(tab)["drawn"][0].split("."))
    assert label == 0
    assert box[2] - box[0] > 80
    hand = tab.page.locator(".judge .hand")
    hand.press("Shift+ArrowRight")
    tab.page.wait_for_url(re.compile(rf"drawn=0\.{box[0] + 10}\."))
    tab.page.locator(".judge [data-part='clear']").click()
    expect(hand).to_have_count(0)
    expect(missed).to_have_text("0")
    tab.page.wait_for_url(re.compile("drawn=none"))
    tab.settle()
    assert trouble(tab.findings()) == {}


def test_the_cell_that_is_to_answer_for_an_object_opens(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=grid&photo=coffee", theme="dark")
    chips = tab.page.locator('.lattice [data-part="awaited"] button')
    expect(chips).to_have_count(2)  # the network knows no spoon
    expect(tab.page.locator(".lattice .box.middle")).to_have_count(2)
    chips.last.click()
    expect(chips.last).to_have_attribute("aria-pressed", "true")
    expect(tab.page.locator(".lattice .box.drawn")).to_have_count(1)
    expect(tab.page.locator('.lattice [data-part="here"]')).to_contain_text("dining table")
    tab.settle()
    assert trouble(tab.findings()) == {}


def test_the_formulas_of_large_boxes_fit_a_phone(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=overlap&photo=collage", language="zh", width=390)
    tab.page.locator(".pair .sum").first.wait_for()
    tab.settle()
    assert trouble(tab.findings()) == {}
    tab = visit(f"{PAGE}?section=grid&photo=collage", width=390)
    inside = (
        "e => e.getBoundingClientRect().right <= e.closest('[data-testid=\"stVerticalBlock\"]')"
    )
    inside += ".getBoundingClientRect().right + 1"
    last = tab.page.locator(".katex-html").first
    last.wait_for()
    assert last.evaluate(inside)
