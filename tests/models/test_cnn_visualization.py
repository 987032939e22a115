"""What the layers see, what can be trusted, what moves: known answers and properties."""

from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from skimage import data
from skimage.metrics import structural_similarity
from sklearn.metrics import auc
from torchvision.models.feature_extraction import create_feature_extractor

from models import cnn_visualization as cnn
from models._errors import InputError
from models._sight import find_classifier, look, network_of, normalise
from models.padding_stride import Layer, stack
from tests.strategies import arguments, photos

ESPRESSO = 193


@pytest.fixture(scope="module")
def photo():
    return data.coffee()


@pytest.fixture(scope="module")
def network():
    return network_of("tiny_vgg")


def test_the_names_are_those_of_the_models():
    assert tuple(spec.name for spec in cnn.MODELS) == cnn.ModelName.__args__
    assert cnn.MODELS[0].is_embedded


def test_coffee_is_espresso(photo):
    found = cnn.classify(photo)
    assert found.guesses[0].en == "espresso"
    assert found.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert len(found.guesses) == 5
    assert found.sight.box == (0, 100, 400, 400)


def test_what_is_shown_is_what_torchvision_would_show(photo):
    from torchvision.transforms.v2 import CenterCrop, Compose, Resize

    small = Compose([Resize(64, antialias=True), CenterCrop(64)])
    expected = small(torch.from_numpy(photo).permute(2, 0, 1)).permute(1, 2, 0).numpy()
    np.testing.assert_array_equal(look(photo, "tiny_vgg").pixels, expected)


def test_layers_add_up_to_the_network(network):
    rows = cnn.layers()
    total = sum(weights.numel() for weights in network.parameters())
    assert sum(row.parameters for row in rows) == total == 2_447_208
    assert [row.name for row in rows][-1] == "classifier"
    assert rows[-1].shape == (200,)
    assert all(row.milliseconds >= 0 for row in rows)


def test_receptive_fields_are_those_of_the_calculator():
    rows = {row.name: row for row in cnn.layers()}
    pooling = Layer("max_pooling", kernel=2, stride=2)
    two = [Layer("convolution", 4, kernel=3, padding=1)] * 2
    first = Layer("convolution", 4, kernel=3, padding=1, stride=2)
    plan = [first, *two, pooling, *two, pooling, *two, pooling, two[0]]
    ours = [row for row in rows.values() if row.kind in {"convolution", "pooling"}]
    for row, other in zip(ours, stack((3, 64, 64), plan).rows, strict=True):
        assert (row.receptive_field, row.jump, row.start) == (
            other.receptive_field,
            other.jump,
            other.start,
        )


@pytest.mark.parametrize("layer", ["features.3", "features.8", "features.16"])
def test_a_position_sees_its_field_and_nothing_else(photo, network, layer):
    """The gradient of one position is zero outside the field that is drawn for it."""
    maps = cnn.feature_maps(photo, layer=layer)
    row, column = maps.values.shape[1] // 2, maps.values.shape[2] // 2
    top, left, height, width = maps.field(row, column)
    pixels = normalise(maps.sight.pixels, "tiny_vgg").requires_grad_()
    values = pixels
    for step in network.features[: int(layer.split(".")[1]) + 1]:
        values = step(values)
    values[0, :, row, column].abs().sum().backward()
    touched = pixels.grad.abs().sum((0, 1)).numpy() > 0
    inside = np.zeros_like(touched)
    inside[max(0, top) : top + height, max(0, left) : left + width] = True
    assert touched.any()
    assert not (touched & ~inside).any()


@pytest.mark.parametrize("layer", ["features.0", "features.1", "features.5", "features.23"])
def test_feature_maps_are_those_of_torchvision(photo, network, layer):
    found = cnn.feature_maps(photo, layer=layer)
    extractor = create_feature_extractor(network, [layer])
    with torch.inference_mode():
        expected = extractor(normalise(found.sight.pixels, "tiny_vgg"))[layer][0].numpy()
    np.testing.assert_allclose(found.values, expected, atol=1e-5)
    strongest = found.values.reshape(len(found.values), -1).max(axis=1)
    assert (np.diff(strongest[found.order]) <= 0).all()
    channel = int(found.order[0])
    row, column = found.peaks[channel]
    assert found.values[channel, row, column] == strongest[channel]
    assert found.patch(channel).size > 0


