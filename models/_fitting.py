"""Settings that fit: what a window leaves out, and the nearest settings that leave nothing.

A window fits when n + p + q - d(k - 1) - 1 is a multiple of the stride s. Otherwise the floor in
the formula of the output size throws the remainder away: positions behind the last window that
no weight ever meets.
"""

from dataclasses import dataclass

from models._ranges import checked, limits
from models._window import Dilation, Kernel, Padding, Size, Stride, Window, window_of

__all__ = ["Dropped", "Fit", "dropped", "nearest_fits"]


@dataclass(frozen=True)
class Dropped:
    """What a window leaves out along one axis."""

    output: int  # length of the output
    leftover: int  # padded positions behind the last full window; 0 when the setting fits
    overhang: int  # taps of the last window beyond the padded input (only with ceil_mode)
    rim: tuple[int, ...]  # input indices behind the last window, never read
    gaps: tuple[int, ...]  # input indices between taps and windows, never read
    blind: tuple[int, ...]  # output indices that read nothing but padding


@dataclass(frozen=True)
class Fit:
    """A setting in which the last window ends exactly where the padded input ends."""

    size: int
    kernel: int
    padding: int
    padding_after: int
    stride: int
    dilation: int
    output: int  # length of the output
    changed: str  # the one parameter that was changed
    change: int  # by how much


@checked
def dropped(
    size: Size = 6,
    kernel: Kernel = 3,
    padding: Padding = 0,
    stride: Stride = 2,
    dilation: Dilation = 1,
    ceil_mode: bool = False,
    padding_after: Padding | None = None,
) -> Dropped:
    """Find the input pixels that no window ever reads.

    Args:
        size: Length of the input in pixels.
        kernel: Taps of the window.
        padding: Zeros in front, and behind unless ``padding_after`` says otherwise.
        stride: Pixels from one window to the next.
        dilation: Pixels from one tap to the next.
        ceil_mode: Keep a last window that hangs over the end.
        padding_after: Zeros behind, when they differ from those in front.

    Returns:
        Indices never read, at the rim and in the gaps, and what is left over.

    Raises:
        InputError: ``window_too_large`` when the window fits nowhere.

    >>> dropped(6, kernel=3, stride=2).rim
    (5,)
    >>> dropped(6, kernel=3, stride=2, ceil_mode=True).overhang
    1
    >>> dropped(7, kernel=1, stride=3).gaps
    (1, 2, 4, 5)
    """
    window = window_of(size, kernel, padding, stride, dilation, ceil_mode, padding_after)
    count = window.count
    end = window.start(count - 1) + window.extent  # one behind the last tap
    read = {index for position in range(count) for index in window.reads(position)}
    unread = [index for index in range(size) if index not in read]
    return Dropped(
        output=count,
        leftover=max(0, size + window.after - end),
        overhang=max(0, end - size - window.after),
        rim=tuple(index for index in unread if index >= end),
        gaps=tuple(index for index in unread if index < end),
        blind=tuple(position for position in range(count) if not window.reads(position)),
    )


@checked
def nearest_fits(
    size: Size = 6,
    kernel: Kernel = 3,
    padding: Padding = 0,
    stride: Stride = 2,
    dilation: Dilation = 1,
    padding_after: Padding | None = None,
) -> tuple[Fit, ...]:
    """Find the settings nearest to this one in which no position is left over.

    One parameter is changed at a time, up and down; the smallest changes come first.

    Args:
        size: Length of the input in pixels.
        kernel: Taps of the window.
        padding: Zeros in front, and behind unless ``padding_after`` says otherwise.
        stride: Pixels from one window to the next.
        dilation: Pixels from one tap to the next.
        padding_after: Zeros behind, when they differ from those in front.

    Returns:
        At most two settings for each parameter; the setting itself if it fits already.

    >>> [(fit.changed, fit.change) for fit in nearest_fits(6, kernel=3, stride=2)][:4]
    [('padding_after', 1), ('kernel', -1), ('kernel', 1), ('stride', -1)]
    """
    after = padding if padding_after is None else padding_after
    now = {
        "padding_after": after,
        "padding": padding,
        "kernel": kernel,
        "stride": stride,
        "size": size,
        "dilation": dilation,
    }
    if _fits(now):
        return (_fit(now, "", 0),)
    found = [fit for name in now for way in (-1, 1) if (fit := _nearest(now, name, way))]
    return tuple(sorted(found, key=lambda fit: abs(fit.change)))


def _nearest(now: dict[str, int], name: str, way: int) -> Fit | None:
    limit = limits(nearest_fits)[name]
    together = name == "padding" and now["padding"] == now["padding_after"]
    for change in range(way, way * (now["stride"] + now["kernel"] + 2), way):
        setting = now | {name: now[name] + change}
        if together:
            setting["padding_after"] = setting["padding"]
        if setting[name] not in limit:
            return None
        if _fits(setting):
            return _fit(setting, name, change)
    return None


def _fits(setting: dict[str, int]) -> bool:
    window = _lay(setting)
    return window.padded >= window.extent and window.leftover == 0


def _fit(setting: dict[str, int], name: str, change: int) -> Fit:
    return Fit(**setting, output=_lay(setting).count, changed=name, change=change)


def _lay(setting: dict[str, int]) -> Window:
    before, after = setting["padding"], setting["padding_after"]
    lengths = (setting["size"], setting["kernel"])
    return Window(*lengths, before, after, setting["stride"], setting["dilation"])
