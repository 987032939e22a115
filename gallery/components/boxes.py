"""What components that lay boxes over a photo have in common; ``boxes.js`` is its other half."""

from typing import Any

from gallery.components.webp import webp_url
from models._images import Pixels

__all__ = ["photo_data"]

MOST = 1024  # pixels of the longer side of a photo as it travels


def photo_data(photo: Pixels, alt: str) -> dict[str, Any]:
    """The photo that boxes lie on, as ``setStage`` of the script takes it."""
    height, width = photo.shape[:2]
    return {"picture": webp_url(photo, MOST), "width": width, "height": height, "alt": alt}
