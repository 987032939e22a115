"""The walk under the hand: scrubbed by keyboard, pointed at from both sides, pinned into links."""

import contextlib
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from gallery.demos import demos
from models.padding_stride import walk

if TYPE_CHECKING:
    from tests.browser.conftest import Tab

pytestmark = pytest.mark.browser

WALK = "/Padding_Stride?section=walk&size=5&kernel=3&padding=1&stride=2"
VIEWS = next(demo for demo in demos() if demo.name == "padding_stride").en.controls.view
GIVEN = {"size": 5, "kernel": 3, "padding": 1, "stride": 2}


def part(page: Page, name: str) -> Locator:
    return page.locator(f'.walk [data-part="{name}"]')


def point_at(canvas: Locator, row: float, column: float, rows: int, columns: int) -> None:
    box = canvas.bounding_box()
    assert box
    canvas.hover(
        position={
            "x": box["width"] * (column + 0.5) / columns,
            "y": box["height"] * (row + 0.5) / rows,
        }
    )


def test_a_link_pins_a_cell_and_keys_move_on(visit):
    tab = visit(f"{WALK}&cell=1,2")
    page, walked = tab.page, walk(**GIVEN)
    total, pin, output = (part(page, name) for name in ("sum", "pin", "output-canvas"))
    expect(total).to_have_text(walked.step(1, 2).arithmetic)
    expect(pin).to_have_attribute("aria-pressed", "true")
    output.focus()
    page.keyboard.press("Enter")
    expect(pin).to_have_attribute("aria-pressed", "false")
    page.wait_for_url(lambda url: "cell=" not in url)
    tab.settle()
    output.focus()
    for key in ("ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    expect(total).to_have_text(walked.step(2, 1).arithmetic)
    page.keyboard.press("Enter")
    expect(pin).to_have_attribute("aria-pressed", "true")
    page.wait_for_url(re.compile(r"cell=2(%2C|,)1"))
    tab.settle()
    scrub_through(page, [step.arithmetic for step in walked])


def scrub_through(page: Page, answers: list[str]) -> None:
    scrub, total, count = (part(page, name) for name in ("scrub", "sum", "count"))
    scrub.focus()
    page.keyboard.press("Home")
    expect(total).to_have_text(answers[0])
    for step in range(1, len(answers)):
        page.keyboard.press("ArrowRight")
        expect(total).to_have_text(answers[step])
        expect(count).to_have_text(f"{step + 1} / {len(answers)}")
    page.keyboard.press("Home")
    expect(total).to_have_text(answers[0])


def test_pointing_links_both_ways_and_a_pinned_cell_stays(visit):
    tab = visit(WALK)
    page, walked = tab.page, walk(**GIVEN)
    output = part(page, "output-canvas")
    point_at(output, 2, 1, 3, 3)
    expect(part(page, "sum")).to_have_text(walked.step(2, 1).arithmetic)
    point_at(part(page, "input-canvas"), 3, 3, 7, 7)  # row 2, column 2 within one cell of padding
    expect(part(page, "where")).to_contain_text("row 2, column 2")
    expect(part(page, "where")).to_contain_text(f"into {walked.feeds[2, 2]} outputs")
    output.click(position={"x": 5, "y": 5})
    pinned = walked.step(0, 0).arithmetic
    expect(part(page, "sum")).to_have_text(pinned)
    point_at(output, 2, 2, 3, 3)
    expect(part(page, "sum")).to_have_text(pinned)
    box = output.bounding_box()
    far = {"x": box["width"] - 8, "y": box["height"] - 8}
    output.click(position=far)  # another cell takes the pin over
    expect(part(page, "pin")).to_have_attribute("aria-pressed", "true")
    expect(part(page, "sum")).to_have_text(walked.step(2, 2).arithmetic)
    output.click(position=far)  # the same cell again lets go
    expect(part(page, "pin")).to_have_attribute("aria-pressed", "false")
    tab.settle()  # and stays in view when Python has heard of it
    expect(part(page, "sum")).to_have_text(walked.step(2, 2).arithmetic)
    point_at(output, 1, 1, 3, 3)
    expect(part(page, "sum")).to_have_text(walked.step(1, 1).arithmetic)
    plays_and_pauses(page)


def plays_and_pauses(page: Page) -> None:
    part(page, "scrub").focus()
    page.keyboard.press("Home")
    part(page, "speed").select_option("15")
    part(page, "play").click()
    expect(part(page, "count")).not_to_have_text("1 / 9")
    part(page, "play").click()
    stopped = part(page, "count").inner_text()
    page.wait_for_timeout(400)
    assert part(page, "count").inner_text() == stopped


def choose(tab: "Tab", view: str) -> None:
    tab.page.get_by_role("radio", name=VIEWS.option(view), exact=True).click()
    tab.settle()


def test_the_views_of_a_transposed_convolution_agree(visit):
    tab = visit("/Padding_Stride?section=walk&operation=transposed&stride=2&view=gather")
    page = tab.page
    given = {"operation": "transposed", "size": 6, "kernel": 3, "padding": 1, "stride": 2}
    wanted = f"= {walk(**given).outputs[1, 1]:g}".replace("-", "−")
    for view in ("gather", "zeros"):
        choose(tab, view)
        part(page, "output-canvas").focus()
        for key in ("ArrowDown", "ArrowRight"):
            page.keyboard.press(key)
        assert part(page, "sum").inner_text().endswith(wanted), view
    choose(tab, "scatter")
    expect(part(page, "where")).to_contain_text("row 0, column 0")
    part(page, "scrub").focus()
    page.keyboard.press("End")
    expect(part(page, "count")).to_have_text("36 / 36")
    expect(part(page, "where")).to_contain_text("row 5, column 5")


def test_a_layer_is_edited_in_the_table_and_stays_edited(visit):
    tab = visit("/Padding_Stride?section=stack")
    total = tab.page.get_by_text("62,558", exact=True)
    box = tab.page.get_by_test_id("stDataFrame").first.locator("canvas").first.bounding_box()
    for _ in range(10):  # the grid listens a little after it is drawn
        tab.page.mouse.click(box["x"] + 260, box["y"] + 35 * 1.5)  # filters of the first row
        tab.page.keyboard.type("8", delay=50)
        tab.page.keyboard.press("Enter")
        with contextlib.suppress(TimeoutError):
            total.wait_for(timeout=3000)
            break
    expect(total).to_be_visible()
    tab.settle()
    assert "layers=c8k5" in tab.page.url
    tab.page.get_by_role("radio", name="Output size").click()
    expect(tab.page.get_by_text("10 × 2 × 2").first).to_be_visible()
    tab.settle()
    tab.page.get_by_role("radio", name="A stack of layers").click()
    expect(total).to_be_visible()


def test_numbers_are_typed_and_a_button_sets_the_nearest_and_lets_go(visit):
    page = visit("/Padding_Stride?section=size&filters=7").page
    page.get_by_role("button", name="Padding after 1 → 3").click()
    expect(page.get_by_text("7 × 3 × 3").first).to_be_visible()
    stride = page.get_by_label("Stride (px)", exact=True)
    stride.fill("1")
    stride.press("Enter")
    expect(page.get_by_text("7 × 5 × 5").first).to_be_visible()
    kernel = page.get_by_label("Kernel", exact=True)
    kernel.fill("9")
    kernel.press("Enter")
    expect(page.get_by_text("The window covers 9 pixels").first).to_be_visible()
    field = page.get_by_label("Input (px)", exact=True)
    field.fill("227")
    field.press("Enter")
    expect(page.get_by_text("7 × 220 × 220").first).to_be_visible()
