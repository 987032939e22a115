"""The second door over real HTTP: same answers, same sentences, and nothing else gets through."""

import asyncio
import base64
import contextlib
import dataclasses
import functools
import importlib.util
import inspect
import io
import json
import logging
import math
import os
import re
import socket
import time
import typing
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import httpx
import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator
from PIL import Image

import api
from gallery.api import bodies, boundary
from gallery.api.boundary import Door
from gallery.api.endpoints import endpoints
from gallery.api.inputs import example_text
from gallery.api.language import language_of
from gallery.api.parameters import PHOTOS, REQUIRED
from gallery.api.plain import plain
from gallery.demos import demos
from gallery.words import sentence, shared
from models._errors import GalleryError, InputError
from models._images import read_photo
from models._ranges import Range, limits
from models._reading import CHARACTERS
from tests.doors import both_doors, fetch, send, wait_for
from tests.patience import within
from tests.strategies import arguments, outside
from tests.test_images import bomb

ENDPOINTS = [endpoint for demo in demos() for endpoint in endpoints(demo.name)]
FUNCTIONS = [endpoint for endpoint in ENDPOINTS if endpoint.parameters]
HUB_ONLY = {"attention_heatmaps_attend_photo", "bert_masking_compare_models"}  # by default
FACE_ONLY = {  # refused for a photo without a face
    f"face_recognition_{name}"
    for name in ("align", "challenge", "describe", "hide_steps", "verify")
}
SIDE = 40  # of the photo that is sent; large enough for every network's first layers
LANGUAGES = {"en": "en-GB,en;q=0.9", "zh": "zh-CN,zh;q=0.9,en;q=0.8"}


def photo_pixels():
    across, down = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    return np.stack([across * 6, down * 6, (across + down) * 3], -1).astype(np.uint8)


def png(pixels):
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "PNG")
    return target.getvalue()


@pytest.fixture(scope="session")
def door():
    """The address of the door, beside the pages as in production."""
    url = both_doors().url
    wait_for(url, "api")
    return f"{url}/gradio"


@pytest.fixture(scope="module")
def built():
    """The same door, not served."""

    async def build():
        return api.build()  # inside a loop gradio makes none of its own, which it would not close

    return asyncio.run(build())


@pytest.fixture(scope="session")
def client(door):
    """A caller that asks for English."""
    return caller(door, "en")


@functools.cache
def caller(door, language):
    headers = {"Accept-Language": LANGUAGES[language]}
    return Client(door, verbose=False, headers=headers, download_files=False, ssl_verify=False)


@pytest.fixture(scope="session")
def photo_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("photos") / "photo.png"
    path.write_bytes(png(photo_pixels()))
    return path


@pytest.fixture(scope="session")
def photo(door, photo_file):
    """A photo that has been uploaded."""
    return upload(door, photo_file.read_bytes())


def upload(door, data, name="photo.png"):
    answer = send(f"{door}/gradio_api/upload", files={"files": (name, data)})
    answer.raise_for_status()
    return {"path": answer.json()[0], "meta": {"_type": "gradio.FileData"}}


def ask(client, endpoint, **raw):
    return client.predict(api_name=f"/{endpoint.name}", **raw)


def post(door, name, *data, language="en"):
    """Call as any program would, without gradio's own client: the event and what it carries."""
    url = f"{door}/gradio_api/call/{name}"
    headers = {"Accept-Language": LANGUAGES[language]}
    joined = send(url, json={"data": list(data)}, headers=headers)
    joined.raise_for_status()
    told = fetch(f"{url}/{joined.json()['event_id']}", headers=headers).text
    return re.findall(r"^event: (\w+)\ndata: (.*)$", told, re.MULTILINE)[-1]


def refusal(door, name, *data, language="en"):
    event, told = post(door, name, *data, language=language)
    assert event == "error"
    return json.loads(told)["error"]


def named(name):
    return next(endpoint for endpoint in ENDPOINTS if endpoint.name == name)


