"""One photo on its way through the style network: at once, or tile by tile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from models._gate import turn
from models._images import Pixels
from models._load import device_of
from models._style_colours import Colours, Recolour, recolouring
from models._style_names import STYLES, network_of_styles
from models._style_pictures import resize, to_batch, to_pixels
from models.networks.style_network import FACTOR, REACH

__all__ = ["AT_ONCE", "Box", "Finish", "Painter", "finished", "mix", "weights_of"]

AT_ONCE = 512  # pixels of a longer side that take one pass; more goes in tiles
Box = tuple[int, int, int, int]  # top, left, bottom, right


@dataclass(frozen=True)
class Finish:
    """What is done to a painting in the end."""

    strength: float = 1.0
    keep_colours: bool = False
    colours: Colours = "luminance"


class Painter:
    """A photo in one mix of styles, in one pass or in tiles that fit together."""

    def __init__(
        self, photo: Pixels, shares: Mapping[str, float], finish: Finish, side: int = AT_ONCE
    ) -> None:
        """Look at the thumbnail of a photo that is larger than a tile.

        Args:
            photo: (height, width, 3).
            shares: Style -> share.
            finish: What is done to the painting in the end.
            side: Pixels of a side that one pass may take, a multiple of ``FACTOR``.
        """
        self.photo, self.finish, self.side = photo, finish, side
        self.network = network_of_styles()
        self.device = device_of(self.network)
        self.weights = weights_of([shares], self.device)
        self.statistics: Any = None  # by the photo itself
        self.recolour: Recolour | None = None
        if len(self.boxes) > 1:
            self._look(_thumbnail(photo))

    @property
    def boxes(self) -> list[Box]:
        """Tiles that cover the photo, in reading order."""
        height, width = self.photo.shape[:2]
        return [
            (top, left, min(top + self.side, height), min(left + self.side, width))
            for top in range(0, height, self.side)
            for left in range(0, width, self.side)
        ]

    def _look(self, thumbnail: Pixels) -> None:
        """Measure on the thumbnail what all tiles share."""
        with turn(), torch.inference_mode():
            batch = to_batch(thumbnail, self.device)
            self.statistics = self.network.statistics(batch, self.weights)  # type: ignore[operator]
        if self.finish.keep_colours:
            is_read = self.finish.colours == "histogram"
            painting = self._pass(thumbnail) if is_read else thumbnail
            self.recolour = recolouring(self.finish.colours, painting, thumbnail)

    def _pass(self, photo: Pixels) -> Pixels:
        with turn(), torch.inference_mode():
            batch = to_batch(photo, self.device)
            painted = to_pixels(self.network(batch, self.weights, self.statistics))
        return np.asarray(painted[0])

    def paint(self, box: Box) -> Pixels:
        """One tile, finished; it is painted with a rim around it, which is cut off."""
        rim = -(-REACH // FACTOR) * FACTOR
        top, left, bottom, right = box
        above, before = max(0, top - rim), max(0, left - rim)
        painted = self._pass(self.photo[above : bottom + rim, before : right + rim])
        inside = painted[top - above : bottom - above, left - before : right - before]
        photo = self.photo[top:bottom, left:right]
        return finished(inside, photo, self.finish, self.recolour)

    def whole(self) -> Pixels:
        """All tiles together."""
        painting = np.empty_like(self.photo)
        for box in self.boxes:
            top, left, bottom, right = box
            painting[top:bottom, left:right] = self.paint(box)
        return painting


def weights_of(rows: Sequence[Mapping[str, float]], device: torch.device) -> torch.Tensor:
    """Shares by name as the network takes them: (photos, styles)."""
    table = [[shares.get(style, 0.0) for style in STYLES] for shares in rows]
    return torch.tensor(table, device=device)


def finished(
    painting: Pixels, photo: Pixels, finish: Finish, recolour: Recolour | None = None
) -> Pixels:
    """Colours first, then strength."""
    if finish.keep_colours:
        move = recolour or recolouring(finish.colours, painting, photo)
        painting = move(painting, photo)
    return mix(photo, painting, finish.strength)


def mix(first: Pixels, second: Pixels, share: float | NDArray[np.float32]) -> Pixels:
    """First + share x (second - first), pixel by pixel; 0 and 1 give either back exactly."""
    mixed = first.astype(np.float32)
    mixed += (second.astype(np.float32) - mixed) * np.float32(share)
    return np.rint(mixed).astype(np.uint8)


def _thumbnail(photo: Pixels) -> Pixels:
    height, width = photo.shape[:2]
    scale = min(1.0, AT_ONCE / max(height, width))
    return resize(photo, max(1, round(height * scale)), max(1, round(width * scale)))
