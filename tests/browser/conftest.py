"""A running gallery and a Chromium to visit it with.

    def test_x(visit):
        tab = visit("/Edge_Filters?section=canny", language="zh", width=390)
        tab.page.get_by_role("button", name="...").click()
        tab.settle()

Each tab is checked when the test ends: no error in the console, no request that left the machine.
"""

import contextlib
import functools
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    expect,
    sync_playwright,
)

from tests.conftest import IN_CI
from tests.doors import both_doors
from tests.serving import STREAMLIT, serve

expect.set_options(timeout=60_000)  # milliseconds

HERE = Path(__file__).parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PROBE = re.compile(r"/\w+/_stcore/(health|host-config)$")  # Streamlit asks where it is mounted
MEDIA = re.compile(r"/media/[0-9a-f]+\.\w+|source error - 404")  # replaced before it was fetched
HEIGHT = 900
PATIENCE = 120.0  # seconds that a busy machine may take
LOCAL = re.compile(r"(https?|wss?)://(127\.|localhost|\[::1\])|data:|blob:|about:")
TALK = HERE / "talk.js"
STILL = """([looks, limit]) => new Promise(done => {
  const start = performance.now();
  let still = 0, last = "";
  const look = () => {
    const talk = window.galleryTalk;
    const main = document.querySelector('[data-testid="stMain"]') || document.scrollingElement;
    const text = main.textContent.length;
    const busy = talk.asked || talk.running || (!talk.runs && !!document.querySelector('.stApp'))
      || [...document.images].some(image => !image.complete && image.loading !== 'lazy')
      || !!document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]');
    const seen = `${main.scrollHeight} ${text}`;
    still = busy || text < 10 || seen !== last ? 0 : still + 1;
    last = seen;
    if (still >= looks) done(true);
    else if (performance.now() - start > limit) done(false);
    else setTimeout(look, 50);
  };
  look();
})"""
BROKEN = """() => [...document.images]
  .filter(image => image.complete && !image.naturalWidth).map(image => image.src)"""
FINDINGS = """() => {
  const main = document.querySelector('[data-testid="stMain"]') || document.scrollingElement;
  const spares = '[data-testid="stDataFrame"], .js-plotly-plot, pre, [role=tablist]';
  const wide = [...main.querySelectorAll('*')].filter(
    e => e.getBoundingClientRect().right > innerWidth + 2
      && getComputedStyle(e).position !== 'fixed' && !e.closest(spares));
  const texts = query => [...document.querySelectorAll(query)].map(e => e.innerText.slice(0, 160));
  return {
    overflow: main.scrollWidth > main.clientWidth + 2
      ? wide.slice(0, 3).map(e => e.tagName + '.' + String(e.className).slice(0, 60)) : [],
    without_alt: [...main.querySelectorAll('img')].filter(i => !i.alt || i.alt === '0')
      .map(i => i.src.slice(0, 80)),
    errors: texts('[data-testid="stException"], [data-testid="stAlertContentError"]'),
    dialogs: texts('[role=dialog]'),
  }}"""


