"""The one-stage detector: its sizes, its grid, its reach, and the card beside it."""

import hashlib

import numpy as np
import pytest
import torch

from models._load import load
from models._spec import WEIGHTS, read_card
from models.networks import _coco
from models.networks._yolo_layers import TinyYolo
from models.networks.tiny_yolo import (
    ANCHORS,
    CLASSES,
    COCO_IDS,
    FOLDER,
    INPUT,
    MEAN,
    SPEC,
    STD,
    STRIDE,
    build,
)

CARD = read_card(FOLDER)


@pytest.fixture(scope="module")
def network() -> TinyYolo:
    return load(SPEC, "cpu")


def test_an_untrained_network_is_what_the_file_fills(network: TinyYolo) -> None:
    with torch.device("meta"):
        untrained = build()
    shapes = {name: each.shape for name, each in untrained.state_dict().items()}
    assert shapes == {name: each.shape for name, each in network.state_dict().items()}


def test_the_card_names_the_file_and_counts_the_parameters() -> None:
    content = (WEIGHTS / FOLDER / "model.safetensors").read_bytes()
    entry = CARD["files"]["model.safetensors"]
    assert entry == {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    assert CARD["parameters"] == sum(each.numel() for each in build().parameters())


def test_the_classes_are_everyday_ones_of_coco_named_in_both_languages() -> None:
    assert 20 <= len(set(COCO_IDS)) == len(COCO_IDS) == len(CLASSES) <= 30
    for number, name in zip(COCO_IDS, CLASSES, strict=True):
        assert _coco.CLASSES[_coco.index_of(number)] == name
    asked = {"person", "car", "bus", "bicycle", "dog", "cat", "bird", "chair", "couch"}
    assert asked | {"dining table", "bottle", "cup"} <= {name.key for name in CLASSES}


def test_the_anchors_are_the_network_s_own(network: TinyYolo) -> None:
    assert [list(each) for each in ANCHORS] == network.anchors.tolist() == CARD["anchors"]
    areas = [width * height for width, height in ANCHORS]
    assert areas == sorted(areas)
    assert all(1 <= side <= INPUT for each in ANCHORS for side in each)


def test_the_card_says_how_well_each_class_is_found() -> None:
    rows = CARD["per_class"]
    keys = [name.key for name in CLASSES]
    assert list(rows) == [key for key in keys if key in rows]
    averages = [each["ap50"] for each in rows.values()]
    assert all(0 <= each <= 1 for each in averages)
    assert CARD["metrics"]["map50"] == pytest.approx(np.mean(averages), abs=1e-4)
    assert all(each["boxes"] > 0 for each in rows.values())
    assert SPEC.metrics == CARD["metrics"]
    assert CARD["input"] == INPUT


@pytest.mark.parametrize(("height", "width"), [(INPUT, INPUT), (96, 160), (32, 32)])
@torch.inference_mode()
def test_every_cell_and_anchor_answers(network: TinyYolo, height: int, width: int) -> None:
    raw = network(torch.randn(2, 3, height, width))
    cells = (height // STRIDE, width // STRIDE)
    assert raw.shape == (2, *cells, len(ANCHORS), 5 + len(CLASSES))
    assert raw.isfinite().all()


@torch.inference_mode()
def test_the_features_are_the_layers_one_after_the_other(network: TinyYolo) -> None:
    photo = torch.randn(1, 3, 64, 96)
    fine, deep = network.look(photo)
    assert fine.shape == (1, 256, 8, 12)
    assert deep.shape == (1, 512, 4, 6)
    torch.testing.assert_close(network.features(photo), deep)


@torch.inference_mode()
def test_each_photo_of_a_batch_is_answered_as_if_alone(network: TinyYolo) -> None:
    photos = torch.randn(2, 3, 64, 64)
    together = network(photos)
    alone = torch.cat([network(each[None]) for each in photos])
    torch.testing.assert_close(together, alone, rtol=1e-3, atol=1e-3)


@torch.inference_mode()
def test_a_mirrored_photo_is_answered_much_alike_in_mirrored_cells(network: TinyYolo) -> None:
    coarse = torch.rand(1, 3, 12, 12, generator=torch.Generator().manual_seed(0))
    photo = torch.nn.functional.interpolate(coarse, (INPUT, INPUT), mode="bicubic").clamp(0, 1)
    mean, std = (torch.tensor(each).view(1, 3, 1, 1) for each in (MEAN, STD))
    photo = (photo - mean) / std
    plain, mirrored = network(photo), network(photo.flip(-1)).flip(2)
    first, second = plain[..., 4].flatten(), mirrored[..., 4].flatten()
    assert torch.corrcoef(torch.stack([first, second]))[0, 1] > 0.5
