"""What the style network is trained by: distances to a photo and to a style, seen by TinyVGG.

L. Gatys et al., *Image style transfer using convolutional neural networks*, 2016; J. Johnson et
al., *Perceptual losses for real-time style transfer and super-resolution*, 2016,
https://arxiv.org/abs/1603.08155. TinyVGG halves a picture in its first layer. A
picture is therefore looked at three times: as it is, half as large, for its colours and its large
forms, and, in training a part of it, twice as large, for the texture that would otherwise be lost.

Every term is divided by what it is where nothing is done: the style distance by that of untouched
photos, the content distance by that of two different photos. So 1 means "no style yet" or "another
photo", 0 means "as the style" or "the same photo", for each style and layer alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from models._load import load
from models.networks import tiny_vgg

__all__ = ["CONTENT_LAYER", "Eye", "Goal", "contents", "grams", "looks", "scaled"]

STYLE_LAYERS = (2, 8, 15, 22)  # of TinyVGG's features; each is rectified
CONTENT_LAYER = 15
ZOOMS = (1, 0.5, 2)  # a picture as it is, half as large, twice as large
CONTENT_ZOOMS = (1, 0.5)
Seen = dict[int, torch.Tensor]  # what layers say of pictures (n, channels, height, width)
Grams = list[torch.Tensor]  # of each zoom and layer: (pictures, channels, channels)


class Eye(nn.Module):
    """TinyVGG up to the last layer that is asked, its normalisations drawn into its kernels."""

    def __init__(self, device: str = "cpu") -> None:
        super().__init__()
        features: nn.Sequential = load(tiny_vgg.SPEC, device).features  # type: ignore[assignment]
        self.layers = nn.ModuleList(_folded(features[: STYLE_LAYERS[-1] + 1]))
        mean, std = (
            torch.tensor(each, device=device).view(1, 3, 1, 1)
            for each in (tiny_vgg.CLASSIFIER.mean, tiny_vgg.CLASSIFIER.std)
        )
        self.mean, self.std = mean, std
        self.requires_grad_(False).to(memory_format=torch.channels_last)

    def forward(self, pictures: torch.Tensor, last: int = STYLE_LAYERS[-1]) -> Seen:
        """What the layers say of RGB pictures (n, 3, height, width) in 0..1, by their number."""
        values = (pictures - self.mean) / self.std
        found = {}
        for number, layer in enumerate(self.layers[: last + 1]):
            values = layer(values)
            if number in STYLE_LAYERS:
                found[number] = values
        return found


def _folded(features: nn.Sequential) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for layer in features:
        if isinstance(layer, nn.BatchNorm2d):
            before = layers[-1]
            assert isinstance(before, nn.Conv2d)
            layers[-1] = nn.utils.fuse_conv_bn_eval(before, layer)
            layers.append(nn.Identity())
        else:
            layers.append(layer)
    return layers


def grams(layers: Seen) -> Grams:
    """How often two channels are active at one place: (n, channels, channels) of each layer."""
    found = []
    for values in layers.values():
        rows = values.float().flatten(2)  # (n, channels, places)
        with torch.autocast(rows.device.type, enabled=False):
            found.append(rows @ rows.mT / rows.shape[2])
    return found


def scaled(pictures: torch.Tensor, factor: float) -> torch.Tensor:
    """Pictures as they are, half as large (each pixel a mean of four), or twice as large."""
    if factor == 1:
        return pictures
    if factor == 0.5:
        return F.avg_pool2d(pictures, 2)
    return F.interpolate(pictures, scale_factor=factor, mode="bilinear", align_corners=False)


def _apart(ours: torch.Tensor, theirs: torch.Tensor) -> torch.Tensor:
    """Squared distance of arrays: (n,)."""
    return (ours - theirs).float().square().flatten(1).sum(1)


@dataclass(frozen=True, eq=False)
class Goal:
    """What pictures are compared with: the Gram matrices of styles, and the units of distances."""

    styles: Grams  # (styles, channels, channels) of each zoom and layer
    style_units: torch.Tensor  # (styles, zooms x layers), distance of untouched photos
    content_units: list[float]  # of each of its zooms, distance of two different photos

    @classmethod
    @torch.no_grad()
    def of(cls, eye: Eye, styles: Sequence[torch.Tensor], photos: torch.Tensor) -> "Goal":
        """Measure style pictures (3, height, width) and photos (n, 3, side, side), both 0..1."""
        rows = [looks(eye, style[None]) for style in styles]
        targets = [torch.cat(each) for each in zip(*rows, strict=True)]
        untouched = looks(eye, photos)
        units = [
            torch.stack([_apart(theirs, ours[None]).mean() for ours in target])
            for target, theirs in zip(targets, untouched, strict=True)
        ]
        shapes = contents(eye, photos)
        apart = [(each - each.roll(1, 0)).square().mean().item() for each in shapes]
        return cls(targets, torch.stack(units, 1), apart)

    def content(self, ours: list[torch.Tensor], theirs: list[torch.Tensor]) -> torch.Tensor:
        """Distance to photos, from the ``contents`` of both: (n,)."""
        terms = [
            (each - other).float().square().mean((1, 2, 3)) / unit
            for each, other, unit in zip(ours, theirs, self.content_units, strict=True)
        ]
        return torch.stack(terms).mean(0)

    def style(self, ours: Grams, chosen: torch.Tensor) -> torch.Tensor:
        """Distance to styles, from Gram matrices and the number of each one's style: (n, terms)."""
        terms = [
            _apart(each, target[chosen]) / self.style_units[chosen, number]
            for number, (each, target) in enumerate(zip(ours, self.styles, strict=True))
        ]
        return torch.stack(terms, 1)


def looks(eye: Eye, pictures: torch.Tensor) -> Grams:
    """The Gram matrices of whole pictures at every zoom."""
    return [each for zoom in ZOOMS for each in grams(eye(scaled(pictures, zoom)))]


def contents(eye: Eye, pictures: torch.Tensor) -> list[torch.Tensor]:
    """What stands where in pictures, at every zoom that content is compared at."""
    return [eye(scaled(pictures, zoom), CONTENT_LAYER)[CONTENT_LAYER] for zoom in CONTENT_ZOOMS]
