"""The networks by name: those that find faces, and those that describe them."""

from typing import TYPE_CHECKING, Literal

from models._spec import ModelSpec
from models.networks import tiny_face_embedder, tiny_face_finder
from models.networks.opencv_faces import SFACE, YUNET

__all__ = ["DESCRIBERS", "FINDERS", "MODELS", "DescriberName", "FinderName", "spec_of"]

FINDERS: tuple[ModelSpec, ...] = (tiny_face_finder.SPEC, YUNET)
DESCRIBERS: tuple[ModelSpec, ...] = (tiny_face_embedder.SPEC, SFACE)
MODELS: tuple[ModelSpec, ...] = (*FINDERS, *DESCRIBERS)

if TYPE_CHECKING:
    FinderName = str
    DescriberName = str
else:  # names stand once, with the networks; mypy wants a Literal to be written out
    FinderName = Literal[tuple(spec.name for spec in FINDERS)]
    DescriberName = Literal[tuple(spec.name for spec in DESCRIBERS)]


def spec_of(model: str) -> ModelSpec:
    """The network of a name."""
    return next(spec for spec in MODELS if spec.name == model)
