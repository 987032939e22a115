"""What the page asks of its model in one go, so that ``answer`` can keep it."""

import math
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from gallery import figures
from gallery.components.webp import webp_bytes
from gallery.styles.learned import learned
from models import style_transfer as styles
from models._gate import turn
from models._images import Pixels
from models._ranges import parameter_default
from models._style_distances import gram_distance
from models._style_features import reader_of
from models._style_names import find_loss_network
from models._style_pictures import fit, to_batch
from models.networks.loss_networks import LossNetwork

__all__ = [
    "MEASURED",
    "REBUILT_SKETCH",
    "SKETCH",
    "SKETCH_SIDE",
    "Rebuilt",
    "Shot",
    "asked_of",
    "faces",
    "far_from_painting",
    "features",
    "film",
    "laid",
    "measured",
    "rebuild",
    "rebuilt_sketch",
    "resized",
    "sized",
    "sketch",
    "strengths",
    "tile_count",
]

SKETCH_SIDE = 128  # pixels
MEASURED = 192  # pixels of what is compared
STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
SKETCH = {"steps": 20, "side": SKETCH_SIDE}
REBUILT_SKETCH = {"steps": 16, "side": 96}
FINE = 384  # pixels of a film's pictures as they travel


@dataclass(eq=False)
class Shot:
    """One picture of a film that may be long: packed, and the last one also as it is."""

    step: int
    losses: styles.Losses
    packed: bytes
    pixels: Pixels | None  # (height, width, 3) of the last shot only


@dataclass(eq=False)
class Rebuilt:
    """A picture found from what one layer keeps."""

    kind: str  # "content" or "style"
    layer: str
    step: int
    pixels: Pixels | None  # (height, width, 3) of the last step only


def faces(photo: Pixels, side: int) -> list[Pixels]:
    """The middle of the photo in every style, as small squares."""
    small = figures.face(photo, side)
    return [styles.stylise(small, key).pixels for key in styles.STYLES]


def sized(shape: tuple[int, int], side: int) -> tuple[int, int]:
    """Height and width of a picture whose longer side has that many pixels."""
    scale = side / max(shape)
    return max(1, round(shape[0] * scale)), max(1, round(shape[1] * scale))


def resized(photo: Pixels, side: int) -> Pixels:
    """A picture made larger or smaller until its longer side has that many pixels."""
    height, width = sized(photo.shape[:2], side)
    if (height, width) == photo.shape[:2]:
        return photo
    return np.asarray(Image.fromarray(photo).resize((width, height), Image.Resampling.LANCZOS))


def tile_count(height: int, width: int) -> int:
    """In how many tiles ``stylise_tiles`` paints a picture."""
    side: int = parameter_default(styles.stylise_tiles, "tile")
    return math.ceil(height / side) * math.ceil(width / side)


def laid(tiles: Sequence[styles.Tile], side: int) -> Pixels:
    """Tiles where they belong, the rest grey, scaled to that longer side at most."""
    height, width = tiles[0].size
    whole = np.full((height, width, 3), 128, np.uint8)
    for tile in tiles:
        bottom, right = tile.top + tile.pixels.shape[0], tile.left + tile.pixels.shape[1]
        whole[tile.top : bottom, tile.left : right] = tile.pixels
    return resized(whole, min(side, max(height, width)))


def features(photo: Pixels, layer: str, model: str, side: int) -> NDArray[np.float32]:
    """What a layer of a loss network answers to a picture: (channels, height, width)."""
    network = find_loss_network(model)
    reader = reader_of(network)
    with turn(), torch.inference_mode():
        batch = to_batch(fit(photo, side, network.minimum_side), reader.device)
        read = reader.read(batch, [layer])[layer][0]
    return read.float().cpu().numpy()


def measured(photo: Pixels, picture: Pixels) -> list[tuple[float, float]]:
    """How far every style at full strength is from the content and from the picture's style."""
    made = (styles.stylise(photo, key, side=MEASURED).pixels for key in styles.STYLES)
    return [_distances(each, photo, picture) for each in made]


