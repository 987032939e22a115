"""Faces by hand: a threshold, a veil, a photo that is forgotten, people who are enrolled."""

import re
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from gallery.photo import open_sample
from tests.browser.test_home import trouble

if TYPE_CHECKING:
    from tests.browser.conftest import Tab, Visit

pytestmark = pytest.mark.browser
PAGE = "/Face_Recognition"
WATCH = """b => {
  b.seen = [];
  new MutationObserver(() => b.seen.push(b.textContent)).observe(b, { childList: true });
}"""  # every text that an element shows from now on


def address(tab: "Tab") -> dict[str, list[str]]:
    return parse_qs(urlsplit(tab.page.url).query)


def test_the_threshold_and_the_veil_follow_the_hand(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=verify")
    accepts = tab.page.locator(".cutter .accepts b")
    slider = tab.page.locator(".cutter input")
    accepts.evaluate(WATCH)
    slider.press("Home")
    slider.press("End")  # before Python has answered the first
    tab.settle()
    seen = [text for text, _ in groupby(accepts.evaluate("b => b.seen"))]
    assert seen == ["0.0 %", "100.0 %"], "the answer to the first moves nothing back"
    assert tab.page.locator(".cutter .rejects b").inner_text() == "0.0 %"
    tab.page.locator(".cutter .verdict", has_text="taken for one person").wait_for()
    tab.page.wait_for_url(re.compile("threshold=2"))
    tab.page.get_by_role("radio", name="Hide a face").click()
    veil = tab.page.locator(".veil")
    veil.wait_for()
    clear = veil.locator("img").get_attribute("src")
    veil.locator("input").press("End")
    assert veil.locator("img").get_attribute("src") != clear
    assert veil.locator("output").inner_text() == "0.5"
    tab.page.wait_for_url(re.compile("strength=0.5"))
    assert address(tab)["section"] == ["hide"]
    assert trouble(tab.findings()) == {}


def media(tab: "Tab") -> list[str]:
    """Addresses of the pictures that stand on the page."""
    found: list[str] = tab.page.evaluate(
        "() => [...document.images].map(image => image.src).filter(src => src.includes('/media/'))"
    )
    return found


def test_a_photo_is_gone_with_one_button(visit: "Visit", tmp_path: Path) -> None:
    mirrored = tmp_path / "me.png"  # a photo that is nobody's sample
    Image.fromarray(open_sample("hopper").pixels[:, ::-1]).save(mirrored)
    tab = visit(PAGE, language="zh", width=390, theme="dark")
    before = set(media(tab))
    box = tab.page.get_by_test_id("stMain").get_by_role("combobox").first
    box.scroll_into_view_if_needed()
    tab.settle()  # a list that has just opened closes when the page scrolls
    box.click()
    tab.page.get_by_role("option", name="自己的照片").click()
    chooser = tab.page.locator('input[type="file"]').first
    chooser.set_input_files(mirrored)
    tab.page.get_by_role("button", name="删除我的照片").wait_for()
    tab.settle()
    mine = set(media(tab)) - before
    assert mine, "the face was shown"
    assert set(address(tab)) == {"lang"}
    assert trouble(tab.findings()) == {}
    tab.page.get_by_role("button", name="立即忘掉所有人脸").click()
    chooser.wait_for(state="detached")
    tab.page.get_by_text("已忘掉").wait_for()
    assert set(address(tab)) == {"lang"}
    tab.settle()
    for url in mine:  # whoever noted the address of a picture finds nothing there
        assert tab.page.request.get(url).status == 404


LETTERS = """svg => {
  const shrunk = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  return [...svg.querySelectorAll('text')].map(
    text => parseFloat(getComputedStyle(text).fontSize) * shrunk);
}"""


@pytest.mark.parametrize(("section", "part"), [("verify", ".counts svg"), ("hide", ".chart svg")])
def test_letters_in_a_curve_can_be_read_on_a_phone(section: str, part: str, visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section={section}", width=390)
    svg = tab.page.locator(part).first
    svg.wait_for()
    assert min(svg.evaluate(LETTERS)) > 9
    tab.resize(1280)
    assert 9 < min(svg.evaluate(LETTERS)) < 14
    tab.resize(390)
    assert min(svg.evaluate(LETTERS)) > 9


def test_somebody_is_enrolled_recognised_and_forgotten(visit: "Visit") -> None:
    tab = visit(f"{PAGE}?section=recognise&crowd=astronaut_again")
    page = tab.page
    page.get_by_text("Enrolled in this session: 2").wait_for()
    page.get_by_text("Enrol a face").click()
    tab.settle()  # what has just opened moves down until its photo is there
    page.get_by_label("Who is this?").fill("Colonel *Eileen*")
    page.get_by_role("button", name="Enrol", exact=True).click()
    page.get_by_text("Enrolled in this session: 3").wait_for()
    on_photo = page.locator(".js-plotly-plot .annotation", has_text="Colonel *Eileen*")
    on_photo.first.wait_for()  # of one photo the distance is 0
    tab.settle()
    assert "Colonel" not in page.url
    card = page.get_by_label("Name of Colonel *Eileen*")
    card.fill("The pilot")
    card.press("Enter")
    renamed = page.locator(".js-plotly-plot .annotation", has_text="The pilot")
    renamed.first.wait_for()
    tab.settle()
    page.get_by_role("button", name="Delete").last.click()
    page.get_by_text("Enrolled in this session: 2").wait_for()
    renamed.first.wait_for(state="detached")
    assert address(tab)["crowd"] == ["astronaut_again"]
    assert trouble(tab.findings()) == {}
