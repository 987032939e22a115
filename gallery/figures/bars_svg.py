"""Named amounts as bars in an SVG file to take away: letters of every script, sharp at any size."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from gallery.figures._drawing import OKABE_ITO

__all__ = ["bars_svg"]

LINE, HEAD, LEFT, WIDE, RIGHT = 26, 40, 150, 340, 90  # pixels
FONT = "system-ui, 'Noto Sans', 'Noto Sans CJK SC', sans-serif"
INK = "#1e2228"


def bars_svg(
    groups: Mapping[str, Sequence[tuple[str, float, bool]]], title: str, form: str = ".1%"
) -> str:
    """Draw groups of bars, one below the other, on white.

    Args:
        groups: Heading -> name, amount and whether it stands out, of each bar.
        title: A line above all.
        form: Format of the amounts.
    """
    top = max((bar[1] for bars in groups.values() for bar in bars), default=0.0) or 1.0
    parts, y = [_text(16, 30, title, 17, bold=True)], 46
    for heading, bars in groups.items():
        parts.append(_text(16, y + 24, heading, 14, bold=True))
        y += HEAD
        for name, amount, stands_out in bars:
            colour = OKABE_ITO[1] if stands_out else OKABE_ITO[0]
            wide = max(1.0, WIDE * amount / top)
            parts.append(_text(LEFT - 10, y + 16, name, 14, anchor="end"))
            parts.append(
                f'<rect x="{LEFT}" y="{y + 2}" width="{wide:.1f}" height="{LINE - 8}" '
                f'rx="2" fill="{colour}"/>'
            )
            parts.append(_text(LEFT + wide + 8, y + 16, format(amount, form), 12))
            y += LINE
    size = f"{LEFT + WIDE + RIGHT} {y + 16}"
    width, height = size.split()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {size}" font-family="{FONT}"><rect width="100%" height="100%" '
        f'fill="white"/>{"".join(parts)}</svg>\n'
    )


def _text(
    x: float, y: float, text: str, size: int, *, bold: bool = False, anchor: str = "start"
) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{INK}" '
        f'text-anchor="{anchor}"{weight}>{escape(text)}</text>'
    )