@dataclass
class Tab:
    """One open page, with what it printed to its console and where it sent requests."""

    page: Page
    console: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # pictures that were not there in the end
    forgiving: bool = False  # set where a test provokes an error in the console on purpose

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", self._fail)
        self.page.on("request", self._note)

    def leave(self) -> None:
        """Listen no more: another test goes on in this tab, which has the scripts compiled."""
        self.broken = [] if self.page.is_closed() else self.page.evaluate(BROKEN)
        self.page.remove_listener("console", self._hear)
        self.page.remove_listener("pageerror", self._fail)
        self.page.remove_listener("request", self._note)

    def _hear(self, message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        said = f"{message.text} {url}"
        if message.type == "error" and not PROBE.search(url) and not MEDIA.search(said):
            self.console.append(said)

    def _fail(self, error: Error) -> None:
        self.console.append(str(error))

    def _note(self, request: Request) -> None:
        self.requests.append(request.url)
        if not LOCAL.match(request.url):
            self.outside.append(request.url)

    def findings(self) -> dict[str, Any]:
        """Look for sideways overflow, pictures without alt text, error boxes and dialogs."""
        found: dict[str, Any] = self.page.evaluate(FINDINGS)
        return found

    def resize(self, width: int) -> None:
        """Look through a window of another width."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        self.settle(still_for=0.3)

    def settle(self, still_for: float = 0.35, limit: float = PATIENCE) -> None:
        """Wait until all that was asked is answered, and text and height have stood still."""
        end = time.monotonic() + limit
        while (left := end - time.monotonic()) > 0:
            with contextlib.suppress(Error):  # the page may be left for another while it is watched
                if self.page.evaluate(STILL, [20 * still_for, 1000 * left]):
                    return
            time.sleep(0.05)
        raise AssertionError(f"{self.page.url} did not settle within {limit} s")

    def assert_clean(self) -> None:
        """Fail where the console holds an error, a picture is broken or a request left."""
        assert self.forgiving or self.console == []
        assert self.broken == []
        assert self.outside == []


Visit = Callable[..., Tab]


@pytest.fixture
def fresh_url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Address of a ``streamlit run Home.py`` that has answered nobody yet."""
    monkeypatch.setenv("GALLERY_WARM_UP", "off")  # it will not live long enough
    with serve(STREAMLIT) as server:
        yield server.url


@dataclass
class Tabs:
    """The machine's own Chromium and its tabs: opened once, used by many tests."""

    browser: Browser
    contexts: dict[tuple[str, bool], BrowserContext] = field(default_factory=dict)
    free: dict[tuple[str, bool], list[Page]] = field(default_factory=dict)

    def take(self, kind: tuple[str, bool]) -> Page:
        """A tab that nobody uses, for a language of the browser and with or without touch."""
        if kind not in self.contexts:
            self.contexts[kind] = self.browser.new_context(locale=kind[0], has_touch=kind[1])
            self.contexts[kind].set_default_timeout(1000 * PATIENCE)
            self.contexts[kind].add_init_script(path=TALK)
        waiting = self.free.setdefault(kind, [])
        return waiting.pop() if waiting else self.contexts[kind].new_page()

    def give_back(self, kind: tuple[str, bool], page: Page) -> None:
        """Let others use a tab."""
        page.context.clear_cookies()
        page.context.clear_permissions()
        self.free[kind].append(page)


running = contextlib.ExitStack()  # Chromium and the event loop that drives it


@functools.cache
def tabs() -> Tabs:
    """Chromium, without a window, until the last browser test in a row is over."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if not executable:
        pytest.skip("needs Chromium on the path (Debian: apt-get install chromium)")
    playwright = running.enter_context(sync_playwright())
    browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
    running.callback(browser.close)
    return Tabs(browser)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In CI, where all tests share two cores with Chromium, try once more what failed.

    A run grants this twice at most, and ends with the tracebacks of whatever it was granted to.
    """
    for item in items:
        if IN_CI and item.path.parent == HERE:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    """End Chromium before other tests come, which may want an event loop of their own."""
    yield
    if nextitem is None or nextitem.path.parent != HERE:
        tabs.cache_clear()
        running.close()


@pytest.fixture
def visit() -> Iterator[Visit]:
    """Open a page of the gallery in a tab of its own and wait until it stands still."""
    opened: list[tuple[tuple[str, bool], Tab, bool]] = []  # and whether its server goes on

    def open_page(
        path: str,
        language: str | None = "en",
        width: int = 1280,
        theme: str = "light",
        base: str | None = None,
        settle: bool = True,
        locale: str | None = None,
        touch: bool = False,
    ) -> Tab:
        kind = (locale or "en-GB", touch or width < 500)
        page = tabs().take(kind)
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        tab = Tab(page)
        opened.append((kind, tab, base is None))
        base = base or both_doors().url
        joint = "&" if "?" in path else "?"
        query = f"{joint}lang={language}" if language else ""
        tab.page.goto(f"{base}{path}{query}", wait_until="domcontentloaded")
        if settle:
            tab.settle()
        return tab

    yield open_page
    for kind, tab, goes_on in opened:
        tab.leave()
        if goes_on:
            tabs().give_back(kind, tab.page)
        else:
            tab.page.close()  # or it would go on asking for a server that is gone
    for _, tab, _ in opened:
        tab.assert_clean()
