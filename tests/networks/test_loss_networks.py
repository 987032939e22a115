"""The loss networks are what they say: layers by name, torchvision's VGG-19, no classifier."""

import pytest
import torch
from torch import nn
from torchvision.models import VGG19_Weights, vgg19

from models._load import load
from models.networks import tiny_vgg
from models.networks.loss_networks import LOSS_NETWORKS, TINY_VGG, VGG19, build_vgg19

EACH = pytest.mark.parametrize("network", LOSS_NETWORKS, ids=lambda network: network.spec.name)


def built(network):
    with torch.device("meta"):
        return network.spec.build()


def test_the_first_is_embedded():
    assert LOSS_NETWORKS[0] is TINY_VGG
    assert TINY_VGG.spec is tiny_vgg.SPEC
    assert [network.spec.is_embedded for network in LOSS_NETWORKS] == [True, False]


@EACH
def test_every_name_is_a_rectified_convolution_of_its_block(network):
    features = list(built(network).features)
    named = {place: name for name, place in network.layers.items()}
    block, number = 1, 0
    for place, module in enumerate(features):
        if isinstance(module, nn.MaxPool2d):
            block, number = block + 1, 0
        if isinstance(module, nn.ReLU):
            number += 1
            assert named.pop(place) == f"relu{block}_{number}"
            assert not module.inplace
    assert named == {}


@EACH
def test_what_is_read_by_default_can_be_read(network):
    assert {*network.content, *network.style} <= network.layers.keys()
    places = [network.layers[layer] for layer in network.style]
    assert places == sorted(places)


def test_vgg19_reads_what_gatys_read():
    assert VGG19.style == tuple(f"relu{block}_1" for block in range(1, 6))
    assert VGG19.content == ("relu4_2",)
    features = list(built(VGG19).features)
    assert features[VGG19.layers["relu5_1"] - 1].in_channels == 512


def test_vgg19_is_torchvisions_without_its_linear_layers():
    with torch.device("meta"):
        whole, ours = vgg19(weights=None), build_vgg19()
    expected = {name: x.shape for name, x in whole.features.state_dict().items()}
    found = {name: x.shape for name, x in ours.state_dict().items()}
    assert found == {f"features.{name}": shape for name, shape in expected.items()}


def test_vgg19_is_described_as_by_torchvision():
    known = VGG19_Weights.IMAGENET1K_V1.meta
    top = known["_metrics"]["ImageNet-1K"]
    assert VGG19.spec.weights.name == "VGG19_Weights.IMAGENET1K_V1"
    assert VGG19.spec.metrics["top1"] == pytest.approx(top["acc@1"] / 100)
    assert VGG19.spec.metrics["top5"] == pytest.approx(top["acc@5"] / 100)
    assert VGG19.spec.size_bytes == round(known["_file_size"] * 2**20)


def test_the_smallest_picture_reaches_the_deepest_layer():
    with torch.device("meta"):
        for network in LOSS_NETWORKS:
            side = network.minimum_side
            values = network.spec.build().eval().features(torch.zeros(1, 3, side, side))
            assert min(values.shape[2:]) >= 1


def test_the_embedded_one_loads():
    assert isinstance(load(TINY_VGG.spec).features, nn.Sequential)
