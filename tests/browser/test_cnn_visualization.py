"""Looking into the network by hand: strip, tiles, film; own photo; a bad file."""

import io
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image

from gallery.demos import demos
from tests.browser.test_home import trouble

if TYPE_CHECKING:
    from tests.browser.conftest import Tab, Visit

pytestmark = pytest.mark.browser
DEMO = next(demo for demo in demos() if demo.name == "cnn_visualization")
PAGE = "/CNN_Visualization"


def address(tab: "Tab") -> dict[str, list[str]]:
    return parse_qs(urlsplit(tab.page.url).query)


def test_a_layer_of_the_strip_can_be_chosen_by_hand_and_by_key(visit: "Visit") -> None:
    tab = visit(PAGE)
    tab.page.locator('.strip button[aria-label^="features.16 "]').click()
    tab.settle()
    assert address(tab)["layer"] == ["features.16"]
    bar = tab.page.locator('.strip button[aria-label^="features.16 "]')
    assert bar.get_attribute("aria-pressed") == "true"
    bar.focus()
    tab.page.keyboard.press("ArrowRight")
    tab.page.keyboard.press("Enter")
    tab.settle()
    assert address(tab)["layer"] == ["features.17"]
    assert tab.page.get_by_text("294,912").count() == 1


def test_a_link_opens_a_channel_and_so_does_its_tile(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=maps&map_layer=features.16&all=1&channel=7")
    heading = "Samples that excite channel {} most"
    tab.page.get_by_text(heading.format(7)).wait_for()
    tile = tab.page.locator('.tiles button[aria-pressed="false"]').nth(5)
    number = tile.locator(".name").inner_text().split(":")[0]
    tile.click()
    tab.settle()
    assert address(tab)["channel"] == [number]
    tab.page.get_by_text(heading.format(number)).wait_for()


def test_a_film_runs_and_stops(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=seeks&steps=256&dream_side=192")
    main = tab.page.get_by_test_id("stMainBlockContainer")  # the header has a Stop of its own
    main.get_by_role("button", name="Start", exact=True).click()
    tab.page.get_by_text(re.compile(r"step \d+ of 257")).wait_for()
    main.get_by_role("button", name="Stop", exact=True).click()
    tab.page.get_by_text("Stopped at step").wait_for()
    tab.settle()
    assert trouble(tab.findings()) == {}


def test_an_own_photo_is_looked_at_and_a_bad_file_keeps_it(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=why")
    target = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    Image.fromarray(noise).save(target, "PNG")
    tab.page.get_by_role("combobox").first.click()
    tab.page.get_by_role("option", name="Your own photo").click()
    tab.settle()
    chooser = tab.page.locator('input[type="file"]').first
    chooser.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": target.getvalue()})
    tab.page.get_by_text("120 × 90").first.wait_for()
    tab.settle()
    assert trouble(tab.findings()) == {}
    chooser = tab.page.locator('input[type="file"]').first
    chooser.set_input_files({"name": "b.png", "mimeType": "image/png", "buffer": b"not a picture"})
    tab.page.get_by_text("This is not a picture we can open").wait_for()
    tab.settle()
    assert tab.page.locator(".js-plotly-plot").count() >= 1
