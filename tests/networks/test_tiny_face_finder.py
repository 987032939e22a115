"""The face finder: its grids, its formula, faces of a picture that is shipped, its card."""

import hashlib
import math

import numpy as np
import pytest
import skimage
import torch
from torch import nn
from torchvision.ops import nms

from models._load import load
from models._spec import WEIGHTS, read_card
from models.networks._face_layers import FaceFinder
from models.networks.tiny_face_finder import (
    FOLDER,
    INPUT,
    MULTIPLE,
    NUMBERS,
    SPEC,
    STRIDES,
    build,
    decode,
)

CARD = read_card(FOLDER)


@pytest.fixture(scope="module")
def network() -> nn.Module:
    return load(SPEC, "cpu")


def test_an_untrained_network_is_what_the_file_fills(network: nn.Module) -> None:
    with torch.device("meta"):
        untrained = build()
    assert isinstance(untrained, FaceFinder)
    assert {name: each.shape for name, each in untrained.state_dict().items()} == {
        name: each.shape for name, each in network.state_dict().items()
    }


@pytest.mark.parametrize(("height", "width"), [(32, 32), (64, 160), (INPUT, INPUT)])
@torch.inference_mode()
def test_each_grid_has_a_cell_for_its_stride(network: nn.Module, height: int, width: int) -> None:
    assert all(height % MULTIPLE == 0 == width % MULTIPLE for _ in STRIDES)
    raw = network(torch.full((2, 1, height, width), 0.5))
    assert [tuple(each.shape) for each in raw] == [
        (2, height // stride, width // stride, NUMBERS) for stride in STRIDES
    ]


def test_numbers_are_decoded_as_the_formula_says() -> None:
    raw = torch.randn(3, 4, NUMBERS, generator=torch.Generator().manual_seed(0))
    for stride in STRIDES:
        scores, boxes, landmarks = decode(raw, stride)
        assert (scores.shape, boxes.shape, landmarks.shape) == ((12,), (12, 4), (12, 5, 2))
        for row in range(3):
            for column in range(4):
                r, number = raw[row, column].tolist(), 4 * row + column
                cx, cy = (column + 0.5) * stride, (row + 0.5) * stride
                assert scores[number].item() == pytest.approx(1 / (1 + math.exp(-r[0])), abs=1e-5)
                x, y = cx + stride * r[1], cy + stride * r[2]
                w, h = 4 * stride * math.exp(r[3]), 4 * stride * math.exp(r[4])
                expected = [x - w / 2, y - h / 2, x + w / 2, y + h / 2]
                assert boxes[number].tolist() == pytest.approx(expected, rel=1e-4, abs=1e-3)
                marks = [
                    [cx + 2 * stride * r[5 + 2 * k], cy + 2 * stride * r[6 + 2 * k]]
                    for k in range(5)
                ]
                np.testing.assert_allclose(landmarks[number], marks, rtol=1e-4, atol=1e-3)


def test_a_wild_number_gives_no_endless_box() -> None:
    assert decode(torch.full((1, 1, NUMBERS), 500.0), 8)[1].isfinite().all()


@torch.inference_mode()
def test_the_astronaut_is_found(network: nn.Module) -> None:
    grey = skimage.color.rgb2gray(skimage.data.astronaut())
    photo = torch.from_numpy(grey).float()[None, None]
    small = nn.functional.interpolate(photo, (INPUT, INPUT), mode="bilinear", antialias=True)
    parts = [decode(raw[0], stride) for raw, stride in zip(network(small), STRIDES, strict=True)]
    scores, boxes, landmarks = (torch.cat(each) for each in zip(*parts, strict=True))
    kept = nms(boxes, scores, 0.3)[0]
    assert scores[kept] > CARD["metrics"]["score"]
    scale = 512 / INPUT
    left, top, right, bottom = (boxes[kept] * scale).tolist()
    assert 160 < left < 205 < 245 < right < 290  # where the face is, by eye
    assert 40 < top < 105 < 155 < bottom < 215
    eye, other, nose, mouth, corner = (landmarks[kept] * scale).tolist()
    assert eye[0] < nose[0] < other[0]
    assert max(eye[1], other[1]) < nose[1] < min(mouth[1], corner[1])


def test_the_card_names_the_files_and_counts_the_parameters() -> None:
    for name, entry in CARD["files"].items():
        content = (WEIGHTS / FOLDER / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
        assert len(content) == entry["bytes"] < 10_000_000
    assert CARD["parameters"] == sum(each.numel() for each in build().parameters())


def test_it_finds_more_than_the_cascade() -> None:
    figures = CARD["metrics"]
    assert figures["found"] > figures["cascade_found"]
    assert 0 < figures["score"] < 1
    assert 0 < figures["landmarks"] < 0.2
    assert "one false" in CARD["limits"] or "0.1 false" in CARD["measured_on"]


def test_the_card_says_whose_labels_were_learned() -> None:
    for name in ("MTCNN", "WIDER Face", "LFW-a", "Caltech-101", "COCO"):
        assert name in CARD["trained_on"]
