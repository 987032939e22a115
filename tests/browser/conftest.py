"""A running gallery and a Chromium to visit it with.

    def test_x(visit):
        tab = visit("/Edge_Filters?section=canny", language="zh", width=390)
        tab.page.get_by_role("button", name="...").click()
        tab.settle()

Each tab is checked when the test ends: no error in the console, no request that left the machine.
"""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Request,
    sync_playwright,
)

from tests.serving import ASGI, STREAMLIT, serve

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
LOCAL = re.compile(r"(https?|wss?)://(127\.|localhost|\[::1\])|data:|blob:|about:")
STATE = """() => {
  const main = document.querySelector('[data-testid="stMain"]') || document.scrollingElement;
  return {
    height: main.scrollHeight,
    text: main.textContent.length,
    busy: !!document.querySelector(
      '[data-testid="stStatusWidget"], [data-testid="stSkeleton"], [data-stale="true"]'),
  }}"""
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
    forgiving: bool = False  # set where a test provokes an error in the console on purpose

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", self._fail)
        self.page.on("request", self._note)

    def leave(self) -> None:
        """Listen no more: another test goes on in this tab, which has the scripts compiled."""
        self.page.remove_listener("console", self._hear)
        self.page.remove_listener("pageerror", self._fail)
        self.page.remove_listener("request", self._note)

    def _hear(self, message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        if message.type == "error" and not PROBE.search(url):
            self.console.append(f"{message.text} {url}")

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

    def settle(self, still_for: float = 0.7, limit: float = 60.0) -> None:
        """Wait until nothing runs and text and height have stood still for a moment."""
        start = still = time.monotonic()
        last = None
        while time.monotonic() - start < limit:
            now = self.page.evaluate(STATE)
            if now["busy"] or now["text"] < 10 or now != last:
                still, last = time.monotonic(), now
            elif time.monotonic() - still > still_for:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{self.page.url} did not settle within {limit} s")

    def assert_clean(self) -> None:
        """Fail where the console holds an error or a request left the machine."""
        assert self.forgiving or self.console == []
        assert self.outside == []


Visit = Callable[..., Tab]


@pytest.fixture(scope="session")
def gallery_url() -> Iterator[str]:
    """Address of ``streamlit run Home.py``, shared by all browser tests."""
    with serve(STREAMLIT) as server:
        yield server.url


@pytest.fixture(scope="session")
def asgi_url() -> Iterator[str]:
    """Address of ``uvicorn app:app``, both doors in one process."""
    with serve(ASGI) as server:
        yield server.url


@pytest.fixture(params=[STREAMLIT, ASGI], ids=["streamlit", "asgi"])
def fresh_url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Address of a process that has answered nobody yet, once through each door."""
    monkeypatch.setenv("GALLERY_WARM_UP", "off")  # it will not live long enough
    with serve(request.param) as server:
        yield server.url


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright of one test file: its event loop must not outlive the browser tests."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The machine's own Chromium, without a window."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if not executable:
        pytest.skip("needs Chromium on the path (Debian: apt-get install chromium)")
    browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
    yield browser
    browser.close()


@dataclass
class Tabs:
    """The tabs of one browser, by language and kind of pointer: opened once, used by many tests."""

    browser: Browser
    contexts: dict[tuple[str, bool], BrowserContext] = field(default_factory=dict)
    free: dict[tuple[str, bool], list[Page]] = field(default_factory=dict)

    def take(self, kind: tuple[str, bool]) -> Page:
        """A tab that nobody uses."""
        if kind not in self.contexts:
            self.contexts[kind] = self.browser.new_context(locale=kind[0], has_touch=kind[1])
        waiting = self.free.setdefault(kind, [])
        return waiting.pop() if waiting else self.contexts[kind].new_page()

    def give_back(self, kind: tuple[str, bool], page: Page) -> None:
        """Let others use a tab."""
        page.context.clear_cookies()
        page.context.clear_permissions()
        self.free[kind].append(page)


@pytest.fixture(scope="module")
def tabs(chromium: Browser) -> Tabs:
    """The tabs of one test file."""
    return Tabs(chromium)


@pytest.fixture
def visit(tabs: Tabs, request: pytest.FixtureRequest) -> Iterator[Visit]:
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
    ) -> Tab:
        kind = (locale or {"zh": "zh-CN"}.get(language or "", "en-GB"), width < 500)
        page = tabs.take(kind)
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        tab = Tab(page)
        opened.append((kind, tab, base is None))
        base = base or request.getfixturevalue("gallery_url")
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
            tabs.give_back(kind, tab.page)
        else:
            tab.page.close()  # or it would go on asking for a server that is gone
    for _, tab, _ in opened:
        tab.assert_clean()
