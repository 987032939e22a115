"""The networks that OpenCV runs: through the hub's client, and against their own arithmetic."""

import dataclasses
import hashlib
import re

import numpy as np
import pytest
import torch
from skimage import data
from torch.nn import functional as F
from torchvision.ops import nms

from models import _face_describe, _face_find
from models import face_recognition as faces
from models._errors import HubUnavailable
from models._load import forget, load
from models._spec import HubFile
from models.networks.opencv_faces import SFACE, YUNET
from tests.small_hub import SmallHub, closed_port, serving
from tests.small_onnx import STRIDES, describer_file, finder_file

SCORE = 0.62


def pinned(spec, content):
    """The same network, with the hash of the file in miniature."""
    weights = dataclasses.replace(spec.weights, sha256=hashlib.sha256(content).hexdigest())
    return dataclasses.replace(spec, weights=weights)


@pytest.fixture(scope="module")
def files():
    return {YUNET.name: finder_file(), SFACE.name: describer_file()}


@pytest.fixture(scope="module")
def specs(files):
    return {spec.name: pinned(spec, files[spec.name][0]) for spec in (YUNET, SFACE)}


@pytest.fixture
def hub(tmp_path, monkeypatch, files, specs):
    """A hub that has both, and the real client with an empty cache."""
    spec_of = {spec.name: spec for spec in (*faces.MODELS, *specs.values())}.__getitem__
    monkeypatch.setattr(_face_find, "spec_of", spec_of)
    monkeypatch.setattr(_face_describe, "spec_of", spec_of)
    with serving(SmallHub()) as served:
        monkeypatch.setenv("HF_ENDPOINT", served.url)
        monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
        for spec in (YUNET, SFACE):
            served.files[spec.weights.file] = files[spec.name][0]
        served.revision = YUNET.weights.revision
        forget()
        yield served
        forget()


@pytest.fixture(scope="module")
def photo():
    return np.ascontiguousarray(data.astronaut()[:96, 150:278])


@pytest.mark.parametrize("spec", [YUNET, SFACE], ids=lambda spec: spec.name)
def test_a_file_of_the_hub_is_pinned_twice(spec):
    assert isinstance(spec.weights, HubFile)
    assert re.fullmatch(r"[0-9a-f]{40}", spec.weights.revision)
    assert re.fullmatch(r"[0-9a-f]{64}", spec.weights.sha256)
    assert spec.weights.repo_id == f"opencv/{spec.name}"
    assert spec.weights.file.startswith(spec.name)
    assert spec.size_bytes > 10**5


def yunet_rows(photo, weights, score):
    """YuNet's arithmetic, from its paper: (faces, 15) before suppression."""
    batch = torch.from_numpy(photo[..., ::-1].copy()).permute(2, 0, 1)[None].float()
    rows = []
    for stride in STRIDES:
        heads = {
            name: F.conv2d(
                batch,
                torch.from_numpy(weights[f"{name}_{stride}_kernel"]),
                torch.from_numpy(weights[f"{name}_{stride}_bias"]),
                stride=stride,
            )[0]
            .permute(1, 2, 0)
            .numpy()
            for name in ("cls", "obj", "bbox", "kps")
        }
        corner = np.stack(np.meshgrid(*(np.arange(n) for n in heads["cls"].shape[1::-1])), -1)
        sure = np.sqrt(
            1 / (1 + np.exp(-heads["cls"][..., 0])) / (1 + np.exp(-heads["obj"][..., 0]))
        )
        middle = (corner + heads["bbox"][..., :2]) * stride
        size = np.exp(heads["bbox"][..., 2:]) * stride
        points = (corner[:, :, None] + heads["kps"].reshape(*corner.shape[:2], 5, 2)) * stride
        flat = np.concatenate(
            [middle - size / 2, size, points.reshape(*corner.shape[:2], 10), sure[..., None]], -1
        )
        rows.append(flat.reshape(-1, 15))
    found = np.concatenate(rows)
    return found[found[:, 14] >= score]


