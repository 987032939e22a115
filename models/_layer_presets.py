"""Networks that everybody compares with, as stacks of layers.

LeNet-5 is the form every tutorial rebuilds: all 16 filters of the second convolution read all 6
maps, and pooling has no parameters. LeCun et al. (1998) wired only 60 of those 96 pairs and gave
the pooling weights, which makes 60,000. AlexNet and GoogLeNet are torchvision's; VGG is
configuration D and E of Simonyan and Zisserman (2014), ResNet-18 of He et al. (2015).
"""

from types import MappingProxyType
from typing import NamedTuple

from models._layers import Layer

__all__ = ["PRESETS", "Preset"]


class Preset(NamedTuple):
    """What ``stack`` takes: an input and the layers above it."""

    input_shape: tuple[int, ...]  # (channels, height, width)
    layers: tuple[Layer, ...]


def _convolution(
    channels: int, kernel: int, stride: int = 1, padding: int = 0, name: str = ""
) -> Layer:
    return Layer("convolution", channels, kernel, stride, padding, name=name)


def _normalised(channels: int, kernel: int, stride: int, padding: int, name: str) -> Layer:
    return Layer(
        "convolution", channels, kernel, stride, padding, bias=False, batch_norm=True, name=name
    )


def _maximum(kernel: int, stride: int, name: str, padding: int = 0, ceil: bool = False) -> Layer:
    return Layer("max_pooling", None, kernel, stride, padding, ceil_mode=ceil, name=name)


def _classifier(*widths: int, first: int) -> tuple[Layer, ...]:
    return tuple(
        Layer("linear", width, name=f"fc{number}") for number, width in enumerate(widths, first)
    )


def _lenet() -> Preset:
    return Preset(
        (1, 32, 32),
        (
            _convolution(6, 5, name="C1"),
            Layer("average_pooling", None, 2, 2, name="S2"),
            _convolution(16, 5, name="C3"),
            Layer("average_pooling", None, 2, 2, name="S4"),
            _convolution(120, 5, name="C5"),
            Layer("linear", 84, name="F6"),
            Layer("linear", 10, name="output"),
        ),
    )


def _alexnet() -> Preset:
    return Preset(
        (3, 224, 224),
        (
            _convolution(64, 11, 4, 2, "conv1"),
            _maximum(3, 2, "pool1"),
            _convolution(192, 5, 1, 2, "conv2"),
            _maximum(3, 2, "pool2"),
            _convolution(384, 3, 1, 1, "conv3"),
            _convolution(256, 3, 1, 1, "conv4"),
            _convolution(256, 3, 1, 1, "conv5"),
            _maximum(3, 2, "pool5"),
            *_classifier(4096, 4096, 1000, first=6),
        ),
    )


def _vgg(repeats: tuple[int, ...]) -> Preset:
    layers: list[Layer] = []
    for block, (times, channels) in enumerate(
        zip(repeats, (64, 128, 256, 512, 512), strict=True), start=1
    ):
        names = [f"conv{block}_{number}" for number in range(1, times + 1)]
        layers += [_convolution(channels, 3, 1, 1, name) for name in names]
        layers.append(_maximum(2, 2, f"pool{block}"))
    first = 6
    return Preset((3, 224, 224), (*layers, *_classifier(4096, 4096, 1000, first=first)))


def _googlenet_stem() -> Preset:
    return Preset(
        (3, 224, 224),
        (
            _normalised(64, 7, 2, 3, "conv1"),
            _maximum(3, 2, "pool1", ceil=True),
            _normalised(64, 1, 1, 0, "conv2"),
            _normalised(192, 3, 1, 1, "conv3"),
            _maximum(3, 2, "pool2", ceil=True),
        ),
    )


def _resnet_block(channels: int, stride: int, name: str) -> tuple[Layer, ...]:
    shortcut = Layer("shortcut", back=2, name=f"{name} shortcut")
    if stride > 1:
        shortcut = Layer(
            "shortcut",
            channels,
            stride=stride,
            bias=False,
            batch_norm=True,
            back=2,
            name=f"{name} shortcut",
        )
    return (
        _normalised(channels, 3, stride, 1, f"{name} conv1"),
        _normalised(channels, 3, 1, 1, f"{name} conv2"),
        shortcut,
    )


def _resnet18() -> Preset:
    layers = [_normalised(64, 7, 2, 3, "conv1"), _maximum(3, 2, "pool1", padding=1)]
    for stage, channels in enumerate((64, 128, 256, 512), start=2):
        for block in (1, 2):
            stride = 2 if stage > 2 and block == 1 else 1
            layers += _resnet_block(channels, stride, f"{stage}.{block}")
    layers += [Layer("global_average", name="pool"), Layer("linear", 1000, name="fc")]
    return Preset((3, 224, 224), tuple(layers))


PRESETS = MappingProxyType(
    {
        "LeNet-5": _lenet(),
        "AlexNet": _alexnet(),
        "VGG-16": _vgg((2, 2, 3, 3, 3)),
        "VGG-19": _vgg((2, 2, 4, 4, 4)),
        "GoogLeNet stem": _googlenet_stem(),
        "ResNet-18": _resnet18(),
    }
)
