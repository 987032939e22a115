"""The names by which styles and loss networks are asked for, and what is known of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from models._load import load
from models._spec import ModelSpec, read_card
from models.networks import style_network
from models.networks.loss_networks import LOSS_NETWORKS, LossNetwork

if TYPE_CHECKING:
    from torch import nn

    StyleName = str
    RegionName = str
    LossName = str
else:  # names stand once, with the networks; mypy wants a Literal to be written out
    StyleName = Literal[style_network.STYLES]
    RegionName = Literal[("photo", *style_network.STYLES)]
    LossName = Literal[tuple(network.spec.name for network in LOSS_NETWORKS)]

__all__ = [
    "MODELS",
    "STYLES",
    "LossName",
    "RegionName",
    "Style",
    "StyleName",
    "find_loss_network",
    "network_of_styles",
]


@dataclass(frozen=True)
class Style:
    """What the embedded network learned a style from."""

    en: str  # title of the painting, or what the pattern is called
    zh: str
    by: str  # artist; of a procedural style: who drew it
    year: str
    source: str  # where the picture is from and why it is free


def _read_styles() -> dict[str, Style]:
    rows: dict[str, dict[str, Any]] = {
        row["key"]: row for row in read_card(style_network.SPEC.name)["styles"]
    }
    names = ("en", "zh", "by", "year", "source")
    return {
        key: Style(**{name: str(rows[key].get(name) or "") for name in names})
        for key in style_network.STYLES
    }


STYLES: Mapping[str, Style] = _read_styles()  # in the order of the network
MODELS: tuple[ModelSpec, ...] = (
    style_network.SPEC,
    *(network.spec for network in LOSS_NETWORKS),
)


def find_loss_network(model: LossName) -> LossNetwork:
    """The loss network of a name."""
    return next(network for network in LOSS_NETWORKS if network.spec.name == model)


def network_of_styles() -> "nn.Module":
    """The shared style network: for reading only."""
    return load(style_network.SPEC)
