"""The ground all tests stand on: few threads, no network but loopback, no silent skip."""

import functools
import gc
import os
import socket
from collections.abc import Iterator
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1" if "PYTEST_XDIST_WORKER" in os.environ else "2"  # for torch
os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # several processes: who waits, sleeps
os.environ["GALLERY_DEVICE"] = "cpu"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["STREAMLIT_BROWSER_GATHER_USAGE_STATS"] = "false"

import hypothesis
import pytest

from tests.whole_run import whole_run

IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}
EXPECTED_SKIPS = ("needs a GPU",)  # beginnings of the reasons that CI accepts
LONGEST = ("tests/test_demos.py", "tests/browser/", "tests/test_api.py", "tests/test_memory.py")

hypothesis.settings.register_profile("home", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if IN_CI else "home")


def is_local(address: Any) -> bool:
    """Whether a socket address stays on this machine: a path, or a host of loopback."""
    if not isinstance(address, tuple):
        return True
    host = address[0].decode() if isinstance(address[0], bytes) else str(address[0])
    return host in {"", "localhost", "::1", "0.0.0.0", "::"} or host.startswith("127.")


@pytest.fixture(scope="session", autouse=True)
def offline() -> Iterator[None]:
    """Behave like a machine without a network: everything but loopback is unreachable."""
    patch = pytest.MonkeyPatch()
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connect_locally(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not is_local(address):
            raise OSError(101, f"tests reach loopback only, not {address}")
        connect(self, address)

    def look_up_locally(host: Any, *rest: Any, **more: Any) -> Any:
        if host is not None and not is_local((host,)):
            raise socket.gaierror(socket.EAI_NONAME, f"tests reach loopback only, not {host}")
        return look_up(host, *rest, **more)

    patch.setattr(socket.socket, "connect", connect_locally)
    patch.setattr(socket, "getaddrinfo", look_up_locally)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def one_scan() -> Iterator[None]:
    """Look only once, not for every AppTest, which installed packages bring components."""
    from streamlit.components.v2 import manifest_scanner

    patch = pytest.MonkeyPatch()
    scan = functools.cache(manifest_scanner.scan_component_manifests)
    patch.setattr(manifest_scanner, "scan_component_manifests", scan)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def light_collector() -> Iterator[None]:
    """Let the garbage collector walk over what tests make, and not over all that was imported.

    A load of a network collects in full, and so does Streamlit after every run of a page. Between
    all the libraries of a run of tests that would take longer than what is tested.
    """
    gc.collect()
    gc.freeze()
    patch = pytest.MonkeyPatch()
    patch.setattr(gc, "unfreeze", lambda: None)
    yield
    patch.undo()
    gc.unfreeze()


def pytest_configure(config: pytest.Config) -> None:
    """Begin a run, in the process that leads it: workers of pytest-xdist are led."""
    if not hasattr(config, "workerinput"):
        run = whole_run()
        run.__enter__()
        config.add_cleanup(lambda: run.__exit__(None, None, None))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker is left alone with one in the end.

    The pages and the browser share the machine well: one computes while the other waits.
    """

    def place(item: pytest.Item) -> int:
        found = (n for n, name in enumerate(LONGEST) if item.nodeid.startswith(name))
        return next(found, len(LONGEST))

    items.sort(key=place)


def refuse_skip(report: Any) -> None:
    """In CI, turn a skip that nobody announced into a failure."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    reason = reason.removeprefix("Skipped: ")
    if IN_CI and not hasattr(report, "wasxfail") and not reason.startswith(EXPECTED_SKIPS):
        report.outcome = "failed"
        report.longrepr = f"CI expects no skip, but: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Any:
    """Look at the report of each test."""
    report = yield
    if report.skipped:
        refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Any:
    """Look at the report of each file that is collected."""
    report = yield
    if report.skipped:
        refuse_skip(report)
    return report
