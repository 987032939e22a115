"""A conditional generative adversarial network: one network makes pictures, another judges them.

The generator turns a random vector z, the latent, and a class into a picture; the discriminator
gives a picture and a class a score, the higher the more they look like the training set. Each is
trained against the other: I. Goodfellow et al., *Generative adversarial nets*, 2014,
https://arxiv.org/abs/1406.2661. The class reaches the generator through the gain and bias of every
normalisation (conditional batch normalisation) and the discriminator through an inner product with
its features: T. Miyato and M. Koyama, *cGANs with projection discriminator*, 2018,
https://arxiv.org/abs/1802.05637.

    D(x, y) = w . h(x) + b + e(y) . h(x)      h: features of picture x, summed over positions;
                                              e(y): one row a class

A trained generator normalises by stored means and variances, so that a sample is the same whichever
others are made beside it.
"""

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import nn

from models._spec import ModelSpec
from models.networks import small_classifier, tiny_vgg
from models.networks._classifier import ClassName

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["COLOUR", "DIGITS", "FASHION", "MODELS", "Gan", "GanModel"]


def _rows(start: torch.Tensor) -> nn.Embedding:
    """One row a class, without the random numbers that an embedding would begin with."""
    classes, columns = start.shape
    return nn.Embedding(classes, columns, _weight=start)


class ConditionalNorm(nn.Module):
    """Batch normalisation whose gain and bias depend on the class."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.gain = _rows(torch.ones(classes, channels))
        self.bias = _rows(torch.zeros(classes, channels))

    def forward(self, values: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        """Normalise (N, channels, height, width) for the classes (N,)."""
        gain, bias = self.gain(label)[:, :, None, None], self.bias(label)[:, :, None, None]
        return torch.addcmul(bias, self.norm(values), gain)


class Stage(nn.Module):
    """Normalise, rectify, and double both sides."""

    def __init__(self, incoming: int, outgoing: int, classes: int) -> None:
        super().__init__()
        self.norm = ConditionalNorm(incoming, classes)
        self.grow = nn.ConvTranspose2d(incoming, outgoing, 4, stride=2, padding=1)

    def forward(self, values: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        """Turn (N, incoming, side, side) into (N, outgoing, 2 side, 2 side)."""
        grown: torch.Tensor = self.grow(F.relu(self.norm(values, label)))
        return grown


class Generator(nn.Module):
    """From a latent and a class to a picture."""

    def __init__(self, model: "GanModel") -> None:
        super().__init__()
        first, classes = model.widths[0], len(model.classes)
        self.side = model.side >> (len(model.widths) - 1)  # of the smallest activation
        self.start = nn.Linear(model.latent, first * self.side**2)
        self.place = _rows(torch.zeros(classes, first * self.side**2))
        pairs = zip(model.widths, model.widths[1:], strict=False)
        self.grow = nn.ModuleList(Stage(*pair, classes) for pair in pairs)
        self.norm = ConditionalNorm(model.widths[-1], classes)
        self.paint = nn.Conv2d(model.widths[-1], model.channels, 3, padding=1)

    def stages(self, latent: torch.Tensor, label: torch.Tensor) -> list[torch.Tensor]:
        """Give the activations after each stage, the linear one first.

        Args:
            latent: (N, latent), normally distributed in training.
            label: int64 (N,).

        Returns:
            One tensor a stage, (N, channels, side, side); each twice as large as the one before.
        """
        values = self.start(latent) + self.place(label)
        values = values.view(len(latent), -1, self.side, self.side)
        found = [values.contiguous(memory_format=torch.channels_last)]
        for stage in self.grow:
            found.append(stage(found[-1], label))
        return found

    def forward(self, latent: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        """Make pictures (N, channels, side, side) in -1..1."""
        last = self.stages(latent, label)[-1]
        return torch.tanh(self.paint(F.relu(self.norm(last, label))))


class Discriminator(nn.Module):
    """From a picture and a class to one score."""

    def __init__(self, model: "GanModel") -> None:
        super().__init__()
        layers: list[nn.Module] = []
        incoming = model.channels
        for channels, stride in model.judges:
            kernel = 4 if stride == 2 else 3
            layers += [nn.Conv2d(incoming, channels, kernel, stride, 1), nn.LeakyReLU(0.1)]
            incoming = channels
        self.features = nn.Sequential(*layers)
        self.score = nn.Linear(incoming, 1)
        self.match = _rows(torch.empty(len(model.classes), incoming))
        if not self.match.weight.is_meta:  # there it would cost seconds of imports
            nn.init.normal_(self.match.weight)

    def forward(self, pictures: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        """Score pictures (N, channels, side, side) in -1..1 as members of classes (N,)."""
        features = self.features(pictures).sum((2, 3))
        matched: torch.Tensor = (self.match(label) * features).sum(1)
        plain: torch.Tensor = self.score(features)[:, 0]
        return plain + matched


class Gan(nn.Module):
    """Both networks of one set of pictures; ``generator`` is a running average of its training."""

    def __init__(self, model: "GanModel") -> None:
        super().__init__()
        self.generator = Generator(model)
        self.discriminator = Discriminator(model)


@dataclass(frozen=True)
class GanModel:
    """One set of pictures and the networks trained on it."""

    name: str  # folder of its weights
    keys: tuple[str, ...]  # one a class
    classes: tuple[ClassName, ...]  # in the order of the labels
    side: int  # pixels
    channels: int  # 1: grey, 3: RGB
    latent: int  # numbers in a latent
    widths: tuple[int, ...]  # channels of the generator's stages
    judges: tuple[tuple[int, int], ...]  # (channels, stride) of the discriminator's convolutions
    columns: tuple[int, ...]  # the classifier's outputs that are these classes

    @functools.cached_property
    def spec(self) -> ModelSpec:
        """Where the weights are and what is known of them; read from the card on demand."""
        return ModelSpec.from_card(self.name, functools.partial(Gan, self))

    @property
    def classifier(self) -> ModelSpec:
        """The network that judges its pictures; it was trained on real ones only."""
        if self.name == "gan_colour":
            return tiny_vgg.SPEC
        return small_classifier.spec(self.name.replace("gan", "classifier"))

    def look(self, network: nn.Module, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Show pictures to the classifier.

        Args:
            network: ``load(model.classifier)``; the caller holds the gate.
            pictures: (N, channels, side, side) in -1..1.

        Returns:
            Its features (N, D), and its logits for this model's classes (N, classes).
        """
        if self.channels == 3:
            given = tiny_vgg.CLASSIFIER
            mean, std = (
                torch.tensor(each, device=pictures.device).view(1, 3, 1, 1)
                for each in (given.mean, given.std)
            )
            pictures = ((pictures + 1) / 2 - mean) / std
            pictures = F.interpolate(pictures, size=given.input_size, mode="bilinear")
        features, mean_of, flatten, answer = network.children()
        seen = flatten(mean_of(features(pictures)))
        return seen, answer(seen)[:, list(self.columns)]