# --- the same answers ---------------------------------------------------------------------------


def subject(parameter):
    """A value for what has neither limits nor a default: (as the function takes it, as sent)."""
    if parameter.kind in PHOTOS:
        pixels = read_photo(png(photo_pixels())).pixels
        return (pixels if parameter.kind == "photo" else [pixels, pixels[::-1]]), None
    if (written := example_text(parameter)) is not None:
        return parameter.read(written), written
    made = example(parameter.hint)
    return made, plain(made).data


def example(hint):
    if typing.get_origin(hint) is np.ndarray:
        kind = typing.get_args(typing.get_args(hint)[1])[0]
        return (np.random.default_rng(0).random((SIDE, SIDE)) > 0.9).astype(kind)
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return hint(**{each.name: example(hints[each.name]) for each in dataclasses.fields(hint)})
    return {int: 1, float: 0.5, str: "x", bool: False}.get(hint)


def direct(endpoint, keywords):
    """What the function itself answers, or the sentence it refuses with."""
    try:
        result = endpoint.function(**keywords)
        steps = list(result) if endpoint.streams else [result]
        return [plain(step) for step in steps], None
    except GalleryError as error:
        return None, sentence(error, "en")


def served(client, endpoint, raw):
    """What the endpoint answers to the same."""
    job = client.submit(api_name=f"/{endpoint.name}", **raw)
    try:
        final = job.result(timeout=300)
    except AppError as error:
        return None, str(error)
    return [*job.outputs()[:-1], final] if endpoint.streams else [final], None


def assert_same(found, wanted, place=""):
    if place.endswith(("milliseconds", "seconds")):
        return
    if isinstance(wanted, dict):
        assert found.keys() == wanted.keys(), place
        for key in wanted:
            assert_same(found[key], wanted[key], f"{place}.{key}")
    elif isinstance(wanted, list):
        assert len(found) == len(wanted), place
        for index, pair in enumerate(zip(found, wanted, strict=True)):
            assert_same(*pair, f"{place}.{index}")
    elif isinstance(wanted, float):
        assert math.isclose(found, wanted, rel_tol=1e-4, abs_tol=1e-5), place
    else:
        assert found == wanted, place


@pytest.fixture(scope="session")
def uploads(door, photo):
    """What to send for each kind of photo."""
    return {"photo": photo, "photos": [photo, upload(door, png(photo_pixels()[::-1]))]}


def check(client, uploads, endpoint, keywords):
    native, raw = dict(keywords), dict(keywords)
    for parameter in endpoint.parameters:
        if parameter.default is REQUIRED and parameter.name not in keywords:
            native[parameter.name], raw[parameter.name] = subject(parameter)
            if parameter.kind in PHOTOS:
                raw[parameter.name] = uploads[parameter.kind]
    wanted, refused = direct(endpoint, native)
    found, told = served(client, endpoint, raw)
    assert told == refused
    for answer, expected in zip(found or [], wanted or [], strict=True):
        assert_answer(answer, expected, endpoint)
    return refused


def assert_answer(answer, expected, endpoint):
    if not endpoint.shows:
        assert_same(answer, expected.data)
        return
    data, pictures, files = answer
    assert_same(data, expected.data)
    assert [each["caption"] for each in pictures] == list(expected.pictures)
    assert [each["orig_name"] for each in files or []] == list(expected.arrays)
    for file, values in zip(files or [], expected.arrays.values(), strict=True):
        loaded = np.load(file["path"])
        assert loaded.dtype == values.dtype
        np.testing.assert_allclose(loaded, values, rtol=1e-3, atol=1e-4)


def brief(endpoint):
    """As little work as the limits allow, where a parameter counts steps."""
    counted = {"steps", "points", "stages", "count"} if endpoint.heavy else set()
    return {
        name: int(limit.low)
        for name, limit in limits(endpoint.function).items()
        if name in counted and isinstance(limit, Range)
    }


