"""Gram matrices and distances against a reference written from the formulas."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from skimage import data

from models import _style_features
from models import style_transfer as style
from models._errors import InputError
from models._gate import queue_length
from models._load import load
from models._style_features import Reader, reader_of
from models._style_goal import style_gap
from models._style_pictures import fit
from models.networks.loss_networks import LOSS_NETWORKS, TINY_VGG, VGG19

SIDE = 64
FEATURES = arrays.arrays(
    np.float32,
    st.tuples(st.integers(1, 5), st.integers(1, 4), st.integers(1, 4)),
    elements=st.floats(-10, 10, width=32),
)


@pytest.fixture(scope="module")
def photos():
    return data.coffee()[::6, ::6], data.chelsea()[::5, ::5]


def plain_features(network, pixels, module=None):
    """Every layer of the network as it was loaded, one module after the other."""
    values = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255
    return plain_layers(network, values, module)


def plain_layers(network, values, module=None):
    named = {place: layer for layer, place in network.layers.items()}
    mean, std = (torch.tensor(each).view(1, 3, 1, 1) for each in (network.mean, network.std))
    values, found = (values - mean) / std, {}
    for place, layer in enumerate((module or load(network.spec)).features):
        values = layer(values)
        if place in named:
            found[named[place]] = values
    return found


def plain_gram(features):
    (values,) = features
    return torch.einsum("ihw,jhw->ij", values, values) / values.numel()


def plain_content(given, wanted):
    return ((given - wanted) ** 2).sum() / (4 * given.numel())


def plain_style(given, wanted):
    """Gatys et al. 2016, equation 4, with undivided Gram matrices of equally large layers."""
    assert given.shape == wanted.shape
    places, channels = given[0, 0].numel(), given.shape[1]
    gap = plain_gram(given) * given.numel() - plain_gram(wanted) * wanted.numel()
    return (gap**2).sum() / (4 * channels**2 * places**2)


# --- the Gram matrix


@settings(max_examples=30)
@given(FEATURES)
def test_the_gram_matrix_is_einsums(features):
    expected = np.einsum("ihw,jhw->ij", features, features, dtype=np.float64) / features.size
    np.testing.assert_allclose(style.gram(features), expected, rtol=1e-5, atol=1e-6)
    flat = features.reshape(len(features), -1)
    np.testing.assert_array_equal(style.gram(flat), style.gram(features))


@settings(max_examples=30)
@given(FEATURES, st.randoms(use_true_random=False))
def test_it_is_symmetric_without_negative_eigenvalues_and_forgets_places(features, chance):
    found = style.gram(features)
    np.testing.assert_array_equal(found, found.T)
    assert np.linalg.eigvalsh(found.astype(np.float64)).min() >= -1e-4
    flat = features.reshape(len(features), -1)
    order = list(range(flat.shape[1]))
    chance.shuffle(order)
    np.testing.assert_allclose(style.gram(flat[:, order]), found, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "features",
    [
        np.zeros(3, np.float32),
        np.zeros((2, 0, 3), np.float32),
        np.zeros((1, 2, 3, 4), np.float32),
        np.full((2, 2), np.nan, np.float32),
        np.array([["a"]]),
        [[1.0]],
    ],
)
def test_what_has_no_gram_matrix_is_refused(features):
    with pytest.raises(InputError) as caught:
        style.gram(features)
    assert caught.value.code == "features_shape"


def test_the_gram_matrices_of_a_picture_are_those_of_its_features(photos):
    found = style.gram_matrices(photos[0], side=SIDE)
    assert tuple(each.layer for each in found) == TINY_VGG.style
    pixels = fit(photos[0], SIDE, 32)
    expected = plain_features(TINY_VGG, pixels)
    for each in found:
        np.testing.assert_allclose(each.values, plain_gram(expected[each.layer]), atol=1e-5)
        assert each.places == tuple(expected[each.layer].shape[2:])
        assert each.values.shape[0] == expected[each.layer].shape[1]


# --- reading


def test_a_reader_reads_what_the_network_computes(photos):
    pixels = fit(photos[1], SIDE, 32)
    expected = plain_features(TINY_VGG, pixels)
    batch = torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255
    found = reader_of(TINY_VGG).read(batch, TINY_VGG.layers)
    for layer in TINY_VGG.layers:
        torch.testing.assert_close(found[layer], expected[layer], atol=1e-4, rtol=1e-4)


def test_it_goes_no_further_than_needed():
    reader = Reader(TINY_VGG, load(TINY_VGG.spec))
    ran = []
    reader.operations = tuple(
        (place, lambda values, place=place, run=run: ran.append(place) or run(values))
        for place, run in reader.operations
    )
    reader.read(torch.rand(1, 3, 32, 32), ["relu1_1", "relu2_1"])
    assert ran[-1] == TINY_VGG.layers["relu2_1"]
    ran.clear()
    assert reader.read(torch.rand(1, 3, 32, 32), []) == {}
    assert ran == []


@pytest.fixture(scope="module")
def vgg19_at_random():
    """VGG-19 with weights that have nothing to say, drawn faster than its own."""
    with torch.device("meta"):
        module = VGG19.spec.build().eval().requires_grad_(requires_grad=False)
    module.to_empty(device="cpu")
    chance = torch.Generator().manual_seed(0)
    for weights in module.parameters():
        bound = (6 / weights[0].numel()) ** 0.5 if weights.ndim > 1 else 0.1
        weights.uniform_(-bound, bound, generator=chance)
    return module


@pytest.mark.parametrize("network", LOSS_NETWORKS, ids=lambda network: network.spec.name)
def test_receptive_fields_are_what_gradients_reach(network, vgg19_at_random):
    module = vgg19_at_random if network is VGG19 else load(network.spec)
    reader = Reader(network, module)
    side = 41
    for layer in list(network.layers)[1:4:2]:
        picture = torch.rand(1, 3, side, side, requires_grad=True)
        values = plain_layers(network, picture, module)[layer]
        values[0, :, values.shape[2] // 2, values.shape[3] // 2].sum().backward()
        rows = picture.grad.abs().sum((0, 1, 3)).nonzero()
        assert rows.max() - rows.min() + 1 == reader.fields[layer]


def test_the_slope_of_a_layer_is_autograds():
    chance = torch.Generator().manual_seed(0)
    features = torch.randn(1, 3, 4, 5, generator=chance, dtype=torch.float64)
    target = torch.randn(1, 3, 3, generator=chance, dtype=torch.float64)
    target = target + target.transpose(1, 2)
    for values in (features, features.contiguous(memory_format=torch.channels_last)):
        given = values.requires_grad_()
        assert torch.autograd.gradcheck(style_gap, (given, target))
    expected = ((plain_gram(features.detach()) - target[0]) ** 2).sum() / 4
    assert float(style_gap(features, target).detach()) == pytest.approx(float(expected))


def test_vgg19_gets_small_pictures_on_a_cpu(vgg19_at_random):
    reader = Reader(VGG19, vgg19_at_random)
    assert (reader.step_side(384), reader.step_side(64)) == (192, 64)
    reader.device = torch.device("cuda")
    assert reader.step_side(384) == 384
    assert reader_of(TINY_VGG).step_side(384) == 384


# --- distances


def close(found, expected):
    assert found == pytest.approx(float(expected), rel=1e-4, abs=1e-9)


def assert_distances(network, module, photos):
    first, second = (fit(photo, SIDE, 32) for photo in photos)
    second = np.ascontiguousarray(second[: len(first)])
    first = np.ascontiguousarray(first[: len(second), : second.shape[1]])
    one, other = (plain_features(network, each, module) for each in (first, second))
    content = style.content_distance(first, second, network.spec.name, side=SIDE)
    for each in content.layers:
        close(each.value, plain_content(one[each.layer], other[each.layer]))
        gap = (one[each.layer] - other[each.layer]).norm() / other[each.layer].norm()
        close(each.relative, gap)
    layers = {network.style[0]: 3.0, network.style[-1]: 1.0, network.style[1]: 0.0}
    painted = style.style_distance(first, second, network.spec.name, layers, SIDE)
    assert [each.weight for each in painted.layers] == [0.75, 0.25]
    for each in painted.layers:
        close(each.value, plain_style(one[each.layer], other[each.layer]))
    close(painted.value, sum(each.weight * each.value for each in painted.layers))
    close(painted.relative, sum(each.weight * each.relative for each in painted.layers))


def test_distances_are_the_formulas(photos):
    assert_distances(TINY_VGG, None, photos)


def test_distances_are_the_formulas_in_vgg19(photos, vgg19_at_random, monkeypatch):
    monkeypatch.setattr(_style_features, "load", lambda spec: vgg19_at_random)
    assert_distances(VGG19, vgg19_at_random, photos)


def test_a_picture_is_at_no_distance_from_itself(photos):
    for distance in (style.content_distance, style.style_distance):
        found = distance(photos[0], photos[0], side=SIDE)
        assert (found.value, found.relative) == (0, 0)


def test_style_is_compared_across_sizes(photos):
    small = style.style_distance(photos[0][:40], photos[1], side=SIDE)
    assert small.relative > 0
    assert style.content_distance(photos[1], photos[0], side=SIDE).relative > 0


def test_one_colour_is_a_picture():
    flat = np.full((40, 50, 3), 200, np.uint8)
    for distance in (style.content_distance, style.style_distance):
        found = distance(data.coffee()[::8, ::8], flat, side=SIDE)
        assert all(map(np.isfinite, dataclasses.astuple(found)[:2]))


# --- shuffling


def test_a_shuffled_picture_keeps_its_pixels_and_loses_its_places(photos):
    found = style.shuffle_pixels(photos[0], side=SIDE)
    assert found.before.shape == found.pixels.shape
    assert sorted(map(tuple, found.before.reshape(-1, 3))) == sorted(
        map(tuple, found.pixels.reshape(-1, 3))
    )
    pixels, *layers = found.layers
    assert (pixels.layer, pixels.field) == ("pixels", 1)
    assert pixels.gram < 1e-6
    assert pixels.features > 0.1
    assert tuple(each.layer for each in layers) == TINY_VGG.style
    assert all(each.gram_of_places < 1e-6 for each in found.layers)
    assert all(each.gram > 1e-3 for each in layers)  # single pixels torn apart: texture is gone


def test_a_single_block_stays_where_it_is(photos):
    found = style.shuffle_pixels(photos[0][:40, :40], block=64, side=SIDE)
    np.testing.assert_array_equal(found.pixels, found.before)
    assert all(each.features == each.gram == 0 for each in found.layers)


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 64), st.integers(0, 9999))
def test_blocks_of_any_size_are_shuffled(block, seed):
    found = style.shuffle_pixels(data.chelsea()[::6, ::6], block=block, side=SIDE, seed=seed)
    assert found.pixels.sum() == found.before.sum()
    assert queue_length() == 0
