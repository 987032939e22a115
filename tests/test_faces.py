"""Faces: what the page draws of them, and that nothing of them is left behind."""

import io
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette import starlette_routes

from gallery import figures
from gallery.components import threshold, veil
from gallery.demos import PAGES, demo_of
from gallery.faces import case, pictures
from gallery.faces.register import Register
from gallery.photo import open_sample
from models import face_recognition as faces

WRITING = os.O_WRONLY | os.O_RDWR
FILE, NAME = "who-this-is.jpg", "Nobody Elses Name"
MARK = b"only this photo carries this mark"
watched: list[list[str]] = []  # who listens, the last one first


def hear(event: str, values: tuple[Any, ...]) -> None:
    """Note every file that is opened to be written to, while somebody listens."""
    if watched and event == "open" and isinstance(values[2], int) and values[2] & WRITING:
        watched[-1].append(str(values[0]))


@contextmanager
def listening() -> Iterator[list[str]]:
    """Give the paths of all files that are opened to be written to, as they are opened."""
    if hear not in HEARD:
        sys.addaudithook(hear)
        HEARD.append(hear)
    watched.append([])
    try:
        yield watched[-1]
    finally:
        watched.pop()


HEARD: list[Any] = []


def photo(side: int) -> bytes:
    """A face in a file with a mark of its own."""
    face = Image.fromarray(open_sample("hopper").pixels).resize((side, side))
    noise = np.random.default_rng(0).integers(0, 24, (side, side, 3), np.uint8)
    target = io.BytesIO()
    Image.fromarray(np.asarray(face) // 2 + noise).save(
        target, "JPEG", quality=98, subsampling=0, comment=MARK
    )
    return target.getvalue()


def test_the_listener_hears_a_file(tmp_path):
    with listening() as opened:
        (tmp_path / "face").write_bytes(b"")
    assert opened == [str(tmp_path / "face")]


def test_a_large_upload_stays_in_memory(monkeypatch):
    monkeypatch.setattr(starlette_routes, "is_xsrf_enabled", lambda: False)
    data, kept = photo(1500), MemoryUploadedFileManager("/_stcore/upload_file")
    assert len(data) > 2**20
    runtime: Any = SimpleNamespace(is_active_session=lambda session: session == "mine")
    client = TestClient(Starlette(routes=starlette_routes.create_upload_routes(runtime, kept, "")))
    with listening() as opened:
        answer = client.put(
            "/_stcore/upload_file/mine/1", files={"file": ("me.jpg", data, "image/jpeg")}
        )
    assert answer.status_code == 204, answer.text
    assert kept.get_files("mine", ["1"])[0].data == data
    assert opened == []


def opened_at(section: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(PAGES / "32_Face_Recognition.py"), default_timeout=120)
    for key, value in {"lang": "en", "section": section, **query}.items():
        app.query_params[key] = value
    return app.run()


def bring(app: AppTest, name: str, data: bytes) -> AppTest:
    """Hand in a photo where a control of that name asks for one."""
    next(box for box in app.selectbox if f".{name}." in (box.key or "")).select_index(0).run()
    uploader = next(each for each in app.file_uploader if each.key == f"{name}-file")
    return uploader.set_value((FILE, data, "image/jpeg")).run()


def press_enrol(app: AppTest, name: str) -> AppTest:
    """Give the face that is shown a name."""
    app.text_input(key=f"{case.FACES}new").input(name)
    next(each for each in app.button if each.label == "Enrol").click()
    return app.run()


def enrolled_by_photo() -> AppTest:
    """Somebody enrolled by a photo of their own, and looked for in it."""
    app = bring(bring(opened_at("recognise"), "newcomer", photo(400)), "crowd", photo(400))
    return press_enrol(app, NAME)


def answered_before_the_camera() -> AppTest:
    """All that the challenge asks, answered with photos."""
    app = opened_at("live", live_mode="shots")
    for _ in range(3):
        sent = next(each for each in app.file_uploader if "shot" in each.key)
        app = sent.set_value((FILE, photo(400), "image/jpeg")).run()
    return app