@pytest.mark.slow
@pytest.mark.parametrize("endpoint", FUNCTIONS, ids=lambda each: each.name)
def test_an_endpoint_answers_what_the_function_answers(client, uploads, endpoint):
    tried = settings(
        max_examples=1 if endpoint.heavy else 4,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )

    @tried
    @given(arguments(endpoint.function))
    def try_others(keywords):
        check(client, uploads, endpoint, keywords | brief(endpoint))

    refused = check(client, uploads, endpoint, brief(endpoint))
    assert (refused is not None) == (endpoint.name in HUB_ONLY | FACE_ONLY)
    try_others()


@pytest.mark.slow
@pytest.mark.parametrize(
    "endpoint", [each for each in ENDPOINTS if not each.parameters], ids=lambda each: each.name
)
def test_a_constant_is_data(client, endpoint):
    wanted = plain(endpoint.call({}))
    assert_answer(ask(client, endpoint), wanted, endpoint)


def test_a_stream_stops_when_its_caller_leaves(client):
    """Whoever cancels frees the machine for the next one within a second."""
    endpoint = named("cnn_visualization_maximise")
    steps = limits(endpoint.function)["steps"].high
    job = client.submit(api_name=f"/{endpoint.name}", steps=steps)
    while not job.outputs():
        assert not job.done()
        time.sleep(0.01)
    job.cancel()
    with within(5):  # a step and the next call
        ask(client, named("cnn_visualization_classes"))
    assert len(job.outputs()) < steps


def test_pictures_and_files_can_be_fetched(door, client, photo):
    data, pictures, files = ask(client, named("edge_filters_gradient"), photo=photo)
    assert data["magnitude"]["shape"] == [SIDE, SIDE] if isinstance(data["magnitude"], dict) else 1
    for each in [entry["image"] for entry in pictures] + list(files or []):
        answer = fetch(f"{door}/gradio_api/file={each['path']}")
        assert answer.status_code == 200
    with Image.open(io.BytesIO(fetch(pictures[0]["image"]["url"]).content)) as picture:
        assert picture.size == (SIDE, SIDE)


# --- the same sentences -------------------------------------------------------------------------

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64
BAD_PHOTOS = {
    "empty": b"",
    "text": b"Dear sir, this is a letter.",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "heic": HEIC,
    "cut": png(photo_pixels())[:-40],
    "bomb": bomb(),
    "not_quite": b"\x89PNG\r\n\x1a\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", BAD_PHOTOS)
def test_a_bad_photo_is_refused_as_on_the_page(door, kind, language):
    with pytest.raises(InputError) as wanted:
        read_photo(BAD_PHOTOS[kind])
    given = upload(door, BAD_PHOTOS[kind], f"photo.{kind}")
    with within(5):  # the reading itself: see test_images.py
        told = refusal(door, "edge_filters_respond", given, language=language)
    assert told == sentence(wanted.value, language)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("name", "raw", "error"),
    [
        (
            "padding_stride_output_size",
            {"size": 0},
            InputError("out_of_range", parameter="size", value="0", low=1, high=4096),
        ),
        (
            "padding_stride_output_size",
            {"size": 2.5},
            InputError("not_whole", parameter="size", value="2.5", low=1, high=4096),
        ),
        (
            "padding_stride_output_size",
            {"ceil_mode": "yes"},
            InputError("not_a_choice", parameter="ceil_mode", value="yes", allowed="true, false"),
        ),
        (
            "padding_stride_same_padding",
            {"convention": "<b>caffe</b>"},
            InputError(
                "not_a_choice",
                parameter="convention",
                value="<b>caffe</b>",
                allowed="pytorch, tensorflow, half",
            ),
        ),
    ],
)
def test_a_bad_parameter_is_refused_as_on_the_page(door, name, raw, error, language):
    with pytest.raises(AppError) as caught:
        ask(caller(door, language), named(name), **raw)
    without_html = sentence(error, language).replace("<", "‹").replace(">", "›")
    assert str(caught.value) == without_html


