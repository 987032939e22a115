"""Boxes: overlap, suppression, selection, anchors and cells, against torchvision's operators."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision import ops

from models import object_detection as detection
from models._errors import InputError
from models._ranges import limits
from models.networks import tiny_yolo
from tests.strategies import arguments, outside

FEW = settings(max_examples=15, deadline=None)


def some_boxes(seed, count, spread=100.0, size=60.0):
    random = np.random.default_rng(seed)
    corners = random.random((count, 2)) * spread
    return np.concatenate([corners, corners + 1 + random.random((count, 2)) * size], axis=1)


def some_scores(seed, count, ties=False):
    scores = np.random.default_rng(seed + 1).random(count)
    return scores.round(1) if ties else scores


@st.composite
def crowds(draw, most=60):
    """Boxes, scores and classes; some scores are equal, some boxes too."""
    seed, count = draw(st.integers(0, 2**16)), draw(st.integers(0, most))
    boxes = some_boxes(seed, count)
    if count and draw(st.booleans()):
        boxes[count // 2 :] = boxes[: count - count // 2]
    labels = np.random.default_rng(seed + 2).integers(0, 4, count)
    return boxes, some_scores(seed, count, draw(st.booleans())), labels


# --- overlap


@FEW
@given(crowds(20), crowds(20))
def test_overlaps_are_torchvisions(one, other):
    a, b = one[0], other[0]
    first, second = torch.from_numpy(a), torch.from_numpy(b)
    for ours, theirs in (
        (detection.overlap, ops.box_iou),
        (detection.generalised_overlap, ops.generalized_box_iou),
        (detection.distance_overlap, ops.distance_box_iou),
    ):
        np.testing.assert_allclose(ours(a, b), theirs(first, second).numpy(), atol=1e-6)


@FEW
@given(crowds(8))
def test_overlap_is_symmetric_one_with_itself_and_never_below_the_others(crowd):
    boxes = crowd[0]
    iou = detection.overlap(boxes, boxes)
    np.testing.assert_allclose(iou, iou.T, atol=1e-12)
    np.testing.assert_allclose(np.diag(iou), 1)
    assert (detection.generalised_overlap(boxes, boxes) <= iou + 1e-12).all()
    assert (detection.distance_overlap(boxes, boxes) <= iou + 1e-12).all()


def test_two_boxes_in_numbers():
    two = detection.meet([0, 0, 4, 4], [2, 1, 6, 5])
    assert two.areas == (16, 16)
    assert (two.intersection, two.union, two.enclosing_area) == (6, 26, 30)
    assert two.shared.tolist() == [2, 1, 4, 4]
    assert two.enclosing.tolist() == [0, 0, 6, 5]
    assert two.iou == pytest.approx(6 / 26)
    assert two.giou == pytest.approx(6 / 26 - 4 / 30)
    assert two.diou == pytest.approx(6 / 26 - 5 / 61)
    assert two.distance**2 / two.diagonal**2 == pytest.approx(5 / 61)
    apart = detection.meet([0, 0, 1, 1], [9, 0, 10, 1])
    assert (apart.shared, apart.intersection, apart.iou) == (None, 0, 0)
    assert apart.giou == pytest.approx(-0.8)


# --- suppression


@FEW
@given(crowds(), st.floats(0.05, 0.95))
def test_hard_suppression_is_torchvisions(crowd, iou):
    boxes, scores, labels = crowd
    tensors = [torch.from_numpy(each) for each in (boxes, scores)]
    kept = detection.suppress(boxes, scores, iou).kept
    assert kept.tolist() == ops.nms(*tensors, iou).tolist()
    kept = detection.suppress(boxes, scores, iou, labels).kept
    wanted = ops.batched_nms(*tensors, torch.from_numpy(labels), iou)
    order = np.lexsort((wanted.numpy(), -scores[wanted.numpy()]))  # of equals it may take either
    assert kept.tolist() == wanted.numpy()[order].tolist()


def test_more_boxes_than_a_block_are_suppressed_alike():
    boxes, scores = some_boxes(3, 1500, 400, 80), some_scores(3, 1500)
    kept = detection.suppress(boxes, scores, 0.4).kept
    assert 256 < len(kept) < 1500
    assert kept.tolist() == ops.nms(*map(torch.from_numpy, (boxes, scores)), 0.4).tolist()


def slowly(boxes, scores, iou, labels, method, sigma=0.5, least=0.001):
    """Suppression as it is told, one pair at a time."""
    left = [number for number in np.argsort(-scores, kind="stable") if scores[number] > 0]
    current, kept = scores.copy(), []
    soft = method.startswith("soft")
    if soft:
        left = [number for number in left if current[number] >= least]
    while left:
        winner = max(left, key=lambda number: (current[number], -number))
        left.remove(winner)
        kept.append(winner)
        for rival in list(left):
            if labels[rival] != labels[winner]:
                continue
            two = detection.meet(boxes[winner], boxes[rival])
            if method == "soft":
                current[rival] *= np.exp(-(two.iou**2) / sigma)
            elif method == "soft_linear" and two.iou > iou:
                current[rival] *= 1 - two.iou
            elif (method == "hard" and two.iou > iou) or (method == "diou" and two.diou > iou):
                left.remove(rival)
            if soft and current[rival] < least:
                left.remove(rival)
    return kept, current


@pytest.mark.parametrize("method", limits(detection.suppress)["method"].values)
@pytest.mark.parametrize("seed", [0, 1])
def test_every_method_does_what_it_says(method, seed):
    boxes, scores = some_boxes(seed, 25, 60), some_scores(seed, 25)
    labels = np.arange(25) % 2
    done = detection.suppress(boxes, scores, 0.4, labels, method, sigma=0.3, least=0.2)
    kept, final = slowly(boxes, scores, 0.4, labels, method, 0.3, 0.2)
    assert done.kept.tolist() == kept
    np.testing.assert_allclose(done.scores[kept], final[kept])


@pytest.mark.parametrize("method", limits(detection.suppress)["method"].values)
def test_the_turns_add_up_to_the_result(method):
    boxes, scores = some_boxes(7, 40, 60), some_scores(7, 40)
    labels = np.arange(40) % 3
    done = detection.suppress(boxes, scores, 0.4, labels, method, least=0.15)
    current = dict(enumerate(scores))
    gone = set(np.flatnonzero(scores < 0.15)) if method.startswith("soft") else set()
    assert len(done.steps) == len(done.kept)
    for turn, step in enumerate(done.steps):
        assert step.winner == done.kept[turn]
        assert step.score == pytest.approx(current[step.winner])
        waiting = set(range(40)) - gone - set(done.kept[: turn + 1].tolist())
        assert set(step.rivals) == {n for n in waiting if labels[n] == labels[step.winner]}
        np.testing.assert_allclose(step.before, [current[number] for number in step.rivals])
        measure = detection.distance_overlap if method == "diou" else detection.overlap
        wanted = measure(boxes[step.winner], boxes[step.rivals])
        np.testing.assert_allclose(step.overlaps, wanted.reshape(-1))
        current |= dict(zip(step.rivals, step.after, strict=True))
        gone |= set(step.suppressed)
        assert (done.suppressed_in[step.suppressed] == turn).all()
    assert gone | set(done.kept) == set(range(40))
    assert (done.order == np.argsort(-scores, kind="stable")).all()
    assert done.steps[-1].winner == done.kept[-1]
    assert [step.winner for step in done.steps[1:3]] == done.kept[1:3].tolist()


@FEW
@given(crowds(30), arguments(detection.suppress))
def test_what_is_kept_is_kept_whatever_the_settings(crowd, chosen):
    boxes, scores, labels = crowd
    done = detection.suppress(boxes, scores, labels=labels, **chosen)
    assert len(set(done.kept.tolist())) == len(done.kept)
    assert (np.diff(done.scores[done.kept]) <= 1e-12).all()
    assert (done.scores <= scores + 1e-12).all()
    again = detection.suppress(boxes[done.kept], done.scores[done.kept], labels=labels[done.kept])
    if chosen["method"] == "hard" and chosen["iou"] <= 0.5:
        assert len(again.kept) == len(done.kept)


def test_each_threshold_works_in_its_direction():
    boxes, scores = some_boxes(5, 80), some_scores(5, 80)
    kept = [
        len(detection.select(boxes, scores, iou=iou, score=0).boxes) for iou in (0, 0.3, 0.7, 1)
    ]
    assert kept == sorted(kept)
    assert kept[0] < kept[-1] == 80
    found = [
        len(detection.select(boxes, scores, iou=1, score=score).boxes) for score in (0, 0.5, 1)
    ]
    assert found == sorted(found, reverse=True)
    assert (found[0], found[-1]) == (80, 0)


def test_a_selection_filters_by_class_and_suppresses_within_or_across():
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [50, 0, 60, 10.0]])
    scores, labels = [0.9, 0.8, 0.7], [0, 16, 16]
    assert detection.select(boxes, scores, labels).candidates.tolist() == [0, 1, 2]
    assert detection.select(boxes, scores, labels, together=True).candidates.tolist() == [0, 2]
    only = detection.select(boxes, scores, labels, classes=(16,), together=True)
    assert only.candidates.tolist() == [1, 2]
    assert only.labels.tolist() == [16, 16]
    assert detection.select([], []).boxes.shape == (0, 4)


# --- anchors and cells


def test_anchors_are_the_shapes_of_the_groups():
    random = np.random.default_rng(0)
    groups = np.repeat([[20, 20], [30, 120], [150, 40]], 40, axis=0)
    shapes = groups * random.uniform(0.9, 1.1, groups.shape)
    corners = random.random(groups.shape) * 500
    found = detection.anchors(np.concatenate([corners, corners + shapes], axis=1), 3)
    np.testing.assert_allclose(found.shapes, [[20, 20], [30, 120], [150, 40]], rtol=0.06)
    assert (found.members == np.repeat([0, 1, 2], 40)).all()
    assert found.mean_overlap > 0.88
    centred = [np.concatenate([-each / 2, each / 2], axis=-1) for each in (shapes, found.shapes)]
    np.testing.assert_allclose(found.overlaps, detection.overlap(*centred).max(axis=1))


@FEW
@given(st.integers(0, 999), st.integers(1, 9))
def test_more_anchors_fit_no_worse_than_one(seed, count):
    boxes = some_boxes(seed, 40)
    found = detection.anchors(boxes, count, seed)
    assert found.shapes.shape == (count, 2)
    assert found.mean_overlap >= detection.anchors(boxes, 1, seed).mean_overlap - 0.02
    assert 0 < found.mean_overlap <= 1


@FEW
@given(st.lists(st.floats(-4, 4), min_size=5, max_size=5), st.integers(0, 11), st.integers(0, 11))
def test_a_cell_is_decoded_as_the_formulas_say(numbers, row, column):
    tx, ty, tw, th, to = numbers
    found = detection.decode(numbers, row, column, 30.0, 60.0, 16, 2.0)
    x = (2 / (1 + np.exp(-tx)) - 0.5 + column) * 16
    y = (2 / (1 + np.exp(-ty)) - 0.5 + row) * 16
    width, height = 30 * np.exp(tw), 60 * np.exp(th)
    wanted = [x - width / 2, y - height / 2, x + width / 2, y + height / 2]
    np.testing.assert_allclose(found.box, wanted)
    np.testing.assert_allclose(found.box_in_photo, np.array(wanted) * 2)
    assert found.objectness == pytest.approx(1 / (1 + np.exp(-to)))


def test_the_cell_that_answers_is_the_one_under_the_centre():
    scale = 400 / tiny_yolo.INPUT
    for (row, column), anchor in itertools.product([(0, 0), (3, 7), (8, 11)], range(3)):
        width, height = np.array(tiny_yolo.ANCHORS[anchor]) * scale
        x, y = ((each + 0.5) * tiny_yolo.STRIDE * scale for each in (column, row))
        box = [x - width / 2, y - height / 2, x + width / 2, y + height / 2]
        found = detection.responsible(box, 300, 400)
        assert (found.row, found.column, found.anchor) == (row, column, anchor)
        assert found.overlaps[anchor] == pytest.approx(1)


# --- two detectors


def test_boxes_of_two_detectors_are_matched_the_most_alike_first():
    first = np.array([[0, 0, 10, 10], [20, 0, 30, 10], [50, 0, 60, 10.0]])
    second = np.array([[1, 0, 11, 10], [0, 0, 10, 10], [21, 0, 31, 10.0]])
    found = detection.compare(first, second, [0, 1, 2], [0, 0, 5])
    assert found.matched.tolist() == [[0, 1], [1, 2]]
    assert found.agree.tolist() == [True, False]
    assert (found.only_first.tolist(), found.only_second.tolist()) == ([2], [0])
    np.testing.assert_allclose(found.overlaps, [1, 9 / 11])
    assert detection.compare(first, [], iou=0.1).only_first.tolist() == [0, 1, 2]


# --- what cannot be worked on

BAD_BOXES = [
    ([[0, 0, 5, float("nan")]], "boxes_numbers"),
    ([[0, 0, 5, float("inf")]], "boxes_numbers"),
    ([[0, 0, 0, 5]], "box_flat"),
    ([[9, 0, 5, 5]], "box_flat"),
    ([[0, 0, 5]], "boxes_shape"),
    ([[[0, 0, 5, 5]]], "boxes_shape"),
    ("many", "boxes_numbers"),
    ([[0, 0, 5, 5], [1]], "boxes_numbers"),
    (np.ones((20_001, 4)), "boxes_too_many"),
]


@pytest.mark.parametrize(("boxes", "code"), BAD_BOXES)
def test_bad_boxes_are_refused_wherever_they_are_given(boxes, code):
    for ask in (
        lambda: detection.overlap(boxes, [[0, 0, 1, 1]]),
        lambda: detection.suppress(boxes, []),
        lambda: detection.select(boxes, []),
        lambda: detection.anchors(boxes),
        lambda: detection.compare([[0, 0, 1, 1]], boxes),
    ):
        with pytest.raises(InputError) as told:
            ask()
        assert told.value.code == code


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda: detection.suppress([[0, 0, 1, 1]], [0.5, 0.4]), "counts_differ"),
        (lambda: detection.suppress([[0, 0, 1, 1]], [1.5]), "scores_range"),
        (lambda: detection.suppress([[0, 0, 1, 1]], [float("nan")]), "scores_range"),
        (lambda: detection.suppress([[0, 0, 1, 1]], [1], labels=[0.5]), "labels_range"),
        (lambda: detection.suppress([[0, 0, 1, 1]], [1], labels=[1, 2]), "counts_differ"),
        (lambda: detection.select([[0, 0, 1, 1]], [1], [80]), "labels_range"),
        (lambda: detection.anchors([[0, 0, 1, 1]], 2), "boxes_too_few"),
        (lambda: detection.decode([1, 2, 3]), "numbers_five"),
        (lambda: detection.decode([1, 2, 3, 4, float("nan")]), "numbers_five"),
        (lambda: detection.decode("tx"), "numbers_five"),
        (lambda: detection.responsible([500, 0, 600, 10], 100, 100), "box_outside"),
        (lambda: detection.meet([[0, 0, 1, 1]] * 2), "boxes_shape"),
        (lambda: detection.overlap(np.tile([0, 0, 1, 1], (3000, 1)), some_boxes(0, 3000)), None),
    ],
)
def test_what_cannot_be_worked_on_is_said(ask, code):
    with pytest.raises(InputError) as told:
        ask()
    assert told.value.code == (code or "boxes_too_many")


@pytest.mark.parametrize(
    "function",
    [
        *(detection.suppress, detection.select, detection.anchors, detection.decode),
        *(detection.responsible, detection.compare, detection.average_precision),
        detection.pool_region,
    ],
)
def test_settings_outside_their_limits_are_refused(function):
    for name, value in outside(function):
        with pytest.raises(InputError):
            function(**{name: value})
