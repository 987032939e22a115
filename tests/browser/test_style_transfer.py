"""Painting by hand: the wiper and its strength, the pad, the brush, and a film that stops."""

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.test_home import trouble

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import Tab, Visit

pytestmark = pytest.mark.browser
PAGE = "/Style_Transfer"
SUM = """canvas => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) sum += data[i] * (1 + (i % 101));
  return sum;
}"""  # changes when the picture does


def address(tab: "Tab") -> dict[str, list[str]]:
    return parse_qs(urlsplit(tab.page.url).query)


def drag(tab: "Tab", place: "Locator", *way: tuple[float, float]) -> None:
    """Press at the first place (shares of width and height), move to the others, let go."""
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box is not None
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in way]
    tab.page.mouse.move(*points[0])
    tab.page.mouse.down()
    for point in points[1:]:
        tab.page.mouse.move(*point, steps=4)
    tab.page.mouse.up()


def test_the_wiper_and_the_strength_follow_the_hand(visit: "Visit") -> None:
    tab = visit(PAGE)
    stage = tab.page.locator(".wiper .stage")
    drag(tab, stage, (0.5, 0.5), (0.2, 0.5))
    assert abs(int(stage.get_attribute("aria-valuenow") or 0) - 20) <= 2
    stage.press("End")
    assert stage.get_attribute("aria-valuenow") == "100"
    strength = tab.page.locator(".wiper .strength input")
    strength.fill("40")
    assert tab.page.locator(".wiper .after").evaluate("e => e.style.opacity") == "0.4"
    tab.settle()
    assert address(tab)["strength"] == ["0.4"]
    assert strength.input_value() == "40"
    assert trouble(tab.findings()) == {}


def test_the_pad_blends_under_the_hand_and_the_link_remembers(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=blend&corner_3=none&corner_4=none")
    picture = tab.page.locator(".blend .picture")
    tab.page.wait_for_function(f"""() => {{
      const hosts = [...document.querySelectorAll('*')].filter(e => e.shadowRoot);
      const found = hosts.map(e => e.shadowRoot.querySelector('.blend .picture')).find(Boolean);
      return found && ({SUM})(found) > 0; }}""")
    before = picture.evaluate(SUM)
    drag(tab, tab.page.locator(".blend .pad"), (0.5, 0.5), (0.9, 0.5))
    assert picture.evaluate(SUM) != before
    share = tab.page.locator('.blend .corner[data-place="1"] output').inner_text()
    assert 85 <= int(share.split()[0]) <= 95
    tab.settle()
    across, down = map(float, address(tab)["at"][0].split(","))
    assert abs(across - 0.9) < 0.02
    assert down == 0.5
    assert trouble(tab.findings()) == {}


def test_a_brushed_mask_changes_the_picture_and_can_be_undone(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=regions&shape=left&feather=0")
    said = re.compile(r"under the mask \((\d+)% of the area\)")
    tab.page.get_by_text(said).wait_for()
    canvas = tab.page.locator(".brush canvas")
    before = canvas.evaluate(SUM)
    drag(tab, tab.page.locator(".brush .stage"), (0.7, 0.3), (0.9, 0.3), (0.9, 0.7))
    assert canvas.evaluate(SUM) != before
    tab.settle()
    match = said.search(tab.page.get_by_text(said).inner_text())
    assert match is not None
    assert int(match[1]) > 50
    tab.page.locator('.brush [data-do="undo"]').click()
    tab.page.get_by_text("under the mask (50% of the area)").wait_for()
    assert canvas.evaluate(SUM) == before
    assert trouble(tab.findings()) == {}


def test_a_picture_forms_stops_goes_on_and_is_scrubbed(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=definition&side=64&steps=500")
    main = tab.page.get_by_test_id("stMainBlockContainer")  # the header has a Stop of its own
    main.get_by_role("button", name="Start", exact=True).click()
    tab.page.get_by_text(re.compile(r"step \d+ of 501")).wait_for()
    main.get_by_role("button", name="Stop", exact=True).click()
    tab.page.get_by_text("Stopped at step").wait_for()
    tab.settle()
    film = tab.page.locator(".film")
    last = film.locator("img").get_attribute("src")
    film.locator("input").fill("0")
    assert "Step 0:" in film.locator(".told").inner_text()
    assert film.locator("img").get_attribute("src") != last
    main.get_by_role("button", name=re.compile("Go on, 500 steps")).click()
    tab.page.get_by_text(re.compile(r"step \d+ of (?!501\b)\d+")).wait_for()
    main.get_by_role("button", name="Stop", exact=True).click()
    tab.settle()
    assert trouble(tab.findings()) == {}


def test_the_pad_and_the_brush_answer_to_keys(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=blend&corner_3=none&corner_4=none")
    pad = tab.page.locator(".blend .pad")
    pad.press("Shift+ArrowRight")
    tab.settle()
    assert address(tab)["at"] == ["0.6,0.5"]
    assert "60 %" in (pad.get_attribute("aria-valuetext") or "")
    tab = visit(f"{PAGE}?section=regions&shape=left&feather=0")
    tab.page.get_by_text("under the mask (50% of the area)").wait_for()
    stage = tab.page.locator(".brush .stage")
    for _ in range(3):
        stage.press("Shift+ArrowRight")
    stage.press("Space")
    tab.page.get_by_text(re.compile(r"under the mask \(5[1-9]% of the area\)")).wait_for()
    assert trouble(tab.findings()) == {}


def test_large_tiles_appear_and_stop(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?size=2048")
    main = tab.page.get_by_test_id("stMainBlockContainer")
    main.get_by_role("button", name="Start", exact=True).click()
    tab.page.get_by_text(re.compile(r"step \d+ of 24")).wait_for()
    tab.page.get_by_alt_text("Full size").wait_for()
    main.get_by_role("button", name="Stop", exact=True).click()
    tab.page.get_by_text("Stopped at step").wait_for()
    tab.settle()
    assert trouble(tab.findings()) == {}


def test_a_result_brings_its_settings_back(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?style=mosaic&strength=0.4")
    tab.page.locator(".wiper .after").wait_for()
    tab.settle()
    tab.page.get_by_test_id("stMainBlockContainer").get_by_text("Compare", exact=True).click()
    tab.page.get_by_text("Results of this photo: 1;").wait_for()
    tab.settle()
    assert address(tab)["section"] == ["compare"]
    tab.page.get_by_role("button", name="Bring its settings back").click()
    strength = tab.page.locator(".wiper .strength input:visible")  # that of the results is hidden
    strength.wait_for()
    tab.settle()
    assert address(tab)["style"] == ["mosaic"]
    assert address(tab)["strength"] == ["0.4"]
    assert strength.input_value() == "40"
    assert trouble(tab.findings()) == {}
