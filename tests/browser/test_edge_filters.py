"""Edge filters under the hand: pointer, keys, finger; every sum equals the model's own."""

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import expect

from gallery.demos import demos
from gallery.photo import open_sample
from models import edge_filters

if TYPE_CHECKING:
    from tests.browser.conftest import Tab, Visit

pytestmark = pytest.mark.browser
DEMO = next(demo for demo in demos() if demo.name == "edge_filters")
PHOTO = open_sample("temple").pixels


def place(tab: "Tab") -> tuple[int, int]:
    row, column = re.findall(r"\d+", tab.page.locator("#place").inner_text())
    return int(row), int(column)


def comes_to(tab: "Tab", row: float, column: float, within: int = 0) -> tuple[int, int]:
    """Wait until the kernel stands there, or that near to it."""
    near = [
        (row + down, column + across)
        for down in range(-within, within + 1)
        for across in range(-within, within + 1)
    ]
    expect(tab.page.locator("#place")).to_have_text(
        re.compile("|".join(rf"^\D*{down}\D+{across}\D*$" for down, across in near))
    )
    return place(tab)


def point(tab: "Tab", canvas: str, across: float, down: float) -> tuple[float, float]:
    """Window coordinates of a place on a canvas, given as shares of its width and height."""
    tab.page.locator(canvas).scroll_into_view_if_needed()
    box = tab.page.locator(canvas).bounding_box()
    assert box is not None
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def address(tab: "Tab") -> dict[str, list[str]]:
    return parse_qs(urlsplit(tab.page.url).query)


LINKS = [
    ("kernel=gaussian_5&place=0,639&border=wrap", "gaussian_5", {"border": "wrap"}),
    ("kernel=roberts_x&place=426,0&flip=1", "roberts_x", {"flip": True}),
    (
        "kernel=emboss&place=424,5&border=valid&channel=red",
        "emboss",
        {"border": "valid", "channel": "red"},
    ),
]


@pytest.mark.parametrize(("query", "kernel", "settings"), LINKS)
def test_the_browser_adds_up_as_the_model_does(
    visit: "Visit", query: str, kernel: str, settings: dict[str, object]
) -> None:
    adds_up(visit(f"/Edge_Filters?section=arithmetic&{query}"), query, kernel, settings)


def adds_up(tab: "Tab", query: str, kernel: str, settings: dict[str, object]) -> None:
    row, column = place(tab)
    assert f"place={row},{column}" in query
    expected = edge_filters.arithmetic(PHOTO, kernel, row, column, **settings)
    numbers = re.findall(r"-?\d+(?:\.\d+)?", tab.page.locator("#text").inner_text())
    wanted = re.findall(r"-?\d+(?:\.\d+)?", expected.text)
    assert np.allclose([float(n) for n in numbers], [float(n) for n in wanted], atol=2e-3)
    beyond = tab.page.locator("#patch .beyond").count()
    assert beyond == (~expected.inside).sum()


def test_pointer_keys_and_click(visit: "Visit") -> None:
    tab = visit("/Edge_Filters?section=arithmetic")
    mouse, keys = tab.page.mouse, tab.page.keyboard
    mouse.move(*point(tab, "#photo-canvas", 0.25, 0.5))
    first = comes_to(tab, 213, 160, within=2)
    mouse.move(*point(tab, "#answer-canvas", 0.75, 0.25))
    comes_to(tab, 107, 480, within=2)
    mouse.click(*point(tab, "#photo-canvas", 0.25, 0.5))
    comes_to(tab, *first)
    mouse.move(*point(tab, "#photo-canvas", 0.9, 0.9))
    tab.settle()
    assert place(tab) == first  # held
    keys.press("ArrowRight")
    keys.press("Shift+ArrowDown")
    comes_to(tab, first[0] + 10, first[1] + 1)
    tab.page.wait_for_url(re.compile(f"place={first[0] + 10}%2C{first[1] + 1}"))
    tab.settle()
    assert place(tab) == (first[0] + 10, first[1] + 1)
    checked = DEMO.en.words.sum_checked(
        row=first[0] + 10,
        column=first[1] + 1,
        total=edge_filters.arithmetic(PHOTO, "sobel_x", first[0] + 10, first[1] + 1).sum,
    )
    assert checked in tab.page.inner_text("body")
    keys.press("Enter")
    mouse.move(*point(tab, "#photo-canvas", 0.9, 0.9))
    comes_to(tab, 384, 576, within=2)


