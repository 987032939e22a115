"""Boxes moved, drawn, judged and compared by hand: widgets, figures and the samples' true boxes."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gallery import figures
from gallery.components import box_pair, judge
from gallery.components.box_pair import parse_boxes, write_boxes
from gallery.components.judge import Marked
from gallery.detection import hearing
from gallery.detection.asking import mirrored
from gallery.detection.falling import _again
from gallery.detection.truths import labelled, true_boxes
from gallery.photo import SAMPLES, open_sample
from models import object_detection as od
from tests.test_detection import browser

KEYS = [each.key for each in od.CLASSES]
SIZE = (300, 200)
BAD = ["", "1.2.3", "5.5.5.9", "9.1.5.8", "0.0.301.10", "-1.0.5.5", "a.b.c.d", "1.2.3.4_", "²" * 7]
box = st.tuples(
    st.integers(0, 200), st.integers(0, 100), st.integers(1, 100), st.integers(1, 100)
).map(lambda part: (part[0], part[1], part[0] + part[2], part[1] + part[3]))
boxes = st.lists(box, min_size=1, max_size=9)


def crowd(seed: int, photos: int = 2) -> tuple[list[od.Detections], list[list[Marked]]]:
    """True boxes, and found ones that hit them, miss them, and find them again."""
    random = np.random.default_rng(seed)
    found, truth = [], []
    for _ in range(photos):
        corners = random.integers(0, 90, (6, 2))
        true = np.concatenate([corners, corners + random.integers(30, 100, (6, 2))], axis=1)
        labels = random.choice([0, 15], 6)
        near = np.repeat(true, 3, axis=0) + random.normal(0, 9, (18, 4))
        kinds = np.where(random.uniform(size=18) < 0.8, np.repeat(labels, 3), 41)
        order = np.argsort(-(scores := random.permutation(18) / 20 + 0.07))
        found.append(od.Detections(near[order], kinds[order], scores[order]))
        truth.append(
            [Marked(int(k), tuple(map(int, b))) for k, b in zip(labels, true, strict=True)]
        )
    return found, truth


@pytest.mark.parametrize("key", labelled())
def test_true_boxes_lie_inside_their_sample_and_name_a_class(key):
    width, height = open_sample(key).size
    for each in true_boxes(key) or ():
        left, top, right, bottom = each.box
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        assert each.key in KEYS


def test_a_photo_without_objects_differs_from_one_nobody_looked_at():
    assert true_boxes("coins") == ()
    assert true_boxes("no such sample") is None
    assert true_boxes(None) is None
    assert (SAMPLES / "boxes.toml").exists()


@given(boxes)
def test_boxes_survive_an_address(drawn):
    assert parse_boxes(write_boxes(drawn), SIZE) == drawn


@pytest.mark.parametrize("raw", BAD)
def test_an_address_that_is_no_boxes_is_refused(raw):
    assert parse_boxes(raw, SIZE) == []
    assert judge._parse(raw, SIZE, (0, 15)) is None


@given(st.lists(st.tuples(st.sampled_from([0, 15]), box), max_size=judge.MOST))
def test_drawn_boxes_survive_an_address(drawn):
    raw = "_".join(".".join(map(str, (label, *each))) for label, each in drawn) or judge.EMPTY
    assert judge._parse(raw, SIZE, (0, 15)) == tuple(Marked(*each) for each in drawn)


def test_boxes_of_other_kinds_and_too_many_are_refused():
    assert judge._parse("3.0.0.9.9", SIZE, (0, 15)) is None
    assert judge._parse("_".join(["0.0.0.9.9"] * (judge.MOST + 1)), SIZE, (0, 15)) is None


@pytest.mark.parametrize(
    "sent",
    [
        None,
        7,
        {"value": [[0, 0, 9, 9]], "number": 1},
        {"value": [[0, 0, 9, 9], [0, 0, 9, 999]], "number": 1},
        {"value": [[0, 0, 9, 9], [5, 5, 2, 2]], "number": 1},
        {"value": [[0, 0, 9, 9], ["<b>", 1, 2, 3]], "number": 1},
        {"value": 5, "number": 1},
        {"value": [[0, 0, 9, 9], [1, 1, 5, 5]], "number": "1"},
    ],
)
def test_what_is_no_pair_of_boxes_is_not_believed(sent, monkeypatch):
    state = {"w": "old", "w-pair": {"boxes": sent}}
    monkeypatch.setattr(box_pair.st, "session_state", state)
    box_pair._take("w", SIZE)
    assert state["w"] == "old"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ([["cat", 1, 2, 30, 40]], "15.1.2.30.40"),
        ([], judge.EMPTY),
        (None, ""),
        ([["unicorn", 1, 2, 30, 40]], "old"),
        ([["cat", 1, 2, 30, 4000]], "old"),
        ([["cat", 1.5, 2, 30, 40]], "old"),
        ([[]], "old"),
        ("cat", "old"),
    ],
)
def test_drawn_boxes_are_believed_where_they_are_boxes(sent, kept, monkeypatch):
    state = {"w": "old", "c": {"truth": {"value": {"boxes": sent}, "number": 3}}}
    monkeypatch.setattr(judge.st, "session_state", state)
    judge._take_truth("c", "w", SimpleNamespace(size=SIZE), {15: "cat"})
    assert state["w"] == kept


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("agreed", [0.3, 0.5, 0.75])
def test_the_browser_judges_as_the_model_does(seed, agreed):
    found, truth = crowd(seed)
    heard = hearing.Hearing((), tuple(found), tuple(map(tuple, truth)))
    curve = heard.judged(agreed).together
    state = {
        "data": {
            "agreed": agreed,
            "category": None,
            "found": [vars(each) | {"key": each.label} for each in hearing.ranked(heard, curve)],
        },
        "truth": [[{"key": one.label, "box": one.box} for one in each] for each in truth],
    }
    said = browser(judge.SCRIPT, "judge(given)", state)
    assert isinstance(said, dict)
    ranks = said["ranks"]
    assert said["total"] == curve.truths
    assert [each["score"] for each in ranks] == curve.scores.tolist()
    assert [each["hit"] for each in ranks] == curve.correct.tolist()
    np.testing.assert_allclose([each["precision"] for each in ranks], curve.precision)
    np.testing.assert_allclose([each["recall"] for each in ranks], curve.recall)
    np.testing.assert_allclose([each["envelope"] for each in ranks], curve.raised)
    np.testing.assert_allclose(ranks[-1]["area"], curve.average)


@settings(max_examples=5)
@given(st.lists(st.tuples(box, box), min_size=1, max_size=20))
def test_the_workbench_measures_as_the_model_does(pairs):
    call = "given.map(([a, b]) => measured(a, b))"
    said = browser(box_pair.SCRIPT, call, pairs)
    assert isinstance(said, list)
    for each, (first, second) in zip(said, pairs, strict=True):
        met = od.meet(first, second)
        assert (each["sizes"]["both"], each["sizes"]["union"]) == (met.intersection, met.union)
        assert each["sizes"]["around"] == met.enclosing_area
        assert each["iou"] == pytest.approx(met.iou)
        assert each["giou"] == pytest.approx(met.giou)


@settings(max_examples=5)
@given(
    st.lists(
        st.tuples(
            box,
            st.none() | st.integers(0, 3),
            st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_a_box_that_is_dragged_stays_a_box_inside_the_photo(drags):
    call = "given.map((each) => movedBox(...each, { width: 300, height: 200 }))"
    moved = browser(box_pair.SCRIPT, call, drags)
    assert isinstance(moved, list)
    for (before, corner, _), after in zip(drags, moved, strict=True):
        assert 0 <= after[0] < after[2] <= SIZE[0]
        assert 0 <= after[1] < after[3] <= SIZE[1]
        if corner is None:
            assert after[2] - after[0] == before[2] - before[0]
            assert after[3] - after[1] == before[3] - before[1]


def test_boxes_are_drawn_along_their_sides_only():
    photo = np.full((120, 160, 3), 200, np.uint8)
    drawn = figures.boxed(photo, [figures.Outline((40, 40, 120, 100), "#0072B2")])
    blue = (0x00, 0x72, 0xB2)
    assert tuple(drawn[40, 80]) == blue
    assert tuple(drawn[70, 120]) == blue
    assert (drawn[55:85, 60:100] == 200).all()
    assert (drawn[:30] == 200).all()
    assert (photo == 200).all()


def test_a_dashed_box_has_gaps_and_names_find_room():
    photo = np.full((120, 160, 3), 200, np.uint8)
    dashed = figures.boxed(photo, [figures.Outline((40, 40, 120, 100), "#0072B2", dashed=True)])
    share = (dashed[40, 40:120] == (0x00, 0x72, 0xB2)).all(axis=1).mean()
    assert 0.3 < share < 0.8
    for outside in ((-50, -50, 900, 900), (150, 0, 159, 4), (10, 110, 30, 120)):
        named = figures.boxed(photo, [figures.Outline(outside, "#E69F00", "猫 0.93")])
        assert named.shape == photo.shape
    assert (figures.boxed(photo, []) == photo).all()


def test_the_mirror_of_the_mirror_is_the_photo():
    pixels = open_sample("cat").pixels[:96, :128]
    plain = od.raw(pixels)
    back = mirrored(np.ascontiguousarray(pixels[:, ::-1]), "tiny_yolo")
    np.testing.assert_allclose(back.scores, plain.scores, atol=1e-5)
    np.testing.assert_allclose(back.boxes[:, [1, 3]], plain.boxes[:, [1, 3]], atol=1e-3)
    np.testing.assert_allclose(back.boxes[:, [0, 2]], 128 - plain.boxes[:, [2, 0]], atol=1e-3)


def test_what_is_found_again_has_its_class_and_its_place():
    good = od.Detections(
        np.array([[0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10.0]]),
        np.array([0, 15, 0]),
        np.array([0.9, 0.8, 0.7]),
    )
    here = od.Detections(
        np.array([[41, 0, 50, 10], [20, 0, 30, 10.0]]), np.array([0, 0]), np.array([0.6, 0.5])
    )
    assert _again(SimpleNamespace(found=(good, here)), 1, 0.5) == {0: 2}


def test_the_samples_are_judged_without_copies_and_specks():
    spec = od.MODELS[0]
    known = od.known_classes(spec.name)
    heard = hearing.hear_samples(spec, known)
    assert {photo.sample for photo in heard.photos} == set(labelled()) - {"collage", "temple"}
    assert all(one.label in known for each in heard.truth for one in each)
    judged = heard.judged(0.5)
    assert judged.together.truths == heard.count
    right = judged.together.raised[judged.together.correct]
    assert judged.together.average == pytest.approx(right.sum() / heard.count)


def test_the_code_of_a_judgement_runs():
    photo = open_sample("cat")
    heard = hearing.hear(photo, od.MODELS[0], hearing.marked(true_boxes("cat") or ()))
    space: dict[str, object] = {}
    exec(hearing.code(heard, od.MODELS[0], 0.5).replace("print(", "answer = ("), space)
    answer = space["answer"]
    assert isinstance(answer, od.Precision)
    assert answer.together.average == pytest.approx(heard.judged(0.5).together.average)
