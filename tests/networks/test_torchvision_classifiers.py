"""What is said of torchvision's classifiers is what torchvision says; all can be looked into."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torchvision.models import get_model_builder, get_weight
from torchvision.models._meta import _IMAGENET_CATEGORIES

from models._spec import Torchvision
from models.networks._classifier import Classifier
from models.networks.tiny_vgg import CLASSIFIER as TINY
from models.networks.torchvision_classifiers import CLASSIFIERS

EACH = pytest.mark.parametrize("classifier", CLASSIFIERS, ids=lambda each: each.spec.name)


def weights_of(classifier: Classifier):
    assert isinstance(classifier.spec.weights, Torchvision)
    return get_weight(classifier.spec.weights.name)


def test_the_seven_are_there() -> None:
    assert [each.spec.title for each in CLASSIFIERS] == [
        "AlexNet",
        "VGG-16",
        "GoogLeNet",
        "ResNet-18",
        "ResNet-50",
        "MobileNetV3-Large",
        "ConvNeXt-Tiny",
    ]


@EACH
def test_the_figures_are_torchvisions_own(classifier: Classifier) -> None:
    meta = weights_of(classifier).meta
    published = meta["_metrics"]["ImageNet-1K"]
    assert classifier.spec.metrics["top1"] == pytest.approx(published["acc@1"] / 100, abs=1e-5)
    assert classifier.spec.metrics["top5"] == pytest.approx(published["acc@5"] / 100, abs=1e-5)
    assert classifier.spec.size_bytes == round(meta["_file_size"] * 2**20)


@EACH
def test_photos_are_prepared_as_torchvision_does(classifier: Classifier) -> None:
    prepare = weights_of(classifier).transforms()
    assert prepare.crop_size == [classifier.input_size]
    assert prepare.resize_size == [classifier.resize]
    assert tuple(prepare.mean) == classifier.mean
    assert tuple(prepare.std) == classifier.std
    assert prepare.interpolation.value == "bilinear"


@EACH
def test_the_network_is_the_one_that_was_measured(classifier: Classifier) -> None:
    with torch.device("meta"):
        network = classifier.spec.build().eval()
        answer = network(torch.zeros(2, 3, classifier.input_size, classifier.input_size))
    parameters = sum(parameter.numel() for parameter in network.parameters())
    assert parameters == weights_of(classifier).meta["num_params"]
    assert answer.shape == (2, 1000)
    assert not any(getattr(module, "inplace", False) for module in network.modules())


@EACH
@pytest.mark.filterwarnings("ignore:The default weight initialization of GoogleNet")
def test_its_parameters_have_the_names_of_the_file(classifier: Classifier) -> None:
    with torch.device("meta"):
        ours = classifier.spec.build()
        theirs = get_model_builder(classifier.spec.name)(weights=None)  # with heads for training
    names = theirs.state_dict().keys()
    assert ours.state_dict().keys() <= names


def test_the_thousand_classes_have_names_in_both_languages() -> None:
    classes = CLASSIFIERS[0].classes
    assert [name.en for name in classes] == _IMAGENET_CATEGORIES
    assert len({name.zh for name in classes}) == 1000
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in name.zh) for name in classes)
    assert all(each.classes is classes for each in CLASSIFIERS)


@pytest.mark.parametrize(
    ("index", "chinese"),
    [
        (1, "金鱼"),
        (134, "鹤"),
        (264, "卡迪根威尔士柯基"),
        (388, "大熊猫"),
        (474, "开襟毛衣"),
        (517, "起重机"),
        (604, "沙漏"),
        (726, "刨子"),
        (879, "雨伞"),
        (967, "意式浓缩咖啡"),
    ],
)
def test_the_chinese_names_stand_on_the_right_lines(index: int, chinese: str) -> None:
    assert CLASSIFIERS[0].classes[index].zh == chinese


def test_a_class_of_both_data_sets_has_one_chinese_name() -> None:
    thousand = {name.en: name.zh for name in CLASSIFIERS[0].classes}
    shared = [name for name in TINY.classes if name.en in thousand]
    assert len(shared) > 150
    assert [(name.en, name.zh) for name in shared] == [
        (name.en, thousand[name.en]) for name in shared
    ]


def test_naming_them_costs_no_torch() -> None:
    code = "import sys, models.networks.torchvision_classifiers as t, models.networks.tiny_vgg\n"
    code += "sys.exit('torch' in sys.modules or 'torchvision' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 0
