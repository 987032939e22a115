"""Which heads are switched off, as data, as a text and as part of an address.

``2-1`` is head 1 of layer 2, ``3`` all heads of layer 3, both counted from 0: ``2-1,3``.
"""

import re
from collections.abc import Iterable, Sequence

from models._errors import InputError

__all__ = ["Off", "Pairs", "heads_off", "no_such_head", "write_off"]

Off = str | Sequence[str | int | Sequence[int]]
Pairs = tuple[tuple[int, int], ...]
LONGEST = 4000  # characters; every head of every network here fits
ENTRY = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?")


def heads_off(off: Off, layers: int, heads: int) -> Pairs:
    """Read which heads are meant.

    Args:
        off: A text like ``2-1,3``, or a list of such texts, of layers, of (layer, head).
        layers: How many there are.
        heads: How many each of them has.

    Returns:
        (layer, head) of each, in order, none of them twice.

    Raises:
        InputError: ``off_unreadable``, ``no_such_head``.

    >>> heads_off("1-0,0", 2, 3)
    ((0, 0), (0, 1), (0, 2), (1, 0))
    >>> heads_off([(1, 2), 0], 2, 3)
    ((0, 0), (0, 1), (0, 2), (1, 2))
    """
    found: set[tuple[int, int]] = set()
    for layer, head in _entries(off):
        if not 0 <= layer < layers or not (head is None or 0 <= head < heads):
            raise no_such_head(layer, head, layers, heads)
        found |= {(layer, each) for each in (range(heads) if head is None else [head])}
    return tuple(sorted(found))


def write_off(pairs: Iterable[tuple[int, int]], heads: int) -> str:
    """Write them as a text, a layer without any head left as its number alone.

    >>> write_off([(0, 0), (0, 1), (0, 2), (1, 2)], 3)
    '0,1-2'
    """
    chosen = sorted(set(pairs))
    whole = {layer for layer, _ in chosen if sum(each == layer for each, _ in chosen) == heads}
    texts = [str(layer) if layer in whole else f"{layer}-{head}" for layer, head in chosen]
    return ",".join(dict.fromkeys(texts))


def no_such_head(layer: int, head: int | None, layers: int, heads: int) -> InputError:
    """The refusal of a head that a network does not have."""
    name = str(layer) if head is None else f"{layer}-{head}"
    return InputError("no_such_head", head=name, layer=layers - 1, last=heads - 1)


def _entries(off: Off | int) -> list[tuple[int, int | None]]:
    if isinstance(off, int):  # the text "3", where texts are read as JSON first
        off = str(off)
    if isinstance(off, str):
        off = [part for part in re.split(r"[\s,;，；、]+", off[: LONGEST + 1]) if part]
    if not isinstance(off, Sequence) or len(off) > LONGEST:
        raise _unreadable(off)
    return [_entry(each) for each in off]


def _entry(each: str | int | Sequence[int]) -> tuple[int, int | None]:
    if isinstance(each, str):
        match = ENTRY.fullmatch(each.strip())
        if match is None:
            raise _unreadable(each)
        return int(match[1]), None if match[2] is None else int(match[2])
    numbers = list(each) if isinstance(each, Sequence) else [each]
    if not 1 <= len(numbers) <= 2 or not all(type(number) is int for number in numbers):
        raise _unreadable(each)
    layer, head = (*numbers, None)[:2]
    return layer, head


def _unreadable(value: object) -> InputError:
    return InputError("off_unreadable", value=str(value)[:40])