def test_a_finger_moves_the_kernel(visit: "Visit") -> None:
    query = "kernel=box_7&place=2,2&border=replicate"
    tab = visit(f"/Edge_Filters?section=arithmetic&{query}", width=390)
    adds_up(tab, query, "box_7", {"border": "replicate"})
    tab.page.touchscreen.tap(*point(tab, "#photo-canvas", 0.25, 0.25))
    row, column = comes_to(tab, 107, 160, within=3)
    tab.page.wait_for_url(re.compile(f"place={row}%2C{column}"))


def test_copying_the_sum(visit: "Visit") -> None:
    tab = visit("/Edge_Filters?section=arithmetic")
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.page.locator("#copy").click()
    tab.page.get_by_text(DEMO.en.words.sum_copied, exact=True).wait_for()
    copied = tab.page.evaluate("navigator.clipboard.readText()")
    assert copied == tab.page.locator("#text").inner_text()


def test_typing_a_kernel(visit: "Visit") -> None:
    tab = visit("/Edge_Filters?section=kernel&kernel=identity")
    cells = tab.page.locator("#grid input")
    assert [cell.input_value() for cell in cells.all()] == list("000010000")
    cells.nth(4).fill("2,5")
    cells.nth(4).press("Enter")
    tab.page.get_by_text("The weights add up to 2.5").wait_for()
    assert address(tab)["weights"] == ["0,0,0;0,2.5,0;0,0,0"]
    cells.nth(0).fill("nonsense")
    cells.nth(0).press("Tab")
    expect(cells.nth(0)).to_have_attribute("aria-invalid", "true")
    tab.settle()
    assert address(tab)["weights"] == ["0,0,0;0,2.5,0;0,0,0"]
    tab.page.reload()
    tab.settle()
    assert "The weights add up to 2.5" in tab.page.inner_text("body")


def test_numbers_under_the_pointer(visit: "Visit") -> None:
    tab = visit("/Edge_Filters?section=numbers&plane=green")
    tab.page.mouse.move(*point(tab, "#photo-canvas", 0.5, 0.25))
    tab.settle()
    row, column, red, green, blue = (
        int(number) for number in re.findall(r"\d+", tab.page.locator("#values").inner_text())[:5]
    )
    assert PHOTO[row, column].tolist() == [red, green, blue]
    lens = [int(text) for text in tab.page.locator("#lens span").all_inner_texts()]
    assert lens == PHOTO[row - 4 : row + 5, column - 4 : column + 5, 1].ravel().tolist()


def test_thresholds_follow_the_hand(visit: "Visit") -> None:
    tab = visit("/Edge_Filters?section=contest&noise=10")
    compared = edge_filters.compare_operators(noise=10.0)
    slider, captions = tab.page.locator("#slider"), tab.page.locator("figcaption")
    slider.focus()
    for key, index in (("Home", 0), ("End", len(compared.thresholds) - 1)):
        tab.page.keyboard.press(key)
        expect(slider).to_have_value(str(index))
        for caption, curve in zip(captions.all()[1:], compared.curves, strict=True):
            shown = [float(part) for part in re.findall(r"\d\.\d\d", caption.inner_text())]
            wanted = [curve.f_score[index], curve.precision[index], curve.recall[index]]
            assert np.allclose(shown, wanted, atol=0.006)
    tab.page.locator("#play").click()
    expect(slider).not_to_have_value(str(len(compared.thresholds) - 1))
    tab.page.locator("#play").click()