READERS = [  # an endpoint that reads a text, and by which name
    (endpoint, each.name)
    for endpoint in FUNCTIONS
    for each in endpoint.parameters
    if each.kind == "text" and each.default is REQUIRED
]


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "text_empty"),
        (" \t\u3000\n", "text_empty"),
        ("\u202e\u2066\x00", "text_empty"),
        ("x" * (CHARACTERS + 1), "text_too_long"),
        ("x" * 2_000_000, "text_too_long"),
    ],
    ids=["none", "spaces", "unseen", "long", "2 MB"],
)
def test_a_bad_text_is_refused_as_on_the_page(door, raw, code, language):
    error = InputError(code, characters=len(raw), most=CHARACTERS)
    endpoint, name = next(pair for pair in READERS if pair[1] == "text")
    assert endpoint.parameters[0].name == name
    with within(5):
        assert refusal(door, endpoint.name, raw, language=language) == sentence(error, language)


ODD_TEXTS = [
    "a\x00\x07b\x1b[31m [mask] c",
    "\u202eesrever si siht [MASK]\u202c \u2066and this\u2069",
    "👩\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈 <mask> 👍🏽",
    "?!… 。，、 [MASK]",
    "我爱 Paris 和 [MASK]，also in winter。",
    "[MASK] and " + "a word. " * 2400,
    "\ud83d alone [MASK]",
    "null",
    "[MASK] " * 300,
    "[1, 2]",
]


@pytest.mark.slow
@pytest.mark.parametrize("place", range(len(READERS)), ids=lambda place: READERS[place][0].name)
def test_an_odd_text_is_answered_or_refused(place):
    endpoint, name = READERS[place]
    base = {each.name: subject(each)[1] for each in endpoint.parameters if each.default is REQUIRED}
    for text in ODD_TEXTS[place % 3 :: 3]:
        with contextlib.suppress(GalleryError):
            exhaust(endpoint, base | {name: text})


def test_a_text_stands_in_every_box_that_may_not_stay_empty(built):
    for function in built.fns.values():
        endpoint = named(function.api_name)
        for parameter, component in zip(endpoint.parameters, function.inputs, strict=True):
            if parameter.kind == "text" and parameter.default is REQUIRED:
                assert built.blocks[component._id].value == example_text(parameter)


@pytest.mark.parametrize("endpoint", FUNCTIONS, ids=lambda each: each.name)
def test_out_of_range_is_a_sentence_for_every_parameter(endpoint):
    base = {
        each.name: subject(each)[1]
        for each in endpoint.parameters
        if each.default is REQUIRED and each.kind not in PHOTOS
    }
    base |= {each.name: png(photo_pixels()) for each in endpoint.parameters if each.kind in PHOTOS}
    for name, value in outside(endpoint.function):
        with pytest.raises(InputError) as caught:
            exhaust(endpoint, base | {name: value})
        for language in LANGUAGES:
            assert sentence(caught.value, language)


JUNK = [
    True,
    -1,
    10**30,
    1.5,
    float("nan"),
    "",
    "\0",
    "x" * 5000,
    "[[",
    [],
    [[]],
    [None],
    {},
    {"a": 1},
    [[1, 2], [3]],
    [[[[1]]]],
    [1e308, -1e308],
    "[[1e999]]",
    {"kind": "nothing"},
]


@pytest.mark.slow
@pytest.mark.parametrize(
    "endpoint", [each for each in FUNCTIONS if not each.streams], ids=lambda each: each.name
)
def test_junk_is_refused_or_answered_but_never_breaks(endpoint):
    base = {
        each.name: subject(each)[1]
        for each in endpoint.parameters
        if each.default is REQUIRED and each.kind not in PHOTOS
    }
    base |= {each.name: png(photo_pixels()) for each in endpoint.parameters if each.kind in PHOTOS}
    for parameter in endpoint.parameters:
        if parameter.kind in {"data", "text"} or parameter.limit is None:
            for value in JUNK:
                if parameter.kind in PHOTOS:
                    continue
                with contextlib.suppress(GalleryError):
                    exhaust(endpoint, base | {parameter.name: value})


