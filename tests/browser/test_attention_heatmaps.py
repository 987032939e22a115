"""Attention by hand: a token, a cell and a thumbnail are clicked; a head is switched off."""

import re
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from gallery.demos import demos
from tests.browser.test_home import trouble

if TYPE_CHECKING:
    from tests.browser.conftest import Tab, Visit

pytestmark = pytest.mark.browser
DEMO = next(demo for demo in demos() if demo.name == "attention_heatmaps")
PAGE = "/Attention_Heatmaps"


def address(tab: "Tab") -> dict[str, list[str]]:
    return parse_qs(urlsplit(tab.page.url).query)


def test_a_token_is_looked_from_and_a_cell_opened(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?text=tired")
    tokens = tab.page.locator(".tokens button")
    told = tab.page.locator("[data-part=told]")
    resting = tab.page.locator(".arcs path").count()
    it = tokens.filter(has_text="it").first
    it.hover()
    assert told.inner_text().startswith("“it” looks at “")
    assert tab.page.locator(".arcs path").count() < resting
    canvas = tab.page.locator("[data-part=canvas]")
    whole = canvas.bounding_box()
    it.click()
    tab.page.wait_for_url(re.compile("[?&]tokens="))
    tab.settle()
    place = address(tab)["tokens"][0]
    rows = canvas.bounding_box()
    assert whole is not None
    assert rows is not None
    assert rows["height"] < whole["height"] / 2, "the map keeps the chosen row only"
    canvas.click(position={"x": rows["width"] - 8, "y": rows["height"] - 8})
    tab.page.wait_for_url(re.compile("[?&]cell="))
    tab.settle()
    assert address(tab)["cell"] == [f"{place}.{tokens.count() - 1}"]
    tab.page.get_by_role("button", name=DEMO.en.words.open_cell).click()
    tab.page.get_by_role("heading", name="how much “it” looks at “[SEP]”").wait_for()
    tab.settle()
    assert address(tab)["section"] == ["cell"]
    assert address(tab)["cell"] == [f"{place}.{tokens.count() or 14}"]
    assert trouble(tab.findings()) == {}


def test_the_keyboard_moves_over_tokens_and_cells(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?text=zh_tired", language="zh")
    tab.page.locator(".tokens button").first.focus()
    for _ in range(3):
        tab.page.keyboard.press("ArrowRight")
    assert tab.page.locator("[data-part=told]").inner_text().startswith("“动” 在看：")
    tab.page.locator("[data-part=stage]").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "Enter"):
        tab.page.keyboard.press(key)
    tab.page.wait_for_url(re.compile("[?&]cell="))
    tab.settle()
    assert address(tab)["cell"] == ["2.0"]
    tab.page.get_by_text("打开的格子：“只”→“[CLS]”").wait_for()


def test_a_link_opens_a_head_and_so_does_its_thumbnail(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=heads&order=layer&head=1-0&text=taipei", "zh", 390)
    pressed = tab.page.locator('.tiles button[aria-pressed="true"]')
    assert pressed.inner_text().startswith("1-0")
    tab.page.locator(".tiles button").nth(9).click()
    tab.settle()
    assert address(tab)["head"] == ["1-1"]
    assert pressed.inner_text().startswith("1-1")
    assert trouble(tab.findings()) == {}
    tab.page.get_by_role("radio", name=DEMO.zh.sections["matter"].title, exact=True).click()
    switch_heads(tab)


def switch_heads(tab: "Tab") -> None:
    """Off and on again, where it is shown how much they matter."""
    words = DEMO.zh.words
    tab.page.get_by_text(words.same).wait_for()
    tab.settle()
    tab.page.locator(".board button.head").nth(1).click()
    tab.settle()
    assert address(tab)["off"] == ["0-1"]
    tab.page.locator(".board button.layer").nth(2).click()
    tab.settle()
    assert address(tab)["off"] == ["0-1,2"]
    tab.page.get_by_text(words.without).wait_for()
    assert trouble(tab.findings()) == {}
    tab.page.get_by_role("button", name=words.board_clear).click()
    tab.page.get_by_text(words.same).wait_for()
    assert "off" not in address(tab)


LEFT = "names => names.map(name => name.getBoundingClientRect().left).sort((a, b) => a - b)"
LETTER = 12  # pixels


def test_names_of_tokens_and_the_scale_of_colours_have_room(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=explain&text=zh_tired", "zh", 390)
    figure = tab.page.locator(".js-plotly-plot").first
    parts = [".heatmaplayer", ".xaxislayer-above", ".xtitle", ".cbfills", ".cbtitle text"]
    boxes = [figure.locator(part).first.bounding_box() for part in parts]
    tops = [box["y"] for box in boxes if box]
    assert len(tops) == len(parts)
    assert tops == sorted(tops), "one below the other"
    names = figure.locator(".xaxislayer-above text")
    few = names.evaluate_all(LEFT)
    tab.resize(1280)
    many = names.evaluate_all(LEFT)
    assert 6 < len(few) < len(many) == 19
    for places in (few, many):
        assert min(after - before for before, after in pairwise(places)) > LETTER
