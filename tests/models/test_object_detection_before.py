"""How it was done before, a photo made worse, and the embedded detector from end to end."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from skimage import data
from torch.nn import functional as F
from torchvision import ops
from torchvision.transforms.v2 import functional as pictures

from models import _detect_slide
from models import object_detection as detection
from models._detect_names import CLASSES, network_of
from models._errors import InputError
from models._load import load
from models.networks import tiny_locator, tiny_yolo
from tests.strategies import photos

PHOTO = np.random.default_rng(0).integers(0, 256, (72, 96, 3), dtype=np.uint8)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**16), st.integers(1, 7), st.sampled_from([1.0, 0.5, 0.0625]))
def test_pooling_is_torchvisions(seed, size, scale):
    random = np.random.default_rng(seed)
    channels, height, width = random.integers(1, 4), *random.integers(3, 16, 2)
    features = random.normal(size=(channels, height, width))
    left, top = random.random(2) * (width, height) / scale * 0.8
    wide, high = (0.05 + random.random(2) * (width, height)) / scale
    box = [left, top, left + wide, top + high]
    found = detection.pool_region(features, box, size, scale)
    region = torch.tensor([[0, *box]], dtype=torch.float64)
    wanted = ops.roi_pool(torch.from_numpy(features)[None], region, size, scale)[0]
    np.testing.assert_array_equal(found.values, wanted.numpy())
    for channel, row, column in np.ndindex(channels, size, size):
        place = found.winners[channel, row, column]
        if place[0] >= 0:
            assert features[channel][tuple(place)] == found.values[channel, row, column]


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda: detection.pool_region([1, 2, 3]), "features_shape"),
        (lambda: detection.pool_region([[1, 2], [3]]), "features_shape"),
        (lambda: detection.pool_region([[1, float("nan")]]), "features_shape"),
        (lambda: detection.pool_region(np.zeros((4, 4)), [9, 9, 12, 12]), "box_outside"),
        (lambda: detection.pool_region(np.zeros((4, 4)), [1, 1, 1, 2]), "box_flat"),
        (lambda: detection.slide(PHOTO, window=80), "window_over_photo"),
        (
            lambda: detection.slide(np.tile(PHOTO, (4, 4, 1)), window=16, stride=4),
            "windows_too_many",
        ),
        (lambda: detection.locate(PHOTO, target=200), "class_range"),
        (lambda: detection.locate(PHOTO, truth=[0, 0, 0, 0]), "box_flat"),
        (lambda: detection.raw(PHOTO[:1].repeat(40, axis=1)), "photo_too_small"),
        (lambda: detection.raw(PHOTO[:16, :16].repeat(20, axis=1)), "photo_too_narrow"),
        (lambda: detection.raw(PHOTO.astype(float)), "photo_shape"),
        (lambda: detection.detect(PHOTO, "no such model"), "not_a_choice"),
        (lambda: detection.propose(PHOTO[:4]), "photo_too_small"),
        (lambda: detection.locate(PHOTO, truth=[500, 500, 600, 600]), "box_outside"),
        (lambda: detection.locate(PHOTO, truth=[0, 0, 0, 9]), "box_flat"),
        (lambda: detection.average_precision([], [detection.Truth([], [])]), "photos_differ"),
    ],
)
def test_what_cannot_be_worked_on_is_said(ask, code):
    with pytest.raises(InputError) as told:
        ask()
    assert told.value.code == code


def test_every_window_is_named_as_if_it_were_the_photo():
    found = detection.slide(PHOTO, window=48, stride=12, score=0.0)
    assert (found.rows, found.columns) == (3, 5)
    assert found.boxes[6].tolist() == [12, 12, 60, 60]
    assert found.pixels_ratio == pytest.approx(15 * 48**2 / (72 * 96))
    network = _detect_slide.network_of("tiny_vgg")
    cut = torch.from_numpy(PHOTO[12:60, 12:60]).permute(2, 0, 1)[None].float()
    shown = _detect_slide._scaled(pictures.resize(cut, [64, 64], antialias=True))
    with torch.inference_mode():
        shares = network(shown).softmax(1)[0]
    assert found.labels[6] == shares.argmax()
    assert found.probabilities[6] == pytest.approx(float(shares.max()), abs=1e-4)
    surest = found.found[0]
    assert surest.probability == found.probabilities.max()
    assert len(detection.slide(PHOTO, window=48, stride=12, score=1.0).found) == 0


def test_windows_are_named_step_by_step_until_all_are(monkeypatch):
    monkeypatch.setattr(_detect_slide, "BATCH", 4)
    steps = list(detection.slide_steps(PHOTO, window=48, stride=12, score=0.0))
    whole = detection.slide(PHOTO, window=48, stride=12, score=0.0)
    seen = [int((step.probabilities > 0).sum()) for step in steps]
    assert seen == [4, 8, 12, 15]
    assert all(len(step.found) <= count for step, count in zip(steps, seen, strict=True))
    np.testing.assert_array_equal(steps[-1].labels, whole.labels)
    np.testing.assert_allclose(steps[0].probabilities[:4], whole.probabilities[:4], atol=1e-5)
    with pytest.raises(InputError):  # before the first step
        detection.slide_steps(PHOTO, window=80)


def test_one_class_and_one_box_come_with_their_two_losses():
    """The features, the head and both losses, written out again with torch's own."""
    photo = data.chelsea()
    height, width = photo.shape[:2]
    truth, target = [90.0, 20.0, 400.0, 300.0], 8
    found = detection.locate(photo, truth, target)
    shown = torch.from_numpy(photo).permute(2, 0, 1)[None].float()
    shown = _detect_slide._scaled(pictures.resize(shown, [64, 64], antialias=True))
    with torch.inference_mode():
        features = _detect_slide.network_of("tiny_vgg").features(shown)
        logits, units = load(tiny_locator.SPEC)(features)
    sides = torch.tensor([width, height] * 2)
    true = torch.tensor(truth) / sides * tiny_locator.UNITS
    cost = F.smooth_l1_loss(units[0], true, reduction="sum")
    assert found.box_loss == pytest.approx(float(cost), rel=1e-3)
    assert found.class_loss == pytest.approx(
        float(F.cross_entropy(logits, torch.tensor([target]))), rel=1e-3
    )
    np.testing.assert_allclose(found.differences, units[0] - true, atol=1e-3)
    wanted = (units[0] / tiny_locator.UNITS * sides).numpy()
    if (wanted[2:] > wanted[:2]).all():
        np.testing.assert_allclose(found.box, wanted.clip(0, [width, height] * 2), atol=0.05)
    assert found.iou == pytest.approx(float(detection.overlap(found.box, truth)[0, 0]))
    assert found.likeliest.tolist() == logits[0].topk(5).indices.tolist()
    alone = detection.locate(photo)
    assert (alone.iou, alone.box_loss, alone.class_loss, alone.differences) == (None,) * 4
    np.testing.assert_array_equal(alone.box, found.box)


