"""Home against an empty Streamlit app: start to healthy, and first paint in Chromium.

python -m benchmarks.home
"""

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.serving import ROOT, STREAMLIT, serve

ROUNDS = 5
EMPTY = 'import streamlit as st\n\nst.title("Empty")\n'
PAINTED = "!!document.querySelector('[data-testid=stMain] h1')?.innerText"


def measure(folder: Path, browser: Browser) -> tuple[float, float]:
    """Start an app and open it; seconds until healthy, and from opening to its first heading."""
    with serve(STREAMLIT, folder) as server:
        page = browser.new_page()
        start = time.perf_counter()
        page.goto(server.url, wait_until="commit")
        page.wait_for_function(PAINTED, polling="raf", timeout=60_000)
        painted = time.perf_counter() - start
        page.close()
        return server.seconds, painted


def main() -> None:
    """Measure both in turns, and print medians and ratios."""
    found: dict[str, list[tuple[float, float]]] = {"empty": [], "Home": []}
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        empty = Path(name)
        (empty / "Home.py").write_text(EMPTY, "utf-8")
        shutil.copytree(ROOT / ".streamlit", empty / ".streamlit")
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        measure(empty, browser)  # the first round warms the disk
        measure(ROOT, browser)
        for _ in range(ROUNDS):
            found["empty"].append(measure(empty, browser))
            found["Home"].append(measure(ROOT, browser))
    for index, what in enumerate(("start to healthy", "first paint")):
        peer, ours = (
            statistics.median(times[index] for times in found[app]) for app in ("empty", "Home")
        )
        print(f"{what}: empty {peer:.2f} s, Home {ours:.2f} s, ratio {ours / peer:.2f}")


if __name__ == "__main__":
    main()
