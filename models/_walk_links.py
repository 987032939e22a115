"""Which input and which tap of the kernel every output of one axis is linked to."""

from dataclasses import dataclass

from models._errors import InputError
from models._window import Window, transposed_window

__all__ = ["AxisLinks", "Link", "Links"]

Link = tuple[int, int]  # input index (outside the input: padding), tap of the kernel
Links = tuple[tuple[Link, ...], ...]  # for every output index
LARGEST_DRAWN = 64  # cells a side of an output


@dataclass(frozen=True)
class AxisLinks:
    """The links of one axis."""

    links: Links
    counted: tuple[int, ...]  # padded positions in each window, as torch counts them

    @classmethod
    def of(cls, operation: str, window: Window, extra: int) -> "AxisLinks":
        """Lay the window at every place; ``extra`` is the output padding."""
        if operation == "transposed":
            return cls._transposed(window, extra)
        if window.count > LARGEST_DRAWN:
            raise InputError("too_large_to_draw", output=window.count, limit=LARGEST_DRAWN)
        end = window.size + window.after
        links = []
        for position in range(window.count):
            links.append(tuple((index, tap) for tap, index in enumerate(window.taps(position))))
        counted = tuple(sum(index < end for index, _ in link) for link in links)
        return cls(tuple(links), counted)

    @classmethod
    def _transposed(cls, window: Window, extra: int) -> "AxisLinks":
        wide = transposed_window(window.size, window, extra)
        if wide.size > LARGEST_DRAWN:
            raise InputError("too_large_to_draw", output=wide.size, limit=LARGEST_DRAWN)
        links: list[list[Link]] = [[] for _ in range(wide.size)]
        for position in range(window.size):
            for tap, target in enumerate(wide.taps(position)):
                if 0 <= target < wide.size:
                    links[target].append((position, tap))
        return cls(tuple(tuple(link) for link in links), tuple(len(link) for link in links))