def exhaust(endpoint, raw):
    result = endpoint.call(raw)
    plain(next(iter(result), None) if endpoint.streams else result)


def test_a_bug_ends_in_an_apology_with_the_id_of_its_log_line(caplog, monkeypatch):
    def break_down(secret):
        raise ZeroDivisionError(f"while reading {secret}")

    async def call():
        with Door(analytics_enabled=False) as door:
            box = gr.Textbox()
            box.submit(break_down, box, box, api_name="break_down")
        request = SimpleNamespace(headers={"accept-language": "zh"})
        await door.process_api(door.fns[0], ["my diary"], request=request)

    monkeypatch.setattr(logging.getLogger("gallery.incident"), "propagate", True)
    with caplog.at_level(logging.ERROR, "gallery.incident"), pytest.raises(gr.Error) as caught:
        asyncio.run(call())
    (line,) = set(caplog.messages)
    incident = re.search(r"incident (\w{8}) in api break_down", line).group(1)
    assert caught.value.message == shared("zh").labels["apology"](id=incident)
    assert "ZeroDivisionError" in line
    assert "diary" not in line
    assert not caught.value.print_exception


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "en"),
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("en;q=0.3, zh;q=0.7", "zh"),
        ("fr, de;q=0.9", "en"),
        ("fr, zh-TW;q=0.2", "zh"),
        ("*", "en"),
        ("zh;q=x", "zh"),
        (";;,,q=", "en"),
    ],
)
def test_the_language_is_the_one_the_request_prefers(asked, language):
    assert language_of(SimpleNamespace(headers={"accept-language": asked})) == language
    assert language_of(None) == "en"


# --- nothing else gets through ------------------------------------------------------------------

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        str(REPOSITORY / "README.md"),
        str(REPOSITORY / "api.py"),
        "/proc/self/environ",
        "../../etc/passwd",
        "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        str(Path(boundary.CACHE).parent),
    ],
)
def test_other_files_of_this_machine_are_not_served(door, path):
    for route in ("gradio_api/file=", "file=", "gradio_api/file/", "static/", "assets/"):
        answer = fetch(f"{door}/{route}{path}")
        is_page = "<html" in answer.text  # the dots led to the door of the pages
        assert answer.status_code in {403, 404, 405} or is_page, route
        assert "root:" not in answer.text
        assert "import gradio" not in answer.text


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        str(REPOSITORY / "api.py"),
        "/proc/self/environ",
        "",
        "\0",
        "/",
        ".",
        "CACHE",
        "CACHE/nothing",
        "CACHE/../../etc/passwd",
    ],
)
def test_a_call_can_name_uploaded_files_only(door, photo, path):
    wanted = sentence(InputError("file_unknown"), "en")
    path = path.replace("CACHE", str(Path(photo["path"]).parents[1]))
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    assert refusal(door, "edge_filters_respond", file) == wanted
    hidden = [{"deep": file}]
    assert refusal(door, "edge_filters_analyse_kernel", hidden) == wanted


@pytest.mark.slow
@pytest.mark.parametrize("address", ["https://example.org/a.png", "HTTP://x/", "{trap}"])
def test_nothing_is_fetched_from_an_address(door, address):
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.2)
        address = address.format(trap=f"http://127.0.0.1:{trap.getsockname()[1]}/photo.png")
        file = {"path": address, "url": address, "meta": {"_type": "gradio.FileData"}}
        wanted = sentence(InputError("photo_address"), "en")
        assert refusal(door, "edge_filters_respond", file) == wanted
        assert refusal(door, "edge_filters_analyse_kernel", {"a": file}) == wanted
        with pytest.raises(TimeoutError):
            trap.accept()


def test_an_address_of_an_upload_is_that_upload(door, client, photo):
    address = f"{door}/gradio_api/file={photo['path']}"
    file = {"path": address, "meta": {"_type": "gradio.FileData"}}
    endpoint = named("edge_filters_describe")
    assert ask(client, endpoint, photo=file)[0] == ask(client, endpoint, photo=photo)[0]


