"""Both doors in one process, and the second door alone."""

import asyncio
import contextlib
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from websockets.sync.client import connect

import app
from gallery import incident, warmth
from gallery.demos import demos
from gallery.words import shared
from tests.doors import both_doors, fetch, seen, send, wait_for
from tests.serving import API, STREAMLIT, Session, serve


@pytest.fixture(scope="session")
def url():
    return both_doors().url


def test_the_first_visitor_may_come_by_a_deep_link():
    """And meets the page inside the full navigation."""
    first, demo = both_doors(), demos()[0]
    assert first.first_status == 200
    assert first.first_title == demo.en.title
    assert first.first_heading == f"{demo.icon} {demo.en.title}"
    assert first.first_entries == [shared("en").labels.home, *(each.en.title for each in demos())]


@pytest.mark.slow
def test_the_first_visitors_may_come_by_deep_links_all_at_once(monkeypatch):
    """To demos that import one library each in another way, and none waits for another."""
    monkeypatch.setenv("GALLERY_WARM_UP", "off")
    first = [demos()[0], demos()[2], demos()[-1]]
    with serve(STREAMLIT) as server, contextlib.ExitStack() as stack:
        sessions = [stack.enter_context(Session(server.url, demo.url_path)) for demo in first]
        with ThreadPoolExecutor(len(first)) as pool:
            list(pool.map(Session.rerun, sessions))
        log = server.log.read_text("utf-8")
    titles = [shared("en").labels.home, *(each.en.title for each in demos())]
    for demo, session in zip(first, sessions, strict=True):
        assert seen(session) == (demo.en.title, f"{demo.icon} {demo.en.title}", titles)
    assert "incident" not in log


def test_the_pages_do_not_wait_for_the_second_door():
    assert both_doors().first_health == {"status": "ok", "api": False, "warm": False}


def test_both_doors_answer(url):
    wait_for(url, "api")
    for path in ("/", "/gradio/", "/health", "/_stcore/health", "/gradio/gradio_api/info"):
        assert fetch(f"{url}{path}", follow_redirects=True).status_code == 200, path
    assert "streamlit" in fetch(f"{url}/").text.lower()
    assert "gradio" in fetch(f"{url}/gradio/").text.lower()


def test_health_says_when_everything_is_warm(url):
    wait_for(url, "warm")
    assert fetch(f"{url}/health").json() == {"status": "ok", "api": True, "warm": True}
    assert "incident" not in Path(both_doors().log).read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("demo", demos(), ids=lambda each: each.name)
def test_every_page_opens_by_its_address(url, demo):
    assert fetch(f"{url}/{demo.url_path}").status_code == 200
    with Session(url, demo.url_path) as session:
        session.rerun()


def test_one_thread_at_a_time_imports_what_demos_compute_with(monkeypatch):
    """Else a visitor who comes while the gallery warms up may be handed a half-made library."""
    at_it, most = [], []

    def import_slowly(name):
        at_it.append(name)
        most.append(len(at_it))
        time.sleep(0.01)
        at_it.remove(name)

    monkeypatch.setattr(warmth.importlib, "import_module", import_slowly)
    monkeypatch.setattr(warmth, "_brought", set())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(warmth.bring, [*demos(), *demos()]))
    assert most
    assert max(most) == 1
    done = len(most)
    warmth.bring(demos()[0])
    assert len(most) == done, "who comes later waits for nobody"


def test_pages_speak_over_their_websocket(url):
    host = httpx.URL(url).netloc.decode()
    with connect(f"ws://{host}/_stcore/stream", subprotocols=["streamlit"]) as socket_:
        assert socket_.subprotocol == "streamlit"


def test_tools_call_this_server_whatever_the_host_header_says():
    """The MCP side calls the API over HTTP; a forged Host must not send it elsewhere."""
    tools = SimpleNamespace(local_url=None)

    async def answer(scope, receive, send):
        """Stand in for gradio."""

    async def knock(server):
        second = app.SecondDoor()
        second._app, second._door = answer, SimpleNamespace(mcp_server_obj=tools)
        second.tried.set()
        headers = [(b"host", b"elsewhere.example"), (b"x-forwarded-host", b"elsewhere.example")]
        await second({"type": "http", "headers": headers, "server": server}, None, None)

    asyncio.run(knock(("127.0.0.1", 8501)))
    assert tools._local_url == "http://127.0.0.1:8501/gradio/"
    asyncio.run(knock(("::1", 80)))
    assert tools._local_url == "http://[::1]:80/gradio/"
    asyncio.run(knock(("/run/gallery.sock", None)))
    assert tools._local_url == "http://[::1]:80/gradio/"


