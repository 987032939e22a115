"""The classifier that also says where, and the card beside it."""

import hashlib

import pytest
import torch

from models._load import load
from models._spec import WEIGHTS, read_card
from models.networks import tiny_vgg
from models.networks._locator_layers import TinyLocator
from models.networks.tiny_locator import FOLDER, INPUT, SPEC, UNITS, build

CARD = read_card(FOLDER)


@pytest.fixture(scope="module")
def network() -> TinyLocator:
    return load(SPEC, "cpu")


def test_an_untrained_network_is_what_the_file_fills(network: TinyLocator) -> None:
    shapes = {name: each.shape for name, each in build().state_dict().items()}
    assert shapes == {name: each.shape for name, each in network.state_dict().items()}


def test_the_card_names_the_file_and_what_was_reached() -> None:
    content = (WEIGHTS / FOLDER / "model.safetensors").read_bytes()
    entry = CARD["files"]["model.safetensors"]
    assert entry == {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    assert CARD["parameters"] == sum(each.numel() for each in build().parameters())
    metrics = CARD["metrics"]
    assert metrics["iou50_middle"] < metrics["iou50"] <= 1  # better than looking at nothing
    assert SPEC.metrics == metrics


@torch.inference_mode()
def test_a_disc_is_found_where_it_is(network: TinyLocator) -> None:
    """A dark disc on a light ground, left or right, high or low: the box follows it."""
    down, across = torch.meshgrid(torch.arange(INPUT), torch.arange(INPUT), indexing="ij")
    photos = []
    for x, y in ((20, 20), (44, 20), (20, 44), (44, 44)):
        disc = ((across - x) ** 2 + (down - y) ** 2 < 14**2).float()
        photos.append(torch.stack([0.9 - 0.6 * disc, 0.85 - 0.7 * disc, 0.8 - 0.75 * disc]))
    mean, std = (
        torch.tensor(each).view(1, 3, 1, 1)
        for each in (tiny_vgg.CLASSIFIER.mean, tiny_vgg.CLASSIFIER.std)
    )
    features = load(tiny_vgg.SPEC, "cpu").features((torch.stack(photos) - mean) / std)
    logits, boxes = network(features)
    assert logits.shape == (4, tiny_vgg.CLASSES)
    assert boxes.shape == (4, 4)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    assert (centres[[1, 3], 0] > centres[[0, 2], 0]).all()
    assert (centres[[2, 3], 1] > centres[[0, 1], 1]).all()
    assert (boxes[:, 2:] > boxes[:, :2]).all()
    assert -0.2 * UNITS < boxes.min() <= boxes.max() < 1.2 * UNITS