@pytest.mark.parametrize("junk", ["photo", 5, [], [1], {"path": 5}, {"a": "b"}, True])
def test_junk_for_a_photo_is_a_sentence(door, junk):
    told = refusal(door, "edge_filters_respond", junk)
    assert told in {sentence(InputError(code), "en") for code in ("file_unknown", "photo_missing")}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_file_over_ten_megabytes_is_refused(door, language):
    url, limit = f"{door}/gradio_api/upload", 10 * 2**20
    headers = {"Accept-Language": LANGUAGES[language]}
    for size, status in ((limit - 100, 200), (limit + 100, 413), (60 * 2**20, 413)):
        answer = send(url, files={"files": ("big.png", b"\0" * size)}, headers=headers)
        assert answer.status_code == status
        if status == 413:
            assert_says_too_large(answer.text, size, language)


def assert_says_too_large(told, size, language):
    error = InputError("photo_too_large", megabytes=size // 2**20, limit=10)
    beginning = re.split(r"\d+(?:\.\d+)?", sentence(error, language))
    assert re.split(r"\d+(?:\.\d+)?", told) == beginning


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_body_over_the_limit_is_refused_even_if_it_hides_its_length(door, language):
    url = f"{door}/gradio_api/queue/join"
    headers = {"Accept-Language": LANGUAGES[language], "Content-Type": "application/json"}
    size = bodies.LARGEST_BODY + 1
    answer = send(url, content=b" " * size, headers=headers)
    assert answer.status_code == 413
    assert_says_too_large(answer.text, size, language)

    def hidden():
        for _ in range(size // 2**20 + 1):
            yield b" " * 2**20

    answer = send(url, content=hidden(), headers=headers)
    assert answer.status_code == 413
    assert_says_too_large(answer.text, size, language)


def test_bodies_within_the_limit_are_not_touched(door):
    file = {"files": ("photo.png", png(photo_pixels()))}
    answer = send(f"{door}/gradio_api/upload", files=[("files", file["files"])] * 3)
    assert len(answer.json()) == 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_full_queue_says_so(built, monkeypatch, language):
    monkeypatch.setattr(built._queue, "max_size", 0)
    request = SimpleNamespace(headers={"accept-language": language})
    body = SimpleNamespace(fn_index=0)
    success, told, state = asyncio.run(built._queue.push(body, request, None))
    assert (success, state) == (False, "queue_full")
    assert told == sentence(InputError("queue_full", limit=0), language)


def test_the_queue_is_bounded_and_model_work_stands_in_one_line(built):
    assert built._queue.max_size == 32
    heavy = {endpoint.name for endpoint in ENDPOINTS if endpoint.heavy}
    for function in built.fns.values():
        assert function.queue
        line = "network" if function.api_name in heavy else "arithmetic"
        assert function.concurrency_id == line
        assert function.concurrency_limit == (1 if line == "network" else 2)


def test_nobody_skips_the_queue(door):
    answer = send(f"{door}/gradio_api/run/padding_stride_output_size", json={"data": [7, 3]})
    assert answer.status_code == 404


def test_too_few_and_too_many_inputs_are_no_bug(door):
    for data in ([], [7], [7] * 30):
        event, told = post(door, "padding_stride_output_size", *data)
        assert event == "complete" or "between" in told or "must be" in told


def test_what_a_tab_sends_untouched_is_what_the_defaults_are(built):
    """A browser sends the values that stand in the inputs; they must not change the answer."""
    blocks = built.blocks
    for function in built.fns.values():
        endpoint = named(function.api_name)
        for parameter, component in zip(endpoint.parameters, function.inputs, strict=True):
            shown = blocks[component._id]
            kind = shown.get_block_name()
            if parameter.kind in PHOTOS or parameter.default is REQUIRED:
                continue
            assert kind != "number" or shown.value is not None  # a browser would send a 0
            assert kind != "slider" or shown.value is not None
            sent = shown.value if shown.value is not None else ""
            found, wanted = parameter.read(sent), parameter.default
            assert plain(found).data == plain(wanted).data, (endpoint.name, parameter.name)


def test_uploads_and_results_are_deleted_in_time(built):
    assert built.delete_cache == (600, 3600)
    assert Path(boundary.CACHE).name.startswith("gallery-")
    assert os.environ["GRADIO_TEMP_DIR"] == boundary.CACHE


def test_the_page_asks_nobody_else(door):
    page = fetch(f"{door}/").text
    without_meta = re.sub(r"<meta[^>]*>", "", page)
    loaded = re.findall(r"(?:src|href|import)\s*=?\s*[\"'](https?:)?//([^/\"']+)", without_meta)
    assert {host for _, host in loaded} <= {httpx.URL(door).netloc.decode()}
    theme = fetch(f"{door}/theme.css").text
    assert "http" not in re.sub(r"http://www\.w3\.org", "", theme)
    config = fetch(f"{door}/config").json()
    assert not [url for url in config.get("stylesheets") or [] if "//" in url]
    assert config["analytics_enabled"] is False
    assert "deeplink" not in {each["type"] for each in config["components"]}


# --- tools --------------------------------------------------------------------------------------


def data_address(pixels):
    return "data:image/png;base64," + base64.b64encode(png(pixels)).decode()


def remote(door, method, language="en", **parameters):
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
    headers = {
        "Accept": "application/json, text/event-stream",
        "Accept-Language": LANGUAGES[language],
    }
    answer = send(
        f"{door}/gradio_api/mcp/",
        json=message,
        headers=headers,
        follow_redirects=True,
    )
    answer.raise_for_status()
    data = re.search(r"^data: (.*)$", answer.text, re.MULTILINE).group(1)
    return json.loads(data)["result"]


def test_every_endpoint_is_a_tool_with_a_description(door):
    tools = {tool["name"]: tool for tool in remote(door, "tools/list")["tools"]}
    assert set(tools) == {endpoint.name for endpoint in ENDPOINTS}
    for endpoint in ENDPOINTS:
        assert endpoint.help.split("\n")[0] in tools[endpoint.name]["description"]
        wanted = [each.name for each in endpoint.parameters]
        assert list(tools[endpoint.name]["inputSchema"]["properties"]) == wanted


def test_every_tool_says_what_it_takes_in_a_valid_schema(door):
    for tool in remote(door, "tools/list")["tools"]:
        Draft202012Validator.check_schema(tool["inputSchema"])
        assert "$ref" not in json.dumps(tool["inputSchema"]), tool["name"]


@pytest.mark.slow
def test_a_tool_takes_several_photos(door):
    photos = [data_address(photo_pixels()), data_address(photo_pixels()[::-1])]
    several = [each for each in ENDPOINTS if any(p.kind == "photos" for p in each.parameters)]
    assert several
    for endpoint in several:
        name = next(each.name for each in endpoint.parameters if each.kind == "photos")
        result = remote(door, "tools/call", name=endpoint.name, arguments={name: photos})
        told = result["content"]
        assert bool(result.get("isError")) == (endpoint.name in FACE_ONLY), told
        refused = remote(door, "tools/call", name=endpoint.name, arguments={name: ["/etc/passwd"]})
        assert refused["isError"]
        assert sentence(InputError("file_unknown"), "en") in refused["content"][0]["text"]


@pytest.mark.slow
def test_photos_left_out_are_samples(client):
    for endpoint in ENDPOINTS:
        kinds = {each.kind for each in endpoint.parameters if each.default is REQUIRED}
        if kinds and kinds <= PHOTOS and endpoint.name not in HUB_ONLY | FACE_ONLY:
            assert ask(client, endpoint, **brief(endpoint))


def test_a_text_left_out_is_an_example(client):
    endpoint = named("bert_masking_words")
    example = example_text(endpoint.parameters[0])
    assert_same(ask(client, endpoint), ask(client, endpoint, text=example))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tool_takes_a_text_and_refuses_one_that_is_too_long(door, language):
    call = {"name": "bert_masking_words", "arguments": {"text": "台[MASK]大学在台北。"}}
    result = remote(door, "tools/call", language, **call)
    assert not result.get("isError"), result["content"]
    assert "大" in result["content"][0]["text"]
    call["arguments"] = {"text": "x" * 2_000_000}
    result = remote(door, "tools/call", language, **call)
    assert result["isError"]
    error = InputError("text_too_long", characters=2_000_000, most=CHARACTERS)
    assert sentence(error, language) in result["content"][0]["text"]


def test_a_tool_answers_in_json(door):
    result = remote(
        door,
        "tools/call",
        name="padding_stride_output_size",
        arguments={"size": 227, "kernel": 11, "stride": 4},
    )
    assert [part["text"] for part in result["content"]] == ["55"]
    result = remote(door, "tools/call", name="padding_stride_stack", arguments={})
    assert json.loads(result["content"][0]["text"])["parameters"] == 280


def test_a_tool_takes_a_photo_and_gives_pictures(door):
    photo = data_address(photo_pixels())
    result = remote(door, "tools/call", name="edge_filters_gradient", arguments={"photo": photo})
    assert not result.get("isError")
    kinds = [part["type"] for part in result["content"]]
    assert kinds[0] == "text"
    assert "image" in kinds
    picture = next(part for part in result["content"] if part["type"] == "image")
    with Image.open(io.BytesIO(base64.b64decode(picture["data"]))) as opened:
        assert opened.size == (SIDE, SIDE)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_tool_refuses_with_the_same_sentence(door, language):
    result = remote(
        door, "tools/call", language, name="padding_stride_output_size", arguments={"size": -3}
    )
    error = InputError("out_of_range", parameter="size", value="-3", low=1, high=4096)
    assert result["isError"]
    assert sentence(error, language) in result["content"][0]["text"]


def test_the_description_for_programs_is_in_words(door):
    info = fetch(f"{door}/gradio_api/info").json()["named_endpoints"]
    assert set(info) == {f"/{endpoint.name}" for endpoint in ENDPOINTS}
    for endpoint in ENDPOINTS:
        told = info[f"/{endpoint.name}"]
        assert endpoint.help.split("\n")[0] in told["description"]
        labels = ["Data (JSON)", "Picture (PNG)", "Arrays (NumPy)"]
        assert [each["label"] for each in told["returns"]] == labels[: 3 if endpoint.shows else 1]
        assert [each["parameter_name"] for each in told["parameters"]] == [
            each.name for each in endpoint.parameters
        ]
        for each in told["parameters"]:
            assert isinstance(each["label"], str)


# --- where it runs ------------------------------------------------------------------------------


def test_a_zero_gpu_space_lends_its_gpu_to_model_work_only(monkeypatch):
    lent = []

    def borrow(function):
        lent.append(function)
        return function

    monkeypatch.setattr(api, "SPACES", SimpleNamespace(GPU=borrow))
    for endpoint in ENDPOINTS:
        lent.clear()
        handle = api._handler(endpoint)
        assert bool(lent) == endpoint.heavy
        assert handle.__name__ == endpoint.name
        assert list(inspect.signature(handle).parameters) == [
            each.name for each in endpoint.parameters
        ]


def test_elsewhere_nothing_is_asked_for():
    assert importlib.util.find_spec("spaces") is None
    assert api.SPACES is None


def test_the_door_says_before_anything_is_sent_how_long_it_is_kept(built):
    first = next(block for block in built.blocks.values() if isinstance(block, gr.Markdown))
    assert '"key": "kept"' in str(first.value)
    for language, minutes in (("en", "an hour and ten minutes"), ("zh", "一小时十分钟")):
        assert minutes in shared(language).labels["kept"]
    assert sum(built.delete_cache) == 70 * 60
