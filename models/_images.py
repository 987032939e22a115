"""The only place that opens a visitor's picture.

Bytes are checked in order of cost: length, signature, size in the header, and only then pixels.
What is done to a picture on the way (turned, scaled, put on white, ...) is noted, so that a page
can say it.
"""

import contextlib
import io
import re
import warnings
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

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
    "to_colour",
    "to_grey",
]

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")  # "JPEG" takes MPO along
MAXIMUM_BYTES = 10 * 1024 * 1024
MAXIMUM_PIXELS = 50_000_000  # of the file; 150 MB once unpacked
MAXIMUM_SIDE = 1024  # of what is handed on
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
TURNS = {  # EXIF orientation -> what sets the picture upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = {TURNS[number] for number in (5, 6, 7, 8)}
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
        pixels = picture.width * picture.height
        if pixels > MAXIMUM_PIXELS:
            raise InputError("photo_too_many_pixels", **_sizes(pixels))
        try:
            return _unpack(picture, maximum_side)
        except MemoryError as error:
            raise InputError("photo_too_many_pixels", **_sizes(pixels)) from error
        except Exception as error:
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
    pixels = photo if isinstance(photo, np.ndarray) else np.empty(0)
    shape_fits = pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 3)
    if not shape_fits or pixels.dtype != np.uint8 or 0 in pixels.shape:
        raise InputError("photo_shape", shape=str(pixels.shape), type=str(pixels.dtype))
    return pixels.astype(np.uint8, copy=False)


def to_colour(pixels: Pixels) -> Pixels:
    """Give a grey picture three equal channels: uint8 (height, width, 3)."""
    return pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)


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


def _open(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:  # its message is all that tells the size
        count = re.search(r"\d+", str(error))
        pixels = int(count.group()) if count else MAXIMUM_PIXELS
        raise InputError("photo_too_many_pixels", **_sizes(pixels)) from error
    except Exception as error:  # Pillow's decoders raise whatever they like, RuntimeError too
        raise _unreadable(data) from error


def _unreadable(data: bytes) -> InputError:
    """Say of a file that Pillow cannot open what it seems to be."""
    if b"<svg" in data[:4096].replace(b"\0", b"").lower():  # UTF-16 has a zero in every letter
        return InputError("photo_svg")
    if data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS and b"avif" not in data[8:40]:
        return InputError("photo_heic")
    accepts = (Image.OPEN[kind][1] for kind in FORMATS)
    if any(accept and accept(data[:16]) for accept in accepts):
        return InputError("photo_broken")
    return InputError("photo_unknown", formats=", ".join(FORMATS))


def _sizes(pixels: int) -> dict[str, object]:
    return {"megapixels": round(pixels / 1e6, 1), "limit": MAXIMUM_PIXELS // 10**6}


def _unpack(picture: Image.Image, maximum_side: int) -> Reading:
    orientation = _orientation(picture)
    width, height = picture.size  # as stored
    notes = _open_first_frame(picture)
    if picture.format == "JPEG":
        picture.draft("RGB", (maximum_side, maximum_side))
    picture.load()
    small = _shrink(picture, maximum_side)  # first, so that what follows costs little
    flat = _flatten(small, notes)
    if orientation is not None and picture.format != "TIFF":  # Pillow turns a TIFF itself
        flat = flat.transpose(orientation)
        width, height = (height, width) if orientation in SIDEWAYS else (width, height)
    if orientation is not None:
        notes.append(Note("turned"))
    if flat.size != (width, height):
        before, after = f"{width} × {height}", f"{flat.width} × {flat.height}"
        notes.append(Note("scaled", {"from_size": before, "to_size": after}))
    return Reading(np.array(flat), tuple(notes))


def _orientation(picture: Image.Image) -> Image.Transpose | None:
    with contextlib.suppress(Exception):  # broken EXIF is no reason to refuse the pixels
        return TURNS.get(picture.getexif().get(0x0112, 1))
    return None


def _open_first_frame(picture: Image.Image) -> list[Note]:
    frames = getattr(picture, "n_frames", 1)
    if frames == 1 or picture.format == "MPO":  # an MPO's others are previews or the other eye
        return []
    picture.seek(0)
    return [Note("first_frame", {"frames": frames})]


def _shrink(picture: Image.Image, maximum_side: int) -> Image.Image:
    longest = max(picture.size)
    if longest <= maximum_side:
        return picture
    if picture.mode in {"1", "P", "PA"}:  # these could only be thinned out, not averaged
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    scale = maximum_side / longest
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


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
    values = np.asarray(picture).astype(np.float32)
    top = float(values.max(initial=0.0, where=np.isfinite(values))) or 1.0
    if picture.mode.startswith("I") and top <= 65535:
        top = 65535.0  # a dark picture stays dark
    levels = np.clip(np.nan_to_num(values / top * 255.0), 0, 255).round().astype(np.uint8)
    return Image.fromarray(levels).convert("RGB")