def test_filters_are_the_weights(network):
    first = cnn.filters()
    np.testing.assert_array_equal(first.values, network.features[0].weight.numpy())
    assert first.is_colour
    assert not cnn.filters(layer="features.3").is_colour


def test_the_most_exciting_photo_comes_first(photo):
    several = [photo, data.chelsea(), data.astronaut(), data.rocket()]
    found = cnn.exciting_patches(several, layer="features.16", channel=89, count=3)
    best = [cnn.feature_maps(each, layer="features.16").values[89].max() for each in several]
    assert [one.photo for one in found] == list(np.argsort(best)[::-1][:3])
    assert found[0].value == pytest.approx(max(best), rel=1e-5)


def test_deletion_and_insertion_run_from_end_to_end(photo):
    curves = cnn.deletion_insertion(photo, "guided_backpropagation", steps=16)
    usual = cnn.classify(photo).guesses[0].probability
    assert curves.deletion[0] == pytest.approx(usual, abs=1e-5)
    assert curves.insertion[-1] == pytest.approx(usual, abs=1e-5)
    assert curves.deletion[-1] == pytest.approx(curves.random_deletion[-1], abs=1e-5)
    areas = curves.areas
    assert areas["deletion"] == pytest.approx(auc(curves.fractions, curves.deletion), abs=1e-6)
    assert areas["deletion"] < areas["random_deletion"]
    assert areas["insertion"] > areas["random_insertion"]


def test_a_map_turned_around_deletes_worse(photo):
    found = cnn.attribute(photo, method="grad_cam")
    right = cnn.deletion_insertion(photo, found, steps=8).areas
    wrong = cnn.deletion_insertion(photo, -found.values, target=found.target, steps=8).areas
    assert right["deletion"] < wrong["deletion"]
    assert right["insertion"] > wrong["insertion"]


def test_randomising_changes_a_private_copy_only(photo, network):
    before = {name: weights.clone() for name, weights in network.state_dict().items()}
    stages = list(cnn.randomise(photo, method="input_x_gradient", stages=3))
    assert [stage.stage for stage in stages] == [1, 2, 3]
    assert stages[-1].layers == 9
    assert abs(stages[-1].similarity) < 0.5
    for name, weights in network.state_dict().items():
        assert torch.equal(weights, before[name])


def test_guided_backpropagation_fails_the_sanity_check(photo):
    """What Adebayo et al. found: it hardly depends on the last layers' weights."""
    similarity = {
        method: next(cnn.randomise(photo, method=method)).similarity
        for method in ("guided_backpropagation", "input_x_gradient")
    }
    assert similarity["guided_backpropagation"] > 0.9
    assert similarity["input_x_gradient"] < 0.5


def test_maximising_climbs(network):
    film = list(cnn.maximise(channel=ESPRESSO, steps=16))
    assert len(film) == 17
    assert film[-1].response > film[0].response + 3
    assert film[-1].picture.shape == (64, 64, 3)
    shown = cnn.classify(film[-1].picture)
    assert shown.guesses[0].number == ESPRESSO


def test_a_film_can_be_stopped_and_starts_the_same_again():
    first, second = (list(islice(cnn.maximise(layer="features.5", steps=8), 3)) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.picture, other.picture)


def test_not_moving_changes_nothing(photo):
    found = cnn.move(photo)
    np.testing.assert_array_equal(found.probabilities_before, found.probabilities_after)
    assert found.agreement == pytest.approx(1)
    seen = look(photo, "tiny_vgg").pixels
    assert structural_similarity(found.before.sight.pixels, seen, channel_axis=2) > 0.98


