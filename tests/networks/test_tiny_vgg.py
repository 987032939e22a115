"""The embedded network: its shape, its names, and the card that lies beside it."""

import hashlib
import json
import math

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from models._load import load
from models._spec import WEIGHTS, read_card
from models.networks.tiny_vgg import CLASSES, CLASSIFIER, FOLDER, MINIMUM_SIDE, PLAN, SPEC, build

CARD = read_card(FOLDER)


def test_the_layers_are_those_of_the_plan() -> None:
    features = build().features
    convolutions = [each for each in features if isinstance(each, nn.Conv2d)]
    planned = [step for step in PLAN if step]
    assert [(each.out_channels, each.stride[0]) for each in convolutions] == planned
    assert all(each.kernel_size == (3, 3) and each.bias is None for each in convolutions)
    assert sum(isinstance(each, nn.MaxPool2d) for each in features) == PLAN.count(None)


def test_nothing_is_overwritten_on_the_way() -> None:
    assert not any(getattr(module, "inplace", False) for module in build().modules())


@pytest.mark.parametrize(("height", "width"), [(32, 32), (64, 64), (33, 47), (224, 160)])
@torch.inference_mode()
def test_any_size_from_the_smallest_on(height: int, width: int) -> None:
    network = load(SPEC)
    pixels = torch.zeros(2, 3, height, width)
    deepest = network.features(pixels)
    assert deepest.shape[:2] == (2, 512)
    assert min(deepest.shape[2:]) >= 2
    assert network(pixels).shape == (2, CLASSES)
    expected = network.classifier(deepest.mean((2, 3)))
    torch.testing.assert_close(network(pixels), expected)


def test_the_smallest_size_is_the_one_that_is_named() -> None:
    assert MINIMUM_SIDE == 32


def test_the_card_counts_the_parameters() -> None:
    counted = sum(parameter.numel() for parameter in build().parameters())
    by_hand = 27 * 32 + 9 * (32 * 64 + 64 * 64 + 64 * 128 + 128 * 128)
    by_hand += 9 * (128 * 256 + 256 * 256 + 256 * 512)
    by_hand += 2 * (32 + 64 + 64 + 128 + 128 + 256 + 256 + 512)  # of the normalisations
    by_hand += 512 * CLASSES + CLASSES
    assert CARD["parameters"] == counted == by_hand


def test_the_card_names_the_files_as_they_are() -> None:
    for name, entry in CARD["files"].items():
        content = (WEIGHTS / FOLDER / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
        assert len(content) == entry["bytes"]
    assert SPEC.size_bytes == sum(entry["bytes"] for entry in CARD["files"].values())


def test_every_file_is_smaller_than_ten_megabytes() -> None:
    sizes = [file.stat().st_size for file in (WEIGHTS / FOLDER).iterdir()]
    assert sizes
    assert max(sizes) < 10_000_000


def test_the_file_is_half_precision() -> None:
    from safetensors import safe_open

    with safe_open(WEIGHTS / FOLDER / "model.safetensors", "pt") as file:
        kinds = {file.get_slice(name).get_dtype() for name in file.keys()}  # noqa: SIM118
    assert kinds == {"F16", "I64"}


def test_the_card_carries_measured_figures() -> None:
    metrics, per_class = CARD["metrics"], CARD["per_class"]
    assert 0.5 < metrics["top1"] < metrics["top5"] < 1
    assert list(per_class) == [row["wnid"] for row in rows()]
    for name in ("top1", "top5"):
        mean = math.fsum(each[name] for each in per_class.values()) / CLASSES
        assert mean == pytest.approx(metrics[name], abs=1e-4)
    assert SPEC.metrics == metrics


def rows() -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((WEIGHTS / FOLDER / "classes.json").read_text("utf-8"))
    return found


def test_every_class_has_a_name_in_both_languages() -> None:
    assert [row["wnid"] for row in rows()] == sorted(row["wnid"] for row in rows())
    assert len(CLASSIFIER.classes) == CLASSES == len({row["wnid"] for row in rows()})
    assert len({name.en for name in CLASSIFIER.classes}) == CLASSES
    assert len({name.zh for name in CLASSIFIER.classes}) == CLASSES
    for name in CLASSIFIER.classes:
        assert name.en == name.en.strip()
        assert name.en.isascii()
        assert any("\u4e00" <= letter <= "\u9fff" for letter in name.zh), name


@torch.inference_mode()
def test_it_knows_a_photo_that_it_was_not_trained_on() -> None:
    from skimage import data

    photo = Image.fromarray(data.coffee()[:, 100:500]).resize((64, 64), Image.Resampling.BILINEAR)
    pixels = torch.tensor(np.asarray(photo)).permute(2, 0, 1) / 255
    mean, std = (torch.tensor(each).view(3, 1, 1) for each in (CLASSIFIER.mean, CLASSIFIER.std))
    answer = load(SPEC)(((pixels - mean) / std)[None])[0].topk(5).indices
    assert "espresso" in {CLASSIFIER.classes[index].en for index in answer}
