"""The maps against captum's own, and against what theory says they add up to."""

import warnings

import numpy as np
import pytest
import torch
from captum.attr import (
    GuidedBackprop,
    InputXGradient,
    IntegratedGradients,
    LayerAttribution,
    LayerGradCam,
    NoiseTunnel,
    Occlusion,
    Saliency,
)
from skimage import data

from models import cnn_visualization as cnn
from models._errors import InputError
from models._graph import trace
from models._sight import find_classifier, look, network_of, normalise

METHODS = cnn.Method.__args__
ESPRESSO = 193


@pytest.fixture(scope="module")
def photo():
    return data.coffee()


@pytest.fixture(scope="module")
def network():
    return network_of("tiny_vgg")


@pytest.fixture(scope="module")
def batch(photo):
    return normalise(look(photo, "tiny_vgg").pixels, "tiny_vgg")


@pytest.fixture(scope="module")
def private():
    """A network of its own for captum, whose hooks must not touch the shared one."""
    spec = find_classifier("tiny_vgg").spec
    copied = spec.build().eval()
    copied.load_state_dict(network_of("tiny_vgg").state_dict())
    return copied


def near(ours, theirs):
    theirs = theirs.detach().squeeze(0).numpy()
    np.testing.assert_allclose(ours, theirs, atol=1e-4 * max(1.0, np.abs(theirs).max()))


def test_saliency_equals_captum(photo, private, batch):
    theirs = Saliency(private).attribute(batch.clone().requires_grad_(), target=ESPRESSO)
    found = cnn.attribute(photo, method="saliency", target=ESPRESSO)
    near(found.raw, theirs)
    near(found.values, theirs.amax(1))


def test_input_x_gradient_equals_captum(photo, private, batch):
    theirs = InputXGradient(private).attribute(batch.clone().requires_grad_(), target=ESPRESSO)
    near(cnn.attribute(photo, method="input_x_gradient", target=ESPRESSO).raw, theirs)


def test_integrated_gradients_equal_captum_and_add_up(photo, private, batch):
    theirs = IntegratedGradients(private).attribute(batch, target=ESPRESSO, n_steps=16)
    found = cnn.attribute(photo, method="integrated_gradients", target=ESPRESSO, steps=16)
    near(found.raw, theirs.float())
    finer = cnn.attribute(photo, method="integrated_gradients", target=ESPRESSO, steps=64)
    gap, fine_gap = (
        abs(float(one.values.sum()) - (one.score - one.baseline_score)) for one in (found, finer)
    )
    assert gap < 0.1 * found.score
    assert fine_gap < 0.03 * finer.score


def test_smoothgrad_equals_captum_on_the_same_noise(photo, private, batch, monkeypatch):
    generator = torch.Generator().manual_seed(0)

    def same_noise(mean, std):
        return mean + std * torch.randn(std.shape, generator=generator)

    monkeypatch.setattr(torch, "normal", same_noise)
    theirs = NoiseTunnel(Saliency(private)).attribute(
        batch.clone().requires_grad_(),
        nt_samples=16,
        nt_samples_batch_size=16,
        stdevs=0.1 * float(batch.max() - batch.min()),
        target=ESPRESSO,
    )
    found = cnn.attribute(photo, method="smoothgrad", target=ESPRESSO, steps=16, noise=0.1)
    near(found.raw, theirs)


def test_guided_backpropagation_equals_captum(photo, private, batch):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # captum says that it sets hooks
        theirs = GuidedBackprop(private).attribute(batch.clone().requires_grad_(), target=ESPRESSO)
    near(cnn.attribute(photo, method="guided_backpropagation", target=ESPRESSO).raw, theirs)


@pytest.mark.parametrize("layer", ["features.26", "features.15", "features.6"])
def test_grad_cam_equals_captum(photo, private, batch, layer):
    cam = LayerGradCam(private, private.get_submodule(layer))
    theirs = cam.attribute(batch, target=ESPRESSO, relu_attributions=True)
    found = cnn.attribute(photo, method="grad_cam", target=ESPRESSO, layer=layer)
    near(found.raw, theirs[0])
    enlarged = LayerAttribution.interpolate(theirs, (64, 64), interpolate_mode="bilinear")
    near(found.values, enlarged[0])


