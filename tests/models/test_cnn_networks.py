"""torchvision's classifiers, untrained: the list of operations does what the network does."""

import numpy as np
import pytest
import torch

from models import _activations, _attribution, _gate, _graph, _sight
from models import cnn_visualization as cnn
from models._graph import trace
from models._occlusion import occlude
from models._reach import reach_of
from models._sight import CLASSIFIERS, find_classifier

SMALL = ("resnet18", "googlenet", "mobilenet_v3_large", "convnext_tiny")


@pytest.fixture(scope="module")
def untrained():
    """Each network once, with weights that have nothing to say."""
    found = {}

    def build(name):
        if name not in found:
            torch.manual_seed(0)  # a test of its own process may
            network = find_classifier(name).spec.build().eval()
            found[name] = network.requires_grad_(requires_grad=False)
        return found[name]

    return build


@pytest.fixture
def as_loaded(untrained, monkeypatch):
    """Have the public functions find the untrained networks."""
    for module in (_sight, _activations, _attribution, cnn):
        monkeypatch.setattr(module, "network_of", untrained)


@pytest.mark.parametrize("name", SMALL)
def test_the_operations_are_those_of_the_network(untrained, name):
    network = untrained(name)
    batch = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        torch.testing.assert_close(trace(network).module(batch), network(batch))


@pytest.mark.parametrize(
    ("name", "layer", "field", "jump"),
    [
        ("resnet18", "maxpool", 11, 4),
        ("resnet18", "layer4.1.relu_1", 435, 32),
        ("googlenet", "maxpool1", 11, 4),
        ("alexnet", "features.12", 195, 32),
        ("vgg16", "features.30", 212, 32),
    ],
)
def test_known_receptive_fields(name, layer, field, jump):
    """Distill (Araujo et al. 2019) has 435 for ResNet-18, 195 for AlexNet, 212 for VGG-16."""
    with torch.device("meta"):
        network = find_classifier(name).spec.build().eval()
    reach = reach_of(trace(network), layer, 224)
    assert (reach.receptive_field, reach.jump) == (field, jump)


def test_nobody_runs_a_network_while_another_is_written_down(monkeypatch):
    held, write = [], _graph._trace
    monkeypatch.setattr(
        _graph, "_trace", lambda network: held.append(_gate._inside.get()) or write(network)
    )
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU())
    assert trace(network) is trace(network)
    assert held == [True]


def test_a_gate_over_the_whole_picture_sees_the_whole_picture(untrained):
    network = trace(untrained("mobilenet_v3_large"))
    assert reach_of(network, "features.4.block.1.0", 224) is not None
    assert reach_of(network, "features.4.block.2.mul", 224) is None


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_every_question_is_answered(as_loaded, name):
    photo = np.random.default_rng(0).integers(0, 256, (80, 100, 3), dtype=np.uint8)
    rows = cnn.layers(name, side=64)
    assert sum(row.parameters for row in rows) > 1_000_000
    assert rows[-1].shape == (1000,)
    for method in ("grad_cam", "layer_cam", "guided_backpropagation", "saliency"):
        found = cnn.attribute(photo, name, method, target=3, side=64)
        assert found.values.shape == (64, 64)
        assert np.isfinite(found.values).all()
    for row in rows[:: max(1, len(rows) // 8)]:
        maps = cnn.feature_maps(photo, name, row.name, side=64)
        assert maps.values.shape[0] == row.shape[0]


@pytest.mark.parametrize("name", ["resnet18", "googlenet"])
def test_occlusion_with_branches_is_that_of_covering_and_starting_over(untrained, name):
    network = untrained(name)
    batch = torch.randn(1, 3, 96, 96, generator=torch.Generator().manual_seed(2))
    nothing = torch.zeros_like(batch)
    found = occlude(trace(network), batch, nothing, 7, 32, 32)
    with torch.inference_mode():
        usual = network(batch)[0, 7]
        for top in (0, 32, 64):
            for left in (0, 32, 64):
                covered = batch.clone()
                covered[:, :, top : top + 32, left : left + 32] = 0
                fall = usual - network(covered)[0, 7]
                assert found[top, left] == pytest.approx(float(fall), abs=1e-4)


def test_a_network_without_relu_says_so(as_loaded):
    photo = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    found = cnn.attribute(photo, "convnext_tiny", "guided_backpropagation", 3, side=64)
    assert found.remark == "guided_without_relu"


@pytest.mark.parametrize("classifier", CLASSIFIERS[1:], ids=lambda each: each.spec.name)
def test_photos_are_prepared_as_torchvision_does(classifier):
    from torchvision.models import get_weight

    transforms = get_weight(classifier.spec.weights.name).transforms()
    assert (transforms.resize_size, transforms.crop_size) == (
        [classifier.resize],
        [classifier.input_size],
    )
    photo = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    expected = transforms(torch.from_numpy(photo).permute(2, 0, 1))
    pixels = _sight.look(photo, classifier.spec.name).pixels
    mean, deviation = (torch.tensor(three) for three in (classifier.mean, classifier.std))
    ours = (torch.from_numpy(pixels).float() / 255 - mean) / deviation
    level = 1.01 / 255 / min(classifier.std)  # torchvision rounds once more on the way
    torch.testing.assert_close(ours.permute(2, 0, 1), expected, atol=level, rtol=0)
