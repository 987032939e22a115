"""Named amounts as bars in a picture to take away."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from gallery.figures._drawing import OKABE_ITO
from gallery.figures._letters import font_for, writable
from models._images import Pixels

__all__ = ["bars_picture"]

LINE, MARGIN, WIDE, SIZE = 30, 20, 420, 17  # pixels
INK = "#1e2228"


def bars_picture(bars: Sequence[tuple[str, float, bool]], title: str, form: str = ".1%") -> Pixels:
    """Draw bars on white; a name that no font at hand can write is shown by its number.

    Args:
        bars: Name, amount and whether it stands out, of each bar.
        title: A line above all.
        form: Format of the amounts.

    Returns:
        uint8 (height, width, 3).
    """
    font = font_for(SIZE, [title, *(name for name, *_ in bars)])
    names = [writable(font, name, place + 1) for place, (name, *_) in enumerate(bars)]
    heading = writable(font, title, 0).strip("0")
    left = MARGIN + 10 + round(max(map(font.getlength, names), default=0))
    width = max(left + WIDE + 90, 2 * MARGIN + round(font.getlength(heading)))
    picture = Image.new("RGB", (width, LINE * (len(bars) + 1) + 2 * MARGIN), "white")
    pen = ImageDraw.Draw(picture)
    pen.text((MARGIN, MARGIN), heading, INK, font)
    top = max((amount for _, amount, _ in bars), default=0.0) or 1.0
    for place, (name, (_, amount, stands_out)) in enumerate(zip(names, bars, strict=True)):
        y = MARGIN + LINE * (place + 1) + LINE / 2
        end = left + max(1.0, WIDE * amount / top)
        pen.text((left - 10, y), name, INK, font, anchor="rm")
        pen.rectangle((left, y - 9, end, y + 9), OKABE_ITO[1] if stands_out else OKABE_ITO[0])
        pen.text((end + 8, y), format(amount, form), INK, font, anchor="lm")
    return np.asarray(picture)