@pytest.mark.slow
@pytest.mark.parametrize(("window", "stride"), [(12, 6), (17, 7), (16, 16), (11, 11), (64, 64)])
def test_occlusion_equals_captum(photo, private, batch, window, stride):
    baseline = "black" if window == 11 else "mean"
    nothing = normalise(np.zeros((64, 64, 3), np.uint8), "tiny_vgg") if baseline == "black" else 0
    with torch.no_grad():
        theirs = Occlusion(private).attribute(
            batch,
            sliding_window_shapes=(3, window, window),
            strides=(3, stride, stride),
            target=ESPRESSO,
            baselines=nothing,
        )
    found = cnn.attribute(
        photo,
        method="occlusion",
        target=ESPRESSO,
        window=window,
        stride=stride,
        baseline=baseline,
    )
    near(found.raw, theirs)


def test_layer_methods_by_their_definition(photo, network, batch):
    """Grad-CAM++ and LayerCAM written out in loops over channels, with autograd of our own."""
    pixels = batch.clone().requires_grad_()
    maps = network.features(pixels)
    score = network.classifier(network.flatten(network.mean(maps)))[0, ESPRESSO]
    slope = torch.autograd.grad(score, maps)[0][0].numpy()
    maps = maps[0].detach().numpy()
    plus_plus, layer_cam = np.zeros((2, 4, 4))
    for one, rise in zip(maps, slope, strict=True):
        below = 2 * rise**2 + one.sum() * rise**3
        alpha = np.divide(rise**2, below, out=np.zeros_like(rise), where=below != 0)
        plus_plus += (alpha * np.maximum(rise, 0)).sum() * one
        layer_cam += np.maximum(rise, 0) * one
    for method, expected in (("grad_cam_plus_plus", plus_plus), ("layer_cam", layer_cam)):
        found = cnn.attribute(photo, method=method, target=ESPRESSO, layer="features.26")
        np.testing.assert_allclose(found.raw, np.maximum(expected, 0), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_maps_are_the_same_every_time_and_say_what_they_are(photo, method):
    first, second = (cnn.attribute(photo, method=method, steps=8) for _ in range(2))
    np.testing.assert_array_equal(first.values, second.values)
    assert first.values.shape == (64, 64)
    assert first.values.dtype == np.float32
    assert first.target == ESPRESSO
    assert np.abs(first.share).max() == pytest.approx(1)
    assert (first.values.min() >= 0) or first.signed
    assert first.remark is None


def test_no_hook_is_ever_left_on_the_shared_network(photo, network):
    for method in METHODS:
        cnn.attribute(photo, method=method, steps=8)
    for module in network.modules():
        assert not module._forward_hooks
        assert not module._backward_hooks
        assert not module._forward_pre_hooks
    assert not any(weights.requires_grad for weights in network.parameters())
    assert not network.training


def test_a_blank_map_says_why(photo, network):
    flat = np.full((64, 64, 3), 128, np.uint8)
    against = [
        cnn.attribute(photo, target=target, layer="features.26").remark for target in range(12)
    ]
    assert "map_only_against" in against
    assert cnn.attribute(flat, method="occlusion", baseline="blurred").remark == "map_no_change"
    assert cnn.attribute(photo, layer="mean").remark in {"map_one_place", "map_only_against"}


def test_two_classes_give_a_signed_difference(photo):
    found = cnn.contrast(photo, first=193, second=160, method="input_x_gradient")
    np.testing.assert_array_equal(found.values, found.first.values - found.second.values)
    swapped = cnn.contrast(photo, first=160, second=193, method="input_x_gradient")
    np.testing.assert_allclose(found.values, -swapped.values)


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"target": 200}, "class_range"),
        ({"target": -1}, "out_of_range"),
        ({"layer": "features.99"}, "unknown_layer"),
        ({"layer": "classifier"}, "layer_without_places"),
        ({"method": "occlusion", "window": 4, "stride": 8}, "stride_over_window"),
        ({"method": "magic"}, "not_a_choice"),
        ({"side": 32}, "out_of_range"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(photo, settings, code):
    with pytest.raises(InputError) as caught:
        cnn.attribute(photo, **settings)
    assert caught.value.code == code


def test_the_first_operations_write_over_nothing(network, batch):
    """A value that was read stays what it was, although a ReLU comes after it."""
    reading = trace(network).reading("features.1", "features.2")
    with torch.inference_mode():
        before, after = reading(batch)
    assert before.min() < 0
    assert after.min() == 0
