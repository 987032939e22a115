"""What the sections of the page that finds objects say: who answers, what is missed, the cost."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from gallery.components.cell_grid import Awaited
from gallery.demos import PAGES, demos
from gallery.detection import measured, pooling, sliding
from gallery.detection.asking import pooling_time
from gallery.detection.gridding import _awaited
from gallery.detection.missing import nearest
from gallery.detection.truths import labelled, true_boxes
from gallery.photo import open_sample
from models import object_detection as od
from models._spec import read_card

WORDS = next(demo for demo in demos() if demo.name == "object_detection")


def opened_at(section: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(PAGES / "31_Object_Detection.py"), default_timeout=120)
    for key, value in {"lang": "en", "section": section, **query}.items():
        app.query_params[key] = value
    return app.run()


def bring(app: AppTest, pixels: np.ndarray) -> AppTest:
    """Hand in a photo of one's own."""
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "PNG")
    next(box for box in app.selectbox if "photo" in (box.key or "")).select_index(0).run()
    uploader = next(each for each in app.file_uploader if each.key == "photo-file")
    return uploader.set_value(("mine.png", target.getvalue(), "image/png")).run()


def said(app: AppTest) -> str:
    return "\n".join(str(each.value) for each in [*app.markdown, *app.caption, *app.info])


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize("key", labelled())
def test_an_object_lies_in_the_cell_that_is_to_answer_for_it(key):
    photo = open_sample(key)
    grid = od.raw(photo.pixels).grid
    assert grid is not None
    awaited: list[Awaited] = _awaited(SimpleNamespace(photo=photo), grid)
    names = {od.CLASSES[label].key for label in grid.classes}
    assert len(awaited) == sum(each.key in names for each in true_boxes(key) or ())
    for each in awaited:
        row, column, anchor = each.place
        left, top, right, bottom = each.box
        assert column * grid.cell <= (left + right) / 2 < (column + 1) * grid.cell
        assert row * grid.cell <= (top + bottom) / 2 < (row + 1) * grid.cell
        shape = np.array([right - left, bottom - top])
        both = np.minimum(grid.anchors * grid.scale, shape).prod(axis=1)
        iou = both / ((grid.anchors * grid.scale).prod(axis=1) + shape.prod() - both)
        assert anchor == iou.argmax()
        assert each.overlap == pytest.approx(iou.max())


def test_what_is_missed_is_what_no_box_overlaps():
    objects = np.array([[0, 0, 4, 4], [10, 10, 20, 20.0]])
    boxes = np.array([[2, 1, 6, 5], [0, 0, 4, 3.0]])
    assert nearest(objects, boxes) == pytest.approx([0.75, 0.0])
    assert nearest(objects, np.zeros((0, 4))) == [0.0, 0.0]


@pytest.mark.slow
@pytest.mark.parametrize("size", [(768, 560), (300, 192), (40, 60)])
@pytest.mark.parametrize("window", [32, 192])
def test_windows_are_counted_before_they_are_looked_at(size, window):
    side = min(window, *size)
    looked = od.slide(noise(size[1], size[0]), window=side, stride=64)
    assert sliding.windows_of(size, side, 64) == len(looked.boxes)


@pytest.mark.slow
def test_a_photo_may_be_smaller_than_the_usual_window():
    app = bring(opened_at("before", photo="coffee"), noise(40, 60))
    assert not app.exception
    assert not app.error
    assert not app.warning
    assert "windows hold" in said(app)


def test_a_box_on_the_rim_of_the_photo_is_not_cut_out_of_the_map():
    features = np.ones((4, 5))
    boxes = np.array([[0, 0, 80, 64], [79, 0, 80, 64], [0, 60, 80, 64], [70, 50, 80, 64.0]])
    covering = pooling._on_map(boxes, features, 16.0)
    assert covering.tolist() == [True, False, False, True]
    for box in boxes[covering]:
        od.pool_region(features, box, 2, 1 / 16)
    assert pooling_time(features, boxes[covering], 2, 1 / 16) > 0


@pytest.mark.parametrize("way", ["windows", "one", "regions", "pooling", "own"])
def test_every_way_says_what_it_costs_and_what_it_saves(way):
    app = opened_at("before", photo="coffee", way=way)
    assert not app.exception
    words = WORDS.en.words
    text = said(app)
    assert words["cost_title"] in text
    saved = {"windows": "times as long", "own": "second stage"}.get(way, "Saved")
    assert saved in text
    if way in {"windows", "regions", "own"}:
        assert words["missed_title"] in text


def test_a_photo_without_objects_is_not_one_that_nobody_looked_at():
    words = WORDS.en.words
    assert words["truth_empty"] in said(opened_at("truth", photo="coins"))
    own = said(bring(opened_at("truth", photo="coins"), noise(120, 160)))
    assert words["truth_none"] in own
    assert words["truth_empty"] not in own


def test_the_page_says_what_was_reached_class_by_class():
    card = read_card("tiny_yolo")
    text = said(opened_at("truth", photo="coffee"))
    assert f"**{100 * card['metrics']['map50']:.1f} %**" in text
    names = {each.key: each.en for each in od.CLASSES}
    assert set(card["per_class"]) <= set(names)
    never = [names[key] for key, each in card["per_class"].items() if each["ap50"] == 0]
    assert all(name in text for name in never)
    assert (card["metrics"]["map50"] < measured.AIM) == ("The aim was 25 %" in text)


def test_many_windows_wait_for_a_button():
    app = opened_at("before", photo="coffee", window="64", stride="32")
    count = sliding.windows_of(open_sample("coffee").size, 64, 32)
    assert count > sliding.AT_ONCE
    assert f"{count} windows" in said(app)
    assert not app.exception
