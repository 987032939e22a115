"""A photo on a page: a sample of the gallery, or the visitor's own.

Samples come with the project or with a library it uses; ``samples/samples.toml`` says from where,
by whom and under which licence.
"""

import functools
import hashlib
import importlib.util
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from gallery.demos import Language
from models._images import Note, Pixels, Reading, read_photo

__all__ = [
    "Photo",
    "Sample",
    "credit",
    "finest",
    "open_sample",
    "own_photo",
    "sample_of",
    "samples",
]

PREVIEW = 320
SAMPLES = Path(__file__).with_name("samples")


@dataclass(frozen=True)
class Sample:
    """A picture that ships with the gallery or with a library."""

    key: str
    source: str  # "skimage:data/brick.png" below a package, or a file of gallery/samples
    author: str
    licence: str
    title: Mapping[str, str] = field(hash=False)
    kind: str = "photo"  # what it is a sample of

    @property
    def path(self) -> Path:
        """Where the file lies on this machine."""
        package, _, inside = self.source.rpartition(":")
        if not package:
            return SAMPLES / inside
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise FileNotFoundError(self.source)
        return Path(spec.submodule_search_locations[0]) / inside


@dataclass(frozen=True, eq=False)
class Photo:
    """The photo a page works on."""

    pixels: Pixels  # (height, width, 3) RGB
    digest: bytes
    sample: str | None  # its key, None for the visitor's own
    preview: bytes  # a small WebP of it, at most PREVIEW pixels a side
    notes: tuple[Note, ...] = ()
    file: bytes | None = None  # of the visitor's own, where it holds more than the pixels do

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]


def samples(kind: str = "photo") -> Mapping[str, Sample]:
    """Every sample of a kind by its key, in the order of ``samples.toml``."""
    return {key: sample for key, sample in _every_sample().items() if sample.kind == kind}


def sample_of(key: str) -> Sample:
    """The sample of that key, of whatever kind."""
    return _every_sample()[key]


@functools.cache
def _every_sample() -> Mapping[str, Sample]:
    table = tomllib.loads((SAMPLES / "samples.toml").read_text("utf-8"))
    return {
        key: Sample(
            key,
            entry["source"],
            entry["author"],
            entry["licence"],
            {"en": entry["en"], "zh": entry["zh"]},
            entry.get("kind", "photo"),
        )
        for key, entry in table.items()
    }


@functools.lru_cache(maxsize=32)
def open_sample(key: str) -> Photo:
    """Open a sample, scaled as a visitor's photo would be."""
    return _photo(read_photo(sample_of(key).path.read_bytes()), key)


def own_photo(data: bytes) -> Photo:
    """Open what a visitor brought.

    Raises:
        InputError: The bytes are not a picture that can be taken.
    """
    reading = read_photo(data)
    is_scaled = any(note.code == "scaled" for note in reading.notes)
    return _photo(reading, None, data if is_scaled else None)


def finest(photo: Photo, side: int) -> Pixels:
    """The photo with as many of its pixels as a longer side of ``side`` holds.

    A page works on at most 1,024 pixels a side; this opens the file once more where it has more.
    """
    if photo.sample is not None:
        return read_photo(sample_of(photo.sample).path.read_bytes(), side).pixels
    if photo.file is not None:
        return read_photo(photo.file, side).pixels
    small = Image.fromarray(photo.pixels)
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    return np.asarray(small)


def credit(key: str, language: Language) -> str:
    """Title, author and licence of a sample in one sentence."""
    sample = sample_of(key)
    return f"{sample.title[language]} · {sample.author} · {sample.licence}"


def _photo(reading: Reading, sample: str | None, file: bytes | None = None) -> Photo:
    pixels = np.ascontiguousarray(reading.pixels)
    pixels.setflags(write=False)
    shape = f"{pixels.shape[0]}x{pixels.shape[1]}".encode()
    digest = hashlib.blake2b(pixels.tobytes(), digest_size=20, salt=shape).digest()
    return Photo(pixels, digest, sample, _preview(pixels), reading.notes, file)


def _preview(pixels: Pixels) -> bytes:
    small = Image.fromarray(pixels)
    small.thumbnail((PREVIEW, PREVIEW))
    target = io.BytesIO()
    small.save(target, "WEBP", quality=80)
    return target.getvalue()
