"""Arguments of a call as code has them: equal lengths once, defaults not at all."""

__all__ = ["options", "plain"]


def plain(values: tuple[int, ...], default: int | None = None) -> int | tuple[int, ...] | None:
    """Write equal numbers once, and the default not at all."""
    if len(set(values)) > 1:
        return values
    return None if values[0] == default else values[0]


def options(**options: object) -> str:
    """Write the options that differ from the framework's own defaults."""
    written = []
    for name, value in options.items():
        silent = value is None or (name in ("bias", "use_bias") and value is True)
        if (not silent and value is not False) or (name in ("bias", "use_bias") and value is False):
            written.append(f", {name}={value}")
    return "".join(written)
