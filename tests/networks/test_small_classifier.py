"""The judges of grey pictures: their shape, and the cards that lie beside them."""

import hashlib

import numpy as np
import pytest
import torch
from torch import nn

from models._load import load
from models._spec import WEIGHTS, read_card
from models.networks._gan_files import reference, training_pictures
from models.networks.gan import DIGITS, FASHION, GanModel
from models.networks.small_classifier import CLASSES, FEATURES, PLAN, SIDE, build, spec

FOLDERS = pytest.mark.parametrize("folder", ["classifier_digits", "classifier_fashion"])
LEAST = {"classifier_digits": 0.99, "classifier_fashion": 0.9}


def test_the_layers_are_those_of_the_plan() -> None:
    convolutions = [each for each in build().features if isinstance(each, nn.Conv2d)]
    assert tuple((each.out_channels, each.stride[0]) for each in convolutions) == PLAN
    assert PLAN[-1][0] == FEATURES


@FOLDERS
def test_the_card_tells_the_truth(folder: str) -> None:
    card = read_card(folder)
    network = load(spec(folder))
    assert card["parameters"] == sum(each.numel() for each in network.parameters())
    for name, entry in card["files"].items():
        content = (WEIGHTS / folder / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert card["metrics"]["top1"] >= LEAST[folder]
    answer = network(torch.zeros(2, 1, SIDE, SIDE))
    assert answer.shape == (2, CLASSES)


@pytest.mark.parametrize("model", [DIGITS, FASHION], ids=lambda model: model.name)
@torch.inference_mode()
def test_it_knows_most_training_pictures(model: GanModel) -> None:
    shown = training_pictures(model)
    pictures = torch.from_numpy(shown.pixels[:500]).permute(0, 3, 1, 2) / 127.5 - 1
    _, answers = model.look(load(model.classifier), pictures)
    right = answers.argmax(1).numpy() == shown.labels[:500]
    assert right.mean() > LEAST[model.classifier.name] - 0.03


@pytest.mark.parametrize("model", [DIGITS, FASHION], ids=lambda model: model.name)
def test_kept_features_lie_where_its_last_layer_knows_them(model: GanModel) -> None:
    held = reference(model)
    classifier = load(model.classifier).classifier
    with torch.inference_mode():
        answers = classifier(torch.from_numpy(held.features)).argmax(1).numpy()
    right = float(np.mean(answers == held.labels))
    card = read_card(model.classifier.name)
    assert right == pytest.approx(card["metrics"]["top1"], abs=1e-3)
