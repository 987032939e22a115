"""A tiny vision transformer, loaded from a hub on loopback, against transformers' own."""

import copy
import dataclasses
import gc

import numpy as np
import pytest
import torch
import transformers
from safetensors.torch import load as parse
from safetensors.torch import save
from skimage import data

from models import attention_heatmaps as heatmaps
from models._errors import HubUnavailable, InputError
from models._load import forget, load
from models.networks.hub_vision_transformers import VIT_BASE
from tests.patience import within
from tests.small_hub import closed_port
from tests.tiny_models import offer, small_hub

SETTINGS = {  # the repository's preprocessor_config.json
    "do_normalize": True,
    "do_rescale": True,
    "do_resize": True,
    "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5],
    "resample": 2,
    "rescale_factor": 1 / 255,
    "size": {"height": 224, "width": 224},
}


@pytest.fixture(scope="module")
def photo():
    return data.coffee()


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The tiny network in place of the large one."""
    with small_hub(tmp_path_factory.mktemp("hub")) as hub:
        offer(hub, VIT_BASE.spec)
        yield VIT_BASE.spec
    gc.unfreeze()


@pytest.fixture(scope="module")
def wanted(small, photo):
    """What transformers makes of the photo: pixels, weights, scores."""
    processor = transformers.ViTImageProcessor(**SETTINGS)
    pixels = processor(images=photo, return_tensors="pt")["pixel_values"]
    with torch.inference_mode():
        outcome = copy.deepcopy(load(small))(pixels, output_attentions=True)
    return pixels, torch.cat(outcome.attentions).numpy(), outcome.logits[0]


def test_the_network_is_shown_what_transformers_shows(small, photo, wanted):
    found = heatmaps.attend_photo(photo)
    values = (wanted[0][0] * 0.5 + 0.5) * 255
    np.testing.assert_allclose(found.pixels, values.permute(1, 2, 0).numpy(), atol=1.01)
    assert found.pixels.shape == (224, 224, 3)


def test_weights_are_those_of_transformers(small, photo, wanted):
    found = heatmaps.attend_photo(photo)
    weights = wanted[1]
    assert weights.shape == (2, 4, 197, 197)
    assert found.weights.dtype == np.float32
    np.testing.assert_allclose(
        found.weights, weights[:, :, 0, 1:].reshape(2, 4, 14, 14), rtol=0, atol=1e-5
    )
    np.testing.assert_allclose(found.itself, weights[:, :, 0, 0], rtol=0, atol=1e-5)
    np.testing.assert_allclose(found.weights.sum((2, 3)) + found.itself, 1, atol=1e-5)


def test_rollout_goes_through_all_layers(small, photo, wanted):
    rolled = np.eye(197)
    for number, heads in enumerate(wanted[1].astype(np.float64)):
        rolled = (0.7 * heads.mean(0) + 0.3 * np.eye(197)) @ rolled
        patches = rolled[0, 1:] / rolled[0, 1:].sum()
        found = heatmaps.attend_photo(photo, residual=0.3).rollout[number]
        np.testing.assert_allclose(found.ravel(), patches, atol=1e-5)


def test_guesses_are_those_of_transformers(small, photo, wanted):
    found = heatmaps.attend_photo(photo)
    probabilities = wanted[2].softmax(0).numpy()
    best = np.argsort(-probabilities, kind="stable")[:5]
    assert [each.number for each in found.guesses] == best.tolist()
    for each in found.guesses:
        assert each.probability == pytest.approx(probabilities[each.number], abs=1e-5)
        assert (each.en, each.zh) == dataclasses.astuple(VIT_BASE.classes[each.number])


def test_patches_need_no_network(photo, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_ENDPOINT", closed_port())
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    forget()
    found = heatmaps.patches(photo)
    assert found.tiles.shape == (14, 14, 16, 16, 3)
    assert found.numbers == found.tiles[0, 0].size
    rows = [np.concatenate(list(row), axis=1) for row in found.tiles]
    np.testing.assert_array_equal(np.concatenate(rows, axis=0), found.pixels)


@pytest.mark.parametrize("shape", [(8, 8), (8, 3000, 3), (224, 224, 3), (1024, 1024)])
def test_odd_shapes_are_answered(small, shape):
    found = heatmaps.attend_photo(np.full(shape, 90, np.uint8))
    assert found.weights.shape == (2, 4, 14, 14)
    assert (found.pixels == 90).all()


@pytest.mark.parametrize("function", [heatmaps.attend_photo, heatmaps.patches])
@pytest.mark.parametrize(
    ("photo", "code"),
    [
        (np.zeros((7, 90, 3), np.uint8), "photo_too_small"),
        (np.zeros((90, 90, 4), np.uint8), "photo_shape"),
        (np.zeros((90, 90, 3), np.float32), "photo_shape"),
        (None, "photo_shape"),
    ],
)
def test_what_is_no_photo_is_refused_before_a_hub_is_asked(function, photo, code):
    with pytest.raises(InputError) as caught:
        function(photo)
    assert caught.value.code == code


def test_a_hub_that_is_away_is_an_answer(photo, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_ENDPOINT", closed_port())
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    forget()
    with within(5), pytest.raises(HubUnavailable):
        heatmaps.attend_photo(photo)


@pytest.mark.parametrize("mood", ["corrupt", "good"])
def test_a_hub_that_sends_something_else_or_too_little(tmp_path, mood):
    with small_hub(tmp_path) as hub:
        offer(hub, VIT_BASE.spec)
        hub.mood = mood
        if mood == "good":  # but the class token would be random numbers
            state = parse(hub.files["model.safetensors"])
            del state["vit.embeddings.cls_token"]
            hub.files["model.safetensors"] = save(state, {"format": "pt"})
        with pytest.raises(HubUnavailable) as caught:
            load(VIT_BASE.spec)
    assert caught.value.code == "hub_corrupt"


def test_the_network_that_is_loaded_is_the_one_of_the_paper():
    """The sizes of ViT-Base/16 (Dosovitskiy et al. 2021, table 1): 86 million parameters."""
    settings = transformers.ViTConfig(num_labels=1000)
    with torch.device("meta"):
        network = transformers.ViTForImageClassification(settings)
    numbers = sum(values.numel() for values in network.parameters())
    assert numbers == 86_567_656
    assert VIT_BASE.spec.size_bytes == pytest.approx(4 * numbers, rel=0.001)
    assert len(VIT_BASE.classes) == 1000
