"""What stands on the drawing square before the visitor draws, and a drawing written in code."""

import functools
from base64 import b64encode
from collections.abc import Sequence
from zlib import compress

import numpy as np
from PIL import Image, ImageDraw

from gallery.photo import Photo
from gallery.takeaway import Written, opening_photo
from models._images import Pixels

__all__ = ["SIDE", "opening_drawing", "written"]

SIDE = 56  # pixels of the drawing; the networks are shown it as their training pictures were made
FINE = 8  # times finer than it is shown, so that its edges are smooth
STROKES = {  # polylines in hundredths of the side
    "gan_digits": [
        [(34, 26), (44, 19), (58, 20), (66, 30), (62, 42), (48, 49)],
        [(48, 49), (63, 54), (69, 66), (62, 79), (46, 84), (31, 77)],
    ],
    "gan_fashion": [],
}
SHIRT = [(30, 18), (42, 15), (50, 21), (58, 15), (70, 18), (90, 36), (78, 47), (71, 41), (71, 88),
         (29, 88), (29, 41), (22, 47), (10, 36)]  # fmt: skip


@functools.cache
def opening_drawing(model: str, side: int) -> Pixels:
    """A digit, or a shirt, white on black: uint8 (side, side)."""
    large = side * FINE
    canvas = Image.new("L", (large, large))
    pen = ImageDraw.Draw(canvas)
    width = round(0.09 * large)
    for stroke in STROKES.get(model, []):
        places = [(x * large / 100, y * large / 100) for x, y in stroke]
        pen.line(places, 255, width, "curve")
        for x, y in (places[0], places[-1]):
            pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), 255)
    if model == "gan_fashion":
        pen.polygon([(x * large / 100, y * large / 100) for x, y in SHIRT], 200)
    drawn: Pixels = np.asarray(canvas.resize((side, side), Image.Resampling.BOX))
    return drawn


def written(pictures: Sequence[Pixels | Photo], model: str) -> Written:
    """Lines of Python that bring back a drawing, pixel by pixel, and open a photo."""
    lines: list[str] = []
    names = ["photo" if isinstance(each, Photo) else "drawing" for each in pictures]
    for name, each in zip(names, pictures, strict=True):
        if isinstance(each, Photo):
            lines += opening_photo(each, name)
        elif np.array_equal(each, opening_drawing(model, SIDE)):
            lines.append("from gallery.sampling.sketches import opening_drawing")
            lines.append(f"{name} = opening_drawing({model!r}, {SIDE})")
        else:
            packed = b64encode(compress(each.tobytes(), 9)).decode()
            lines += ["from base64 import b64decode", "from zlib import decompress"]
            lines += ["from numpy import frombuffer, uint8", f'packed = "{packed}"']
            unpacked = "frombuffer(decompress(b64decode(packed)), uint8)"
            lines.append(f"{name} = {unpacked}.reshape({each.shape[0]}, {each.shape[1]})")
    return Written(f"[{', '.join(names)}]", tuple(lines))
