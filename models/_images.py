"""The only place that opens a visitor's picture.

Bytes are checked in order of cost: length, signature, size in the header, and only then pixels.
What is done to a picture on the way (turned, scaled, put on white, ...) is noted, so that a page
can say it.
"""

import contextlib
import io
import struct
import warnings
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from models._errors import InputError

__all__ = [
    "FORMATS",
    "MAXIMUM_BYTES",
    "MAXIMUM_SIDE",
    "Note",
    "Pixels",
    "Reading",
    "as_pixels",
    "read_photo",
    "to_grey",
]

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "MPO")
MAXIMUM_BYTES = 10 * 1024 * 1024
MAXIMUM_PIXELS = 50_000_000  # of the file; 150 MB once unpacked
MAXIMUM_SIDE = 1024  # of what is handed on
GREY_WEIGHTS = (0.299, 0.587, 0.114)  # ITU-R BT.601 luma, as Pillow's "L"

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Note:
    """One thing that was done to the visitor's input; the sentence is in ``gallery/words.toml``."""

    code: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Reading:
    """A picture as the demos take it, with what was done to get there."""

    pixels: Pixels  # (height, width, 3) RGB
    notes: tuple[Note, ...] = ()


def read_photo(data: bytes, maximum_side: int = MAXIMUM_SIDE) -> Reading:
    """Turn the bytes of a picture file into upright RGB pixels.

    Args:
        data: The file, at most ``MAXIMUM_BYTES`` long, in one of ``FORMATS``.
        maximum_side: The longer side of the answer, in pixels.

    Returns:
        ``pixels`` uint8 (height, width, 3) and the notes of what was done.

    Raises:
        InputError: The file is empty, too large, of an unknown kind, cut off or broken.
    """
    _check_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd metadata; the pixels decide
        picture = _open(data)
        _check_size(picture)
        notes: list[Note] = []
        try:
            return _unpack(picture, maximum_side, notes)
        except MemoryError as error:
            raise InputError("photo_too_many_pixels", **_sizes(picture)) from error
        except (OSError, ValueError, SyntaxError, struct.error, EOFError, IndexError) as error:
            raise InputError("photo_broken") from error


def as_pixels(photo: Image.Image | NDArray[np.generic]) -> Pixels:
    """Check that something is a picture and hand it over as uint8 pixels.

    Args:
        photo: A PIL picture, or an array (height, width), (height, width, 3) of uint8.

    Returns:
        uint8 (height, width) for grey or (height, width, 3) for RGB.

    Raises:
        InputError: ``photo_shape`` when it is neither.
    """
    if isinstance(photo, Image.Image):
        photo = np.asarray(photo if photo.mode == "L" else photo.convert("RGB"))
    pixels = np.asarray(photo)
    shape_fits = pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 3)
    if not shape_fits or pixels.dtype != np.uint8 or 0 in pixels.shape:
        raise InputError("photo_shape", shape=str(pixels.shape), type=str(pixels.dtype))
    return pixels


def to_grey(pixels: Pixels) -> NDArray[np.float32]:
    """Weigh red, green and blue as the eye does (ITU-R BT.601).

    Args:
        pixels: uint8 (height, width) or (height, width, 3).

    Returns:
        float32 (height, width) in grey levels 0..255.
    """
    if pixels.ndim == 2:
        return pixels.astype(np.float32)
    return (pixels.astype(np.float32) @ np.asarray(GREY_WEIGHTS, np.float32)).astype(np.float32)


def _check_bytes(data: bytes) -> None:
    if not data:
        raise InputError("photo_empty")
    if len(data) > MAXIMUM_BYTES:
        raise InputError("photo_too_large", megabytes=round(len(data) / 2**20, 1), limit=10)
    head = data[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<svg", b"<?xml", b"<!doctype svg")):
        raise InputError("photo_svg")
    if data[4:8] == b"ftyp" and data[8:12] in {b"heic", b"heix", b"mif1", b"hevc", b"msf1"}:
        raise InputError("photo_heic")


def _open(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise InputError("photo_unknown", formats=", ".join(FORMATS[:-1])) from error
    except Image.DecompressionBombError as error:
        raise InputError("photo_too_many_pixels", limit=MAXIMUM_PIXELS // 10**6) from error
    except (OSError, ValueError, SyntaxError, struct.error, MemoryError) as error:
        raise InputError("photo_broken") from error


def _sizes(picture: Image.Image) -> dict[str, object]:
    megapixels = round(picture.width * picture.height / 1e6, 1)
    return {"megapixels": megapixels, "limit": MAXIMUM_PIXELS // 10**6}


def _check_size(picture: Image.Image) -> None:
    if picture.width * picture.height > MAXIMUM_PIXELS:
        raise InputError("photo_too_many_pixels", **_sizes(picture))


def _unpack(picture: Image.Image, maximum_side: int, notes: list[Note]) -> Reading:
    stored = picture.size
    frames = getattr(picture, "n_frames", 1)
    if frames > 1 and picture.format != "MPO":
        notes.append(Note("first_frame", {"frames": frames}))
        picture.seek(0)
    if picture.format == "JPEG":
        picture.draft("RGB", (maximum_side, maximum_side))
    picture.load()
    turned = _turn(picture, notes)
    flat = _flatten(turned, notes)
    small = _shrink(flat, maximum_side)
    if small.size != turned.size or picture.size != stored:
        swapped = turned.size != picture.size
        width, height = stored[::-1] if swapped else stored
        notes.append(
            Note(
                "scaled",
                {"from_size": f"{width} × {height}", "to_size": f"{small.width} × {small.height}"},
            )
        )
    return Reading(np.asarray(small), tuple(notes))


def _turn(picture: Image.Image, notes: list[Note]) -> Image.Image:
    orientation = 1
    with contextlib.suppress(Exception):  # broken EXIF is no reason to refuse the pixels
        orientation = picture.getexif().get(0x0112, 1)
    if orientation in range(2, 9):
        with contextlib.suppress(Exception):
            picture = ImageOps.exif_transpose(picture)
            notes.append(Note("turned"))
    return picture


def _flatten(picture: Image.Image, notes: list[Note]) -> Image.Image:
    if picture.mode.startswith("I") or picture.mode == "F":
        notes.append(Note("sixteen_bit"))
        return _from_deep_grey(picture)
    if picture.has_transparency_data:
        notes.append(Note("on_white"))
        layered = picture.convert("RGBA")
        white = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(white, layered).convert("RGB")
    if picture.mode not in {"RGB", "L", "1", "P"}:
        notes.append(Note("converted", {"mode": picture.mode}))
    return picture.convert("RGB")


def _from_deep_grey(picture: Image.Image) -> Image.Image:
    values = np.nan_to_num(np.asarray(picture).astype(np.float32))
    top = 65535.0 if picture.mode.startswith("I") else float(values.max(initial=0.0))
    top = top if top > 0 else 1.0
    levels = np.clip(values / top * 255.0, 0, 255).round().astype(np.uint8)
    return Image.fromarray(levels).convert("RGB")


def _shrink(picture: Image.Image, maximum_side: int) -> Image.Image:
    longest = max(picture.size)
    if longest <= maximum_side:
        return picture
    scale = maximum_side / longest
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