def _named(*names: tuple[str, str]) -> tuple[ClassName, ...]:
    return tuple(ClassName(en, zh) for en, zh in names)


def _keys(names: "Iterable[ClassName]") -> tuple[str, ...]:
    return tuple(name.en.lower().replace("-", "_").replace(" ", "_") for name in names)


_FASHION = _named(
    ("T-shirt", "T恤"),
    ("trousers", "裤子"),
    ("pullover", "套头衫"),
    ("dress", "连衣裙"),
    ("coat", "外套"),
    ("sandal", "凉鞋"),
    ("shirt", "衬衫"),
    ("sneaker", "运动鞋"),
    ("bag", "包"),
    ("ankle boot", "短靴"),
)
_PHOTOS = {  # number in Tiny ImageNet -> name
    13: ("jellyfish", "水母"),
    14: ("brain coral", "脑珊瑚"),
    44: ("monarch butterfly", "帝王蝶"),
    145: ("school bus", "校车"),
    186: ("orange", "橙子"),
    187: ("lemon", "柠檬"),
    191: ("pizza", "披萨"),
    193: ("espresso", "意式浓缩咖啡"),
    194: ("alp", "高山"),
    198: ("seashore", "海滨"),
}
_SMALL = ((32, 2), (64, 2), (128, 2))
_DIGITS = _named(*((str(digit), str(digit)) for digit in range(10)))

DIGITS = GanModel(
    "gan_digits", _keys(_DIGITS), _DIGITS, 28, 1, 64, (128, 64, 16), _SMALL, tuple(range(10))
)
FASHION = GanModel(
    "gan_fashion", _keys(_FASHION), _FASHION, 28, 1, 64, (128, 64, 32), _SMALL, tuple(range(10))
)
COLOUR = GanModel(
    "gan_colour",
    _keys(_named(*_PHOTOS.values())),
    _named(*_PHOTOS.values()),
    32,
    3,
    96,
    (192, 96, 64, 32),
    ((48, 2), (96, 2), (192, 2)),
    tuple(_PHOTOS),
)
MODELS = (DIGITS, FASHION, COLOUR)
