"""Average precision against pycocotools, and by hand where the numbers are small."""

import contextlib
import io

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from models.object_detection import Detections, Truth, average_precision

KINDS = 4


def some_photos(seed, photos=4):
    """True boxes, some of them crowds, and detections near some of them; many equal scores."""
    random = np.random.default_rng(seed)
    found, truth = [], []
    for _ in range(photos):
        count, more = random.integers(0, 8), random.integers(1, 20)
        corners = random.random((count, 2)) * 60
        boxes = np.concatenate([corners, corners + 8 + random.random((count, 2)) * 40], axis=1)
        labels, crowd = random.integers(0, KINDS - 1, count), (random.random(count) < 0.2) * 1
        truth.append(Truth(boxes, labels, crowd))
        source = random.integers(0, max(count, 1), more)
        near = boxes[source] if count else np.tile([5.0, 5, 30, 30], (more, 1))
        near = near + random.normal(0, 3, near.shape)
        near = np.concatenate(
            [np.minimum(near[:, :2], near[:, 2:]), np.maximum(near[:, :2], near[:, 2:]) + 0.1],
            axis=1,
        )
        right = labels[source] if count else np.zeros(more, int)
        kinds = np.where(random.random(more) < 0.7, right, random.integers(0, KINDS, more))
        found.append(Detections(near, kinds, random.random(more).round(1)))
    return found, truth


def by_pycocotools(found, truth, iou):
    """Precision (101, classes) at each recall; -1 where a class is not true anywhere."""
    annotations, detections = [], []
    for photo, (answer, true) in enumerate(zip(found, truth, strict=True), 1):
        for box, label, crowd in zip(true.boxes, true.labels, true.crowd, strict=True):
            annotations.append(entry(photo, box, label) | {"iscrowd": int(crowd)})
        for box, label, score in zip(answer.boxes, answer.labels, answer.scores, strict=True):
            detections.append(entry(photo, box, label) | {"score": float(score)})
    for number, annotation in enumerate(annotations, 1):
        annotation["id"] = number
    with contextlib.redirect_stdout(io.StringIO()):
        peer = COCO()
        peer.dataset = {
            "images": [{"id": photo} for photo in range(1, len(found) + 1)],
            "annotations": annotations,
            "categories": [{"id": kind} for kind in range(1, KINDS + 1)],
        }
        peer.createIndex()
        judge = COCOeval(peer, peer.loadRes(detections), "bbox")
        judge.params.iouThrs = np.array([iou])
        judge.params.areaRng, judge.params.areaRngLbl = [[0, 1e10]], ["all"]
        judge.evaluate()
        judge.accumulate()
    return judge.eval["precision"][0, :, :, 0, -1]


def entry(photo, box, label):
    width, height = box[2] - box[0], box[3] - box[1]
    return {
        "image_id": photo,
        "category_id": int(label) + 1,
        "bbox": [box[0], box[1], width, height],
        "area": width * height,
    }


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("iou", [0.5, 0.75])
def test_average_precision_is_cocos(seed, iou):
    found, truth = some_photos(seed)
    ours, wanted = average_precision(found, truth, iou), by_pycocotools(found, truth, iou)
    means = []
    for curve in ours.classes:
        if curve.truths == 0:
            assert (wanted[:, curve.label] == -1).all()
            assert np.isnan(curve.average)
            continue
        np.testing.assert_allclose(curve.read, wanted[:, curve.label], atol=1e-9)
        means.append(wanted[:, curve.label].mean())
    assert ours.mean == pytest.approx(np.mean(means))


def boxes_of(*lefts):
    return np.array([[left, 0, left + 10, 10] for left in lefts], float)


def test_a_curve_point_by_point():
    """Right, wrong, right, and one miss: precision 1, 1/2, 2/3 at recall 1/3, 1/3, 2/3."""
    found = Detections(boxes_of(0, 50, 21), np.zeros(3, int), np.array([0.9, 0.8, 0.7]))
    truth = Truth(boxes_of(0, 20, 90), np.zeros(3, int))
    answer = average_precision(found, truth, 0.5, "every")
    (curve,) = answer.classes
    assert curve.correct.tolist() == [True, False, True]
    np.testing.assert_allclose(curve.precision, [1, 1 / 2, 2 / 3])
    np.testing.assert_allclose(curve.recall, [1 / 3, 1 / 3, 2 / 3])
    np.testing.assert_allclose(curve.raised, [1, 2 / 3, 2 / 3])
    assert curve.truth.tolist() == [0, -1, 1]
    np.testing.assert_allclose(curve.overlap, [1, 0, 9 / 11])
    assert answer.missed[0].tolist() == [2]
    assert curve.average == pytest.approx(1 / 3 + 2 / 3 / 3)
    assert average_precision(found, truth, 0.5, "voc").mean == pytest.approx((4 + 3 * 2 / 3) / 11)
    assert average_precision(found, truth, 0.5, "coco").mean == pytest.approx(
        (34 + 33 * 2 / 3) / 101
    )


def test_of_two_detections_on_one_thing_the_surer_is_right():
    found = Detections(boxes_of(2, 0), np.zeros(2, int), np.array([0.9, 0.8]))
    answer = average_precision(found, Truth(boxes_of(0), np.zeros(1, int)))
    assert answer.classes[0].correct.tolist() == [True, False]
    np.testing.assert_allclose(answer.classes[0].overlap, [8 / 12, 1])


def test_the_right_place_under_the_wrong_name_is_wrong_and_a_miss():
    answer = average_precision(
        Detections(boxes_of(0), np.array([3]), np.array([0.9])), Truth(boxes_of(0), np.array([5]))
    )
    assert answer.mean == 0
    assert [curve.label for curve in answer.classes] == [3, 5]
    assert answer.missed[0].tolist() == [0]
    assert answer.together.correct.tolist() == [False]


def test_where_nothing_is_true_there_is_no_average():
    nothing = Truth(np.zeros((0, 4)), np.zeros(0, int))
    answer = average_precision(Detections(boxes_of(0), np.array([3]), np.array([0.9])), nothing)
    assert np.isnan(answer.mean)
    empty = Detections(np.zeros((0, 4)), np.zeros(0, int), np.zeros(0))
    assert average_precision(empty, Truth(boxes_of(0), np.zeros(1, int))).mean == 0
    assert np.isnan(average_precision(empty, nothing).mean)
    assert average_precision([], []).classes == ()


@pytest.mark.parametrize("seed", range(3))
def test_all_classes_together_hold_every_detection_that_counts(seed):
    found, truth = some_photos(seed)
    answer = average_precision(found, truth)
    parts = [len(curve.scores) for curve in answer.classes]
    assert len(answer.together.scores) == sum(parts)
    assert answer.together.correct.sum() == sum(curve.correct.sum() for curve in answer.classes)
    assert answer.together.truths == sum((each.crowd == 0).sum() for each in truth)
    missed = sum(len(each) for each in answer.missed)
    assert missed == answer.together.truths - answer.together.correct.sum()
