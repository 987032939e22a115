"""What a network that names photos needs beside its weights: its classes and how it wants pictures.

A demo offers a tuple of ``Classifier``; its page shows ``name.en`` or ``name.zh``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from models._spec import ModelSpec

__all__ = ["IMAGENET_MEAN", "IMAGENET_STD", "ClassName", "Classifier"]

IMAGENET_MEAN = (0.485, 0.456, 0.406)  # of red, green and blue in 0..1 over ImageNet
IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class ClassName:
    """One thing that a network can answer, in both languages."""

    en: str
    zh: str


@dataclass(frozen=True)
class Classifier:
    """A network that names photos, with its classes and the size and scale it was trained on.

    To prepare a photo: resize its shorter side to ``resize`` (bilinear, antialiased), crop the
    centre ``input_size`` x ``input_size``, divide by 255, subtract ``mean``, divide by ``std``.
    """

    spec: ModelSpec
    input_size: int  # pixels a side
    resize: int  # pixels of the shorter side before the crop; at least input_size
    mean: tuple[float, float, float]  # red, green, blue, of values in 0..1
    std: tuple[float, float, float]
    read_classes: Callable[[], tuple[ClassName, ...]]  # reads a file once, on demand

    @property
    def classes(self) -> tuple[ClassName, ...]:
        """The names of the network's outputs, in their order."""
        return self.read_classes()
