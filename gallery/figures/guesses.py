"""A network's likeliest answers as bars, the first one stressed."""

from collections.abc import Sequence

from gallery.figures._drawing import Drawing
from gallery.figures.bars import bars

__all__ = ["guesses"]


def guesses(
    names: Sequence[str],
    probabilities: Sequence[float],
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    name: str = "",
) -> Drawing:
    """Draw what a network takes something for, on an axis from 0 to 1.

    Args:
        names: The answers, the likeliest first.
        probabilities: Of each.
        title: Heading.
        alt: What it shows.
        x: What the length means.
        name: What the names are.
    """
    return bars(
        names, probabilities, title, alt, x=x, name=name, form=".1%", highlight=[0], top=1.0
    )