def test_regions_of_even_colour_are_proposed():
    photo = np.full((80, 120, 3), 30, np.uint8)
    photo[10:40, 10:50] = (220, 40, 40)
    photo[45:75, 70:110] = (40, 60, 230)
    found = detection.propose(photo)
    assert found.segments.shape == (80, 120)
    assert found.boxes[0].tolist() == [0, 0, 120, 80]
    for box in ([10, 10, 50, 40], [70, 45, 110, 75]):
        assert detection.overlap(found.boxes, box).max() > 0.85
    assert len(np.unique(found.boxes, axis=0)) == len(found.boxes)
    assert found.levels[0] == found.levels.max() > 0


@settings(max_examples=10, deadline=None)
@given(photos(16, 40), st.sampled_from(detection.DAMAGES), st.floats(0, 1))
def test_a_photo_keeps_its_size_however_bad_it_gets(photo, kind, amount):
    worse = detection.degrade(photo, kind, amount)
    assert worse.shape == (*photo.shape[:2], 3)
    assert worse.dtype == np.uint8
    if amount == 0:
        np.testing.assert_array_equal(
            worse, photo if photo.ndim == 3 else photo[..., None] * [1] * 3
        )


def test_each_damage_is_what_it_says():
    assert detection.degrade(PHOTO, "darken", 1.0).max() <= 255 * 0.02 + 0.5
    blurred = detection.degrade(PHOTO, "blur", 1.0)
    assert blurred.std() < PHOTO.std() / 3
    small = Image.fromarray(PHOTO).resize((24, 18), Image.Resampling.BILINEAR)
    wanted = np.asarray(small.resize((96, 72), Image.Resampling.BILINEAR))
    np.testing.assert_array_equal(detection.degrade(PHOTO, "shrink", 0.5), wanted)
    errors = [
        np.abs(detection.degrade(PHOTO, "jpeg", amount).astype(int) - PHOTO).mean()
        for amount in (0.0, 0.3, 1.0)
    ]
    assert errors[0] == 0 < errors[1] < errors[2]