@pytest.mark.slow
def test_the_second_door_stands_alone():
    with serve(API, health="/") as server:
        address = server.url
        assert fetch(f"{address}/").status_code == 200
        info = fetch(f"{address}/gradio_api/info").json()["named_endpoints"]
        assert "/padding_stride_output_size" in info
        call = f"{address}/gradio_api/call/padding_stride_output_size"
        event = send(call, json={"data": [227, 11, 0, 4]}).json()["event_id"]
        assert "data: [55]" in fetch(f"{call}/{event}").text
        assert fetch(f"{address}/gradio_api/file=/etc/passwd").status_code == 403
        sent = send(f"{address}/gradio_api/upload", files={"files": ("a.txt", b"mine")})
        upload = Path(sent.json()[0])
        assert upload.read_bytes() == b"mine"
    assert not upload.parents[1].exists()  # nothing is left behind


# --- the central log line -----------------------------------------------------------------------


def fail(secret):
    try:
        raise KeyError(secret)
    except KeyError as error:
        raise ValueError(f"cannot use {secret}") from error


def caught(secret="my diary"):
    with pytest.raises(ValueError, match="cannot use") as found:
        fail(secret)
    return found.value


def test_a_second_door_that_does_not_open_apologises_and_the_pages_go_on(monkeypatch):
    def break_down():
        raise ImportError("no gradio here")

    async def knock():
        second = app.SecondDoor()
        await second.keep_open()
        answer = httpx.AsyncClient(transport=httpx.ASGITransport(second))
        async with answer as client:
            return await client.get("http://here/gradio/", headers={"Accept-Language": "zh"})

    monkeypatch.setattr(app, "_build", break_down)
    monkeypatch.setattr(app, "OPEN_AFTER", 0)
    answer = asyncio.run(knock())
    assert answer.status_code == 503
    name = re.search(r"[0-9a-f]{8}", answer.text).group()
    assert answer.text == shared("zh").labels["apology"](id=name)


def test_a_script_that_fails_outside_a_page_apologises(monkeypatch):
    said = []
    monkeypatch.setattr(app.st, "error", said.append)
    monkeypatch.setattr(app.st, "context", SimpleNamespace(headers={"accept-language": "zh"}))
    assert app._apologise_on_page(caught()) is True
    name = re.search(r"[0-9a-f]{8}", said[0]).group()
    assert said == [shared("zh").labels["apology"](id=name)]


def test_a_request_that_fails_apologises():
    request = SimpleNamespace(headers={"accept-language": "en"})
    answer = asyncio.run(app._apologise(request, caught()))
    assert answer.status_code == 500
    assert b"diary" not in answer.body
    assert re.search(rb"[0-9a-f]{8}", answer.body)


def test_an_incident_is_one_line_with_an_id_and_without_what_was_given(caplog, monkeypatch):
    monkeypatch.setattr(incident.LOGGER, "propagate", True)
    name = incident.report(caught(), "page edge_filters")
    record = caplog.records[0]
    assert len(set(caplog.messages)) == 1
    assert re.fullmatch(r"[0-9a-f]{8}", name)
    assert record.levelname == "ERROR"
    line = record.getMessage()
    assert line.startswith(f"incident {name} in page edge_filters: ValueError from KeyError | ")
    assert "diary" not in line
    assert "\n" not in line
    assert Path(__file__).name in line
    assert line.endswith("fail")


def test_incidents_have_different_ids():
    assert len({incident.report(caught()) for _ in range(20)}) == 20


def test_an_error_that_was_never_raised_can_be_reported():
    assert incident.report(RuntimeError())


def test_the_log_goes_to_the_error_stream_once(capsys, monkeypatch):
    monkeypatch.setattr(incident.LOGGER, "handlers", [])
    incident.log_to_stderr()
    incident.log_to_stderr()
    name = incident.report(caught(), "test")
    assert capsys.readouterr().err.count(name) == 1
