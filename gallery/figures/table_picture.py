"""A table as a picture to take away, in Latin letters."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from models._images import Pixels

__all__ = ["table_picture"]

LINE, GAP, MARGIN, SIZE = 28, 26, 22, 16
INK, FAINT, RULE = (30, 34, 40), (110, 118, 128), (214, 218, 224)
LATIN = str.maketrans({"×": "x", "−": "-", "–": "-", "…": "."})


def table_picture(table: Mapping[str, Sequence[Any]]) -> Pixels:
    """Draw a table on white.

    Args:
        table: Heading -> column.

    Returns:
        uint8 (height, width, 3).
    """
    font = ImageFont.load_default(SIZE)
    columns = {_text(name): [_text(value) for value in column] for name, column in table.items()}
    widths = [
        max(font.getlength(text) for text in (name, *column)) for name, column in columns.items()
    ]
    rows = max(len(column) for column in columns.values())
    width = round(sum(widths) + GAP * (len(widths) - 1) + 2 * MARGIN)
    picture = Image.new("RGB", (width, LINE * (rows + 1) + 2 * MARGIN), "white")
    pen = ImageDraw.Draw(picture)
    left = float(MARGIN)
    for (name, column), wide in zip(columns.items(), widths, strict=True):
        pen.text((left, MARGIN), name, FAINT, font)
        for number, text in enumerate(column, start=1):
            pen.text((left, MARGIN + number * LINE), text, INK, font)
        left += wide + GAP
    pen.line((MARGIN, MARGIN + LINE - 6, width - MARGIN, MARGIN + LINE - 6), RULE)
    return np.asarray(picture)


def _text(value: Any) -> str:
    written = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    return written.translate(LATIN)