def test_what_endures_is_counted_from_the_photo_as_it_was():
    found = detection.endure(PHOTO, kind="darken", points=3, score=0.01)
    assert found.measures == pytest.approx((1, 0.02**0.5, 0.02))
    assert found.still[0] == found.counts[0] == len(found.found[0].boxes)
    np.testing.assert_array_equal(found.photos[0], PHOTO)
    assert all(still <= found.counts[0] for still in found.still)


def test_what_endures_is_told_step_by_step():
    steps = list(detection.endure_steps(PHOTO, kind="blur", points=3, score=0.01))
    whole = detection.endure(PHOTO, kind="blur", points=3, score=0.01)
    assert [len(step.counts) for step in steps] == [1, 2, 3]
    assert steps[-1].counts == whole.counts
    assert steps[1].measures == whole.measures[:2]
    assert steps[0].still == whole.still[:1]


# --- the embedded detector


def test_the_grid_is_decoded_from_what_the_network_says():
    """The forward pass and the formulas of its docstring, written out again."""
    found = detection.raw(PHOTO)
    side = tiny_yolo.INPUT
    scale = 96 / side
    photo = torch.from_numpy(PHOTO).permute(2, 0, 1)[None].float()
    small = pictures.resize(photo, [side * 72 // 96, side], antialias=True) / 255
    mean, deviation = (
        torch.tensor(three).view(1, 3, 1, 1) for three in (tiny_yolo.MEAN, tiny_yolo.STD)
    )
    filled = F.pad((small - mean) / deviation, (0, 0, 0, side - small.shape[2]))
    with torch.inference_mode():
        numbers = network_of("tiny_yolo")(filled)[0].numpy()
    np.testing.assert_allclose(found.grid.numbers, numbers, atol=1e-3, rtol=1e-3)
    assert found.grid.scale == pytest.approx(scale)
    assert len(found.boxes) > 0
    for row in range(0, len(found.boxes), max(1, len(found.boxes) // 10)):
        place = tuple(found.cells[row])
        told = found.grid.numbers[place].astype(float)
        anchor = tiny_yolo.ANCHORS[place[2]]
        one = detection.decode(told, int(place[0]), int(place[1]), *anchor, scale=scale)
        np.testing.assert_allclose(found.grid.boxes[place], one.box_in_photo)
        edges = one.box_in_photo.clip(0, [96, 72, 96, 72])
        np.testing.assert_allclose(found.boxes[row], edges)
        shares = np.exp(told[5:] - told[5:].max())
        shares /= shares.sum()
        assert found.scores[row] == pytest.approx(one.objectness * shares.max())
        assert CLASSES[found.labels[row]] == tiny_yolo.CLASSES[shares.argmax()]


def test_detecting_is_running_once_and_choosing():
    found = detection.raw(PHOTO)
    assert (np.diff(found.scores) <= 0).all()
    assert found.scores.min() >= found.floor
    threshold = float(found.scores[len(found.scores) // 2])
    whole = detection.detect(PHOTO, score=threshold, iou=0.4)
    chosen = detection.select(found.boxes, found.scores, found.labels, threshold, 0.4)
    np.testing.assert_allclose(whole.boxes, chosen.boxes)
    np.testing.assert_array_equal(whole.labels, chosen.labels)
    np.testing.assert_array_equal(whole.candidates, chosen.candidates)
    assert len(whole.boxes) >= 1
    assert whole.milliseconds > 0


def test_a_grey_photo_is_searched_as_its_colours_would_be():
    grey = PHOTO[..., 0]
    np.testing.assert_allclose(
        detection.raw(grey).scores, detection.raw(np.stack([grey] * 3, axis=-1)).scores
    )


def test_each_detector_says_which_classes_it_knows():
    ours = detection.known_classes("tiny_yolo")
    assert {CLASSES[place] for place in ours} == set(tiny_yolo.CLASSES)
    assert detection.known_classes("detr-resnet-50") == tuple(range(80))
    assert detection.MODELS[0].is_embedded
    assert len({each.zh for each in CLASSES}) == len({each.en for each in CLASSES}) == 80