def strengths(photo: Pixels, picture: Pixels, style: str) -> list[tuple[float, float, float]]:
    """The same for one style at growing strength: (strength, content, style)."""
    found = []
    for strength in STRENGTHS:
        made = styles.stylise(photo, style, strength, side=MEASURED).pixels
        found.append((strength, *_distances(made, photo, picture)))
    return found


def _distances(made: Pixels, photo: Pixels, picture: Pixels) -> tuple[float, float]:
    content = styles.content_distance(made, photo, side=MEASURED).relative
    return content, styles.style_distance(made, picture, side=MEASURED).relative


def far_from_painting(made: Pixels, style: str) -> float:
    """How far a picture is from the style of the painting that a style was learned from."""
    painting = learned(style)
    assert painting is not None, style
    return gram_distance(made, painting, "tiny_vgg", MEASURED).relative


def film(steps: Iterable[styles.Step], before: Shot | None = None) -> Generator[Shot]:
    """Pack a film as it is made; after ``before`` its steps are counted on."""
    first = 0 if before is None else before.step
    for step in steps:
        if before is not None and step.step == 0:
            continue  # the picture that it goes on from
        packed = webp_bytes(step.pixels, FINE)
        shot = Shot(first + step.step, step.losses, packed, step.pixels)
        if before is not None:
            before.pixels = None
        before = shot
        yield shot


def sketch(
    content: Pixels, style: Pixels, weights: tuple[float, ...] | None, **settings: Any
) -> list[Shot]:
    """A short film of small pictures, quick enough to be there at once."""
    asked = {**asked_of(settings, weights), **SKETCH}
    return list(film(styles.optimise(content, style, **asked)))


def asked_of(settings: Mapping[str, Any], weights: tuple[float, ...] | None) -> dict[str, Any]:
    """The settings as ``optimise`` takes them, what is as usual left out.

    Args:
        settings: Its own by name, and ``content_layer``.
        weights: One for each style layer, ``None`` where all count alike.
    """
    network = find_loss_network(settings["model"])
    asked = {name: value for name, value in settings.items() if name != "content_layer"}
    if (layer := settings.get("content_layer", network.content[0])) != network.content[0]:
        asked["content_layers"] = {layer: 1.0}
    if weights is not None:
        asked["style_layers"] = dict(zip(network.style, weights, strict=True))
    return asked


def _rebuilt(kind: str, steps: Iterable[styles.Step], layer: str) -> Generator[Rebuilt]:
    before = None
    for step in steps:
        if before is not None:
            before.pixels = None
        before = Rebuilt(kind, layer, step.step, step.pixels)
        yield before


def rebuilt_sketch(
    photo: Pixels, picture: Pixels, kind: str, layer: str, model: str, together: bool
) -> Pixels:
    """What one layer keeps, found in few steps on a small picture."""
    settings: dict[str, Any] = {"model": model, **REBUILT_SKETCH}
    if kind == "content":
        *_, last = styles.reconstruct_content(photo, layer, **settings)
    else:
        *_, last = styles.reconstruct_style(picture, layer, together=together, **settings)
    return last.pixels


def rebuild(
    photo: Pixels, picture: Pixels, network: LossNetwork, together: bool, steps: int, side: int
) -> Generator[Rebuilt]:
    """Find a picture from each layer's features of the photo and Gram matrix of the picture.

    Args:
        photo: Whose content is looked for.
        picture: Whose style is.
        network: The loss network.
        together: Whether a layer's style comes with that of those before it.
        steps: Of each search.
        side: Longer side of the pictures.

    Yields:
        After every step where the search of its layer stands.
    """
    settings: dict[str, Any] = {"model": network.spec.name, "steps": steps, "side": side}
    for layer in network.style:
        found = styles.reconstruct_content(photo, layer, **settings)
        yield from _rebuilt("content", found, layer)
        found = styles.reconstruct_style(picture, layer, together=together, **settings)
        yield from _rebuilt("style", found, layer)