def test_yunet_finds_what_its_arithmetic_says(hub, files, photo):
    rows = yunet_rows(photo, files[YUNET.name][1], SCORE)
    corners = np.concatenate([rows[:, :2], rows[:, :2] + rows[:, 2:4]], 1)
    whole = np.trunc(rows[:, :4])  # OpenCV suppresses with boxes of whole pixels
    whole = torch.from_numpy(np.concatenate([whole[:, :2], whole[:, :2] + whole[:, 2:]], 1))
    kept = nms(whole, torch.from_numpy(rows[:, 14]), 0.3).numpy()
    inside = (corners[:, 2:] > 0).all(1) & (corners[:, :2] < [128, 96]).all(1)
    expected = rows[[number for number in kept if inside[number]]]
    assert 3 <= len(expected) < 200
    found = faces.find(photo, YUNET.name, score=SCORE, overlap=0.3)
    assert len(found) == len(expected)
    for face in found:
        (row,) = expected[np.abs(expected[:, 14] - face.score) < 1e-5]
        np.testing.assert_allclose(face.box, [*row[:2], *(row[:2] + row[2:4])], atol=0.01)
        np.testing.assert_allclose(face.landmarks.ravel(), row[4:14], atol=0.01)


def test_sface_describes_as_its_arithmetic_says(hub, files, photo):
    hub.revision = SFACE.weights.revision
    face = faces.Face(np.array([20, 10, 100, 90], np.float32), 1.0, faces.TEMPLATE)
    crop = faces.align(photo, face, SFACE.name)
    weights = files[SFACE.name][1]
    batch = torch.from_numpy(crop).permute(2, 0, 1)[None].float()  # OpenCV hands it RGB
    seen = F.conv2d(batch, torch.from_numpy(weights["kernel"]), stride=16).relu().flatten(1)
    expected = F.normalize(seen @ torch.from_numpy(weights["matrix"]))[0].numpy()
    found = faces.describe(photo, face, SFACE.name)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-5)


def test_a_second_visit_asks_the_hub_nothing(hub, specs):
    spec = specs[YUNET.name]
    reports = []
    load(spec, progress=lambda done, total: reports.append((done, total)))
    asked = len(hub.requests)
    assert reports[-1] == (len(hub.files[spec.weights.file]),) * 2
    assert hub.requests == [f"HEAD {spec.weights.file}"] * (asked - 1) + [
        f"GET {spec.weights.file}"
    ]
    forget()
    load(spec)
    assert len(hub.requests) == asked


def test_a_broken_file_is_fetched_again(hub, specs):
    hub.mood = "corrupt"
    with pytest.raises(HubUnavailable) as caught:
        load(specs[YUNET.name])
    assert caught.value.code == "hub_corrupt"
    hub.mood = "good"
    assert load(specs[YUNET.name]) is not None


def test_another_file_than_the_pinned_one_is_refused(hub):
    with pytest.raises(HubUnavailable) as caught:
        load(YUNET)  # its real hash; the hub has the miniature
    assert caught.value.code == "hub_corrupt"
    hub.files.clear()
    with pytest.raises(HubUnavailable) as caught:
        load(YUNET)
    assert caught.value.code == "hub_missing"


def test_another_commit_is_refused(hub, specs):
    hub.revision = "0" * 40
    with pytest.raises(HubUnavailable) as caught:
        load(specs[SFACE.name])
    assert caught.value.code == "hub_corrupt"


def test_a_file_that_opencv_cannot_read_is_said(hub):
    junk = b"no network at all" * 50
    hub.files[YUNET.weights.file] = junk
    with pytest.raises(HubUnavailable) as caught:
        load(pinned(YUNET, junk))
    assert caught.value.code == "hub_corrupt"


def test_a_hub_that_is_away_is_an_answer(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", closed_port())
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    forget()
    with pytest.raises(HubUnavailable):
        faces.find(np.zeros((50, 50), np.uint8), YUNET.name)


@pytest.mark.parametrize("shape", [(1, 300), (300, 1, 3), (1, 1), (33, 47, 3)])
def test_yunet_answers_odd_shapes(hub, shape):
    faces.find(np.zeros(shape, np.uint8), YUNET.name, score=0.99)
