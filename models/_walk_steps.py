"""What a walk leaves behind: its numbers, their links, and any cell opened to its arithmetic."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models._walk_links import Links
from models._walk_numbers import Values

__all__ = ["Step", "Term", "Walk"]


@dataclass(frozen=True)
class Term:
    """One product of a cell's sum, or one number a maximum is taken from."""

    row: int  # of the input; outside it in the padding
    column: int
    value: float  # 0 in the padding, minus infinity for max pooling
    weight: float  # 1 for pooling
    product: float
    padding: bool


@dataclass(frozen=True)
class Step:
    """One output cell, opened."""

    row: int
    column: int
    terms: tuple[Term, ...]
    divisor: int  # 1 unless the average is taken
    result: float
    arithmetic: str  # such as "1·2 + 0·3 = 2"


@dataclass(frozen=True, eq=False)
class Walk:
    """A whole walk; it iterates over its steps, row by row."""

    operation: str
    values: Values  # (height, width) input
    weights: Values  # (kernel height, kernel width); ones for pooling
    outputs: Values  # (output height, output width)
    row_links: Links  # for every output row: (input row, kernel row)
    column_links: Links  # for every output column: (input column, kernel column)
    divisors: NDArray[np.int64]  # (output height, output width); ones unless averaging
    overlaps: NDArray[np.int64]  # (output height, output width) input cells each output reads
    feeds: NDArray[np.int64]  # (height, width) outputs each input cell goes into
    padding: tuple[int, int, int, int]  # top, bottom, left, right, in pixels
    stride: tuple[int, int]  # down, across
    dilation: tuple[int, int]  # down, across

    def __len__(self) -> int:
        """How many output cells there are."""
        return self.outputs.size

    def __iter__(self) -> Iterator[Step]:
        """Go through the output cells as one reads a page."""
        return (self.step(int(row), int(column)) for row, column in np.ndindex(self.outputs.shape))

    def step(self, row: int, column: int) -> Step:
        """Open one output cell."""
        height, width = self.values.shape
        outside = -np.inf if self.operation == "max_pooling" else 0.0
        terms = []
        for y, tap_y in self.row_links[row]:
            for x, tap_x in self.column_links[column]:
                inside = 0 <= y < height and 0 <= x < width
                value = float(self.values[y, x]) if inside else outside
                weight = float(self.weights[tap_y, tap_x])
                terms.append(Term(y, x, value, weight, value * weight, not inside))
        divisor, result = int(self.divisors[row, column]), float(self.outputs[row, column])
        text = _write(self.operation, terms, divisor, result)
        return Step(row, column, tuple(terms), divisor, result, text)


def _write(operation: str, terms: list[Term], divisor: int, result: float) -> str:
    if operation == "max_pooling":
        return f"max({', '.join(_number(term.value) for term in terms)}) = {_number(result)}"
    if operation == "average_pooling":
        total = " + ".join(_number(term.value) for term in terms)
        return f"({total}) / {divisor} = {_number(result)}"
    products = [f"{_number(term.value)}·{_signed(term.weight)}" for term in terms]
    return f"{' + '.join(products) or '0'} = {_number(result)}"


def _number(value: float) -> str:
    if np.isinf(value):
        return "−∞"
    return f"{value:.3f}".rstrip("0").rstrip(".").replace("-", "−")


def _signed(value: float) -> str:
    return f"({_number(value)})" if value < 0 else _number(value)