def test_turns_are_turns(photo):
    """A quarter turn is numpy's, a mirror too, and a shift moves by what it says."""
    quarter = cnn.move(photo, angle=90).after.sight.pixels
    still = cnn.move(photo).after.sight.pixels
    assert structural_similarity(quarter, np.rot90(still).copy(), channel_axis=2) > 0.98
    mirrored = cnn.move(photo, mirror=True).after.sight.pixels
    assert structural_similarity(mirrored, still[:, ::-1].copy(), channel_axis=2) > 0.98
    shifted = cnn.move(photo, right=25, down=50).after.sight.pixels
    part = still[:32, :48].copy()
    assert structural_similarity(shifted[32:, 16:].copy(), part, channel_axis=2) > 0.98
    smaller = cnn.move(photo, scale=0.5).after.sight.pixels
    assert np.ptp(smaller[:12].astype(int), axis=(0, 1)).max() <= 2  # the fill is even


@pytest.mark.parametrize("by", cnn.Sweepable.__args__)
def test_sweeps_pass_through_the_unmoved_photo(photo, by):
    found = cnn.sweep(photo, by=by, points=9)
    middle = 4 if by != "scale" else int(np.abs(found.settings - 1).argmin())
    usual = cnn.move(photo).probabilities_before[found.target]
    assert found.probabilities.shape == (9,)
    assert found.probabilities[middle] == pytest.approx(usual, abs=0.05)


@pytest.mark.parametrize("shape", [(1, 1), (1, 4000), (4000, 1), (7, 7, 3)])
def test_what_is_no_picture_of_anything_is_refused(shape):
    with pytest.raises(InputError) as caught:
        cnn.classify(np.zeros(shape, np.uint8))
    assert caught.value.code == "photo_too_small"


@pytest.mark.parametrize("shape", [(8, 8), (8, 4000), (900, 16, 3)])
def test_odd_shapes_are_answered(shape):
    found = cnn.classify(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))
    assert np.isfinite(found.probabilities).all()
    top, left, height, width = found.sight.box
    assert 0 <= top <= top + height <= shape[0]
    assert 0 <= left <= left + width <= shape[1]


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda photo: cnn.feature_maps(photo, layer="no"), "unknown_layer"),
        (lambda photo: cnn.filters(layer="features.1"), "no_filters"),
        (lambda photo: cnn.exciting_patches([photo], channel=32), "channel_range"),
        (lambda photo: cnn.maximise(channel=200), "channel_range"),
        (lambda photo: cnn.maximise(channel=-1), "out_of_range"),
        (lambda photo: cnn.maximise(layer="no"), "unknown_layer"),
        (lambda photo: cnn.deletion_insertion(photo, "magic"), "not_a_choice"),
        (lambda photo: cnn.deletion_insertion(photo, np.zeros((3, 4))), "map_shape"),
        (lambda photo: cnn.classify(photo, model="elephant"), "not_a_choice"),
        (lambda photo: cnn.classify(photo.astype(float)), "photo_shape"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(photo, ask, code):
    with pytest.raises(InputError) as caught:
        ask(photo)
    assert caught.value.code == code


@settings(max_examples=12, deadline=None)
@given(photos(smallest=8, largest=24), arguments(cnn.move))
def test_every_motion_is_answered(photo, asked):
    asked |= {"model": "tiny_vgg", "method": "grad_cam"}
    if asked["target"] is not None:
        asked["target"] %= 200
    found = cnn.move(photo, **asked)
    assert np.isfinite(found.after.values).all()
    assert -1.0001 <= found.agreement <= 1.0001


def test_twenty_threads_answer_as_one(photo):
    def ask(number):
        method = ("grad_cam", "guided_backpropagation", "saliency", "layer_cam")[number % 4]
        return method, cnn.attribute(photo, method=method).values

    alone = dict(map(ask, range(4)))
    with ThreadPoolExecutor(20) as pool:
        for method, values in pool.map(ask, range(20)):
            np.testing.assert_allclose(values, alone[method], atol=1e-6)


def test_classes_have_names_in_both_languages():
    for guess in cnn.classify(np.zeros((64, 64, 3), np.uint8), top=20).guesses:
        assert guess.en
        assert guess.zh
    assert len(find_classifier("tiny_vgg").classes) == 200