WAYS: dict[str, Callable[[], AppTest]] = {
    "pipeline": lambda: bring(opened_at("pipeline"), "photo", photo(400)),
    "verify": lambda: bring(opened_at("verify"), "second", photo(400)),
    "recognise": enrolled_by_photo,
    "held up": lambda: bring(opened_at("live"), "held", photo(400)),
    "before the camera": answered_before_the_camera,
    "hide": lambda: bring(opened_at("hide"), "photo", photo(400)),
}


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_face_leaves_nothing_on_disk_in_the_link_or_in_the_log(way, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    with listening() as opened:
        app = WAYS[way]()
    assert not app.exception
    assert len(app.error) == (way == "before the camera")  # nobody turned the head there
    assert [path for path in opened if path != os.devnull] == []
    assert set(app.query_params) <= {"lang", "section", "live_mode"}
    printed = capfd.readouterr()
    for said in (caplog.text, printed.out, printed.err):
        for secret in (MARK.decode(), FILE, NAME):
            assert secret not in said
    kept = [key for key in iter(app.session_state) if str(key).startswith(case.FORGOTTEN)]
    assert kept
    app.session_state[f"{case.FACES}names"] = ["somebody"]
    app.button(key="forget-faces").click().run()
    assert "_own_photo" not in app.session_state
    assert f"{case.FACES}names" not in app.session_state
    assert NAME not in [each.value for each in app.text_input]
    assert not [each for each in app.file_uploader if each.value]


def names_of(app: AppTest) -> list[str]:
    return [each.value for each in app.text_input if each.key.startswith(f"{case.FACES}name-")]


def test_a_second_press_loses_nobody(monkeypatch):
    app = opened_at("recognise")
    before = names_of(app)
    describe, pressed = Register.describe, []

    def press_again_meanwhile(*args: object) -> object:
        if not pressed:
            pressed.append(True)
            st.rerun()  # as Streamlit ends a run when something is asked anew
        return describe(*args)

    monkeypatch.setattr(Register, "describe", press_again_meanwhile)
    press_enrol(app, NAME)
    assert pressed
    assert names_of(app) == [*before, NAME]
    assert not app.warning
    press_enrol(app, "")
    assert len(app.warning) == 1
    assert names_of(app.run()) == [*before, NAME]
    assert not app.warning


def test_a_close_up_is_a_square_with_grey_where_the_photo_ends():
    pixels = np.full((60, 80, 3), 200, np.uint8)
    cut = pictures.close_up(pixels, np.array([-10.0, -10.0, 20.0, 30.0]), 64)
    assert cut.shape == (64, 64, 3)
    assert cut[0, 0].tolist() == [128, 128, 128]
    assert cut[-8, -8].tolist() == [200, 200, 200]


def test_a_close_up_marks_the_landmarks_where_they_are():
    pixels = np.full((100, 100, 3), 40, np.uint8)
    box = np.array([25.0, 25.0, 75.0, 75.0])
    points = np.array([[40.0, 40], [60, 40], [50, 52], [42, 65], [58, 65]])
    drawn = pictures.close_up(pixels, box, 150, points)
    left, top, extent = pictures.frame_of(box)
    for (x, y), colour in zip(points, figures.LANDMARK_COLOURS, strict=True):
        at = np.round((np.array([y - top, x - left])) * 150 / extent).astype(int)
        red = int(colour[1:3], 16)
        assert abs(int(drawn[at[0], at[1], 0]) - red) < 24


def test_distances_stand_in_the_table_with_the_threshold():
    known = [figures.Known("same", [0.0, 1.0, 2.0], [0.75, 0.25])]
    drawn = figures.distances(
        {"Ada": 0.4, "Bob": 1.3}, known, 1.0, "t", "a", x="far", y="share", name="who", limit="cut"
    )
    assert drawn.table == {"who": ["Ada", "Bob", "cut"], "far": [0.4, 1.3, 1.0]}
    stems = [trace for trace in drawn.figure.data if "text" in trace.mode]
    assert [trace.x[0] for trace in stems] == [0.4, 1.3]


def test_faces_on_a_photo_stand_in_the_table():
    points = np.arange(10.0).reshape(1, 5, 2)
    drawn = figures.faces_on_photo(
        np.zeros((40, 50, 3), np.uint8), np.array([[1.0, 2, 30, 35]]), [0.9], points, "t", "a",
        names=["face 1"], parts=list("abcde"), score="score", chosen=0,
    )  # fmt: skip
    assert drawn.table["x2"] == [30.0]
    assert drawn.table["score"] == [0.9]
    assert drawn.table["e"] == ["8.0, 9.0"]


@pytest.mark.parametrize("raw", ["", "x", "nan", "-0.1", "2.01", "1e9"])
def test_a_threshold_that_is_none_is_not_believed(raw):
    assert threshold._parse(raw) is None


def test_strengths_of_the_page_are_in_the_range_of_the_model():
    from gallery.faces.hiding import STRENGTHS
    from models._ranges import limits
    from models.face_recognition import hide

    assert all(each in limits(hide)["strength"] for each in STRENGTHS)
    assert veil.WORDS


def test_the_finder_stands_beside_the_cascade_it_has_to_beat():
    app = opened_at("pipeline")
    (table,) = [each.value for each in app.dataframe if "portraits" in each.value]
    found = faces.FINDERS[0].metrics
    assert table["all"].tolist() == [f"{found['found']:.1%}", f"{found['cascade_found']:.1%}"]
    assert found["found"] > found["cascade_found"]
    assert found["found_scenes"] > found["cascade_found_scenes"]


def test_what_is_painted_over_is_said_to_leave_a_rim():
    words = demo_of(PAGES / "32_Face_Recognition.py").en.words
    captions = {
        method: [each.value for each in opened_at("hide", method=method).caption]
        for method in ("paint", "blur")
    }
    assert words.paint_rim in captions["paint"]
    assert words.paint_rim not in captions["blur"]


def test_the_code_of_a_challenge_judges_as_the_page_does():
    app = answered_before_the_camera()
    (code,) = [each.value for each in app.code if "challenge(" in each.value]
    shot = open_sample("hopper").pixels
    opening = [
        line for line in code.splitlines() if "Path(" not in line and "photos = " not in line
    ]
    names: dict[str, Any] = {"photos": [shot] * 3}
    exec("\n".join(opening).replace("print(answer)", ""), names)
    assert not names["answer"].passed
    allowed = f"{names['answer'].threshold:.2f}"
    assert any(allowed in each.value for each in app.caption), "the same distance is allowed"
