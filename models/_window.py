"""One axis of a sliding window: where it starts, what it reads, how often it fits.

A window of ``kernel`` taps, ``dilation`` pixels apart, slides in steps of ``stride`` over ``size``
pixels with ``before`` zeros in front and ``after`` zeros behind. Convolution and pooling read
through it; a transposed convolution writes through the same window in the other direction.
"""

from dataclasses import dataclass
from typing import Annotated

from models._errors import InputError
from models._ranges import Range

__all__ = [
    "Dilation",
    "Kernel",
    "OutputPadding",
    "Padding",
    "Size",
    "Stride",
    "Window",
    "transposed_window",
    "window_of",
]

Size = Annotated[int, Range(1, 4096, 1, "px")]
Kernel = Annotated[int, Range(1, 64, 1)]
Padding = Annotated[int, Range(0, 64, 1, "px")]
Stride = Annotated[int, Range(1, 64, 1, "px")]
Dilation = Annotated[int, Range(1, 32, 1, "px")]
OutputPadding = Annotated[int, Range(0, 63, 1, "px")]


@dataclass(frozen=True)
class Window:
    """A sliding window along one axis, all lengths in pixels."""

    size: int
    kernel: int
    before: int = 0
    after: int = 0
    stride: int = 1
    dilation: int = 1
    ceil_mode: bool = False

    @property
    def extent(self) -> int:
        """Pixels from the first tap to the last, both counted: dilation (kernel - 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def padded(self) -> int:
        """The length with the padding."""
        return self.before + self.size + self.after

    @property
    def leftover(self) -> int:
        """Padded positions that lie behind the last full window."""
        return (self.padded - self.extent) % self.stride

    @property
    def count(self) -> int:
        """How many positions the window takes.

        Raises:
            InputError: ``window_too_large`` when it takes none.
        """
        room = self.padded - self.extent
        steps = room // self.stride if not self.ceil_mode else -(-room // self.stride)
        if self.ceil_mode and steps * self.stride >= self.size + self.before:
            steps -= 1  # a window may not start in the padding behind
        if steps < 0:
            raise InputError("window_too_large", **self._sizes())
        return steps + 1

    def start(self, position: int) -> int:
        """The input index of the first tap; negative in the padding."""
        return position * self.stride - self.before

    def taps(self, position: int) -> tuple[int, ...]:
        """The input index of every tap, those in the padding included."""
        start = self.start(position)
        return tuple(start + tap * self.dilation for tap in range(self.kernel))

    def reads(self, position: int) -> tuple[int, ...]:
        """The input indices that are really there."""
        return tuple(index for index in self.taps(position) if 0 <= index < self.size)

    def _sizes(self) -> dict[str, int]:
        return {"extent": self.extent, "padded": self.padded, "size": self.size}


def transposed_window(small: int, window: Window, output_padding: int) -> Window:
    """Find the window whose ``small`` positions a transposed convolution writes through.

    Args:
        small: Length of the input of the transposed convolution.
        window: Kernel, padding, stride and dilation; its ``size`` is not looked at.
        output_padding: Pixels added behind, which only some of the taps reach.

    Returns:
        The same window over the output: ``size`` is the length the transposed convolution makes.

    Raises:
        InputError: ``output_padding_too_large`` or ``nothing_left``.
    """
    limit = max(window.stride, window.dilation) - 1
    if output_padding > limit:
        raise InputError("output_padding_too_large", output_padding=output_padding, limit=limit)
    grown = (small - 1) * window.stride + window.extent + output_padding
    size = grown - window.before - window.after
    if size < 1:
        raise InputError("nothing_left", grown=grown, padding=window.before + window.after)
    return Window(size, window.kernel, window.before, window.after, window.stride, window.dilation)


def window_of(
    size: int,
    kernel: int,
    padding: int,
    stride: int,
    dilation: int,
    ceil_mode: bool = False,
    padding_after: int | None = None,
) -> Window:
    """Make a window; without ``padding_after`` it pads behind as in front."""
    after = padding if padding_after is None else padding_after
    return Window(size, kernel, padding, after, stride, dilation, ceil_mode)
