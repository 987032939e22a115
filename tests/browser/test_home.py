"""Home and every page as a visitor sees them: both languages, wide and narrow, first deep link."""

from typing import TYPE_CHECKING

import pytest

from gallery.demos import Demo, Language, demos
from gallery.words import shared

if TYPE_CHECKING:
    from tests.browser.conftest import Tab, Visit

pytestmark = pytest.mark.browser
DEMO = pytest.mark.parametrize("demo", demos(), ids=lambda demo: demo.name)


def trouble(found: dict[str, object]) -> dict[str, object]:
    """What a page must not show: overflow, pictures without words, errors, dialogs."""
    kinds = ("overflow", "without_alt", "errors", "dialogs")
    return {kind: found[kind] for kind in kinds if found[kind]}


def shows_every_demo(tab: "Tab", language: Language) -> None:
    assert tab.page.locator("h1").inner_text() == shared(language).labels.gallery
    main = tab.page.get_by_test_id("stMain")
    for demo in demos():
        assert main.get_by_role("img", name=demo.worded(language).title).count() == 1
        assert main.get_by_role("link", name=demo.worded(language).title).count() >= 1
    assert trouble(tab.findings()) == {}


def search(tab: "Tab", language: Language) -> None:
    labels = shared(language).labels
    wanted, *others = demos()
    box = tab.page.get_by_label(labels.search)
    box.fill(wanted.worded(language).title)
    box.press("Enter")
    tab.settle()
    pictures = tab.page.get_by_test_id("stMain").locator("img[alt]")
    found = {picture.get_attribute("alt") for picture in pictures.all()}
    assert wanted.worded(language).title in found
    assert len(found) < 1 + len(others)
    box.fill("zzzz")
    box.press("Enter")
    tab.page.get_by_text(labels.search_nothing(query="zzzz")).wait_for()
    box.fill("")
    box.press("Enter")
    tab.settle()


def switch(tab: "Tab", language: Language) -> None:
    tab.page.get_by_role("radio", name={"en": "English", "zh": "中文"}[language]).click()
    tab.page.wait_for_url(f"**lang={language}*")
    tab.settle()


def test_home_in_both_languages_on_a_desk_and_a_phone(visit: "Visit") -> None:
    tab = visit("/", language=None, touch=True)
    shows_every_demo(tab, "en")
    search(tab, "en")
    tab.resize(390)
    shows_every_demo(tab, "en")
    switch(tab, "zh")
    shows_every_demo(tab, "zh")
    tab.resize(1280)
    shows_every_demo(tab, "zh")
    search(tab, "zh")
    demo = demos()[0]
    tab.page.get_by_test_id("stMain").get_by_role("link", name=demo.zh.title).first.click()
    tab.page.get_by_role("heading", level=1, name=demo.zh.title).wait_for()


def test_browser_language_is_the_first_guess(visit: "Visit") -> None:
    tab = visit("/", language=None, locale="zh-CN")
    assert tab.page.locator("h1").inner_text() == shared("zh").labels.gallery


@DEMO
def test_a_page_opens_and_shows_every_section_on_a_phone_in_the_dark(
    visit: "Visit", demo: Demo
) -> None:
    tab = visit(f"/{demo.url_path}", "en", 1280, touch=True)
    assert demo.en.title in tab.page.title()
    assert demo.en.title in tab.page.locator("h1").inner_text()
    assert trouble(tab.findings()) == {}
    tab.page.emulate_media(color_scheme="dark")
    tab.resize(390)
    switch(tab, "zh")
    assert demo.zh.title in tab.page.locator("h1").inner_text()
    for section in demo.zh.sections.values():
        tab.page.get_by_role("radio", name=section.title, exact=True).click()
        tab.page.get_by_text(section.lead, exact=True).wait_for()
        tab.settle(still_for=0.25)
        assert trouble(tab.findings()) == {}, section.key


def navigation(tab: "Tab") -> set[str]:
    """The titles of all pages in the bar on top, its menus opened one after the other."""
    bar = tab.page.get_by_test_id("stTopNav")
    titles = set(bar.get_by_role("link").all_inner_texts())
    for menu in bar.get_by_role("button").all():
        menu.click()
        links = tab.page.get_by_test_id("stTopNavDropdownLink")
        links.first.wait_for()
        titles |= set(links.all_inner_texts())
        tab.page.keyboard.press("Escape")
        links.first.wait_for(state="hidden")
    return titles


def test_first_request_of_a_process_may_be_a_deep_link(fresh_url: str, visit: "Visit") -> None:
    demo = demos()[0]
    tab = visit(f"/{demo.url_path}", language=None, base=fresh_url)
    assert demo.en.title in tab.page.locator("h1").inner_text()
    assert demo.en.title in tab.page.title()
    assert tab.page.url.startswith(f"{fresh_url}/{demo.url_path}")
    assert trouble(tab.findings()) == {}
    assert navigation(tab) == {shared("en").labels.home, *(other.en.title for other in demos())}
