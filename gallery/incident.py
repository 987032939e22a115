"""One central line in the log for everything that was not meant to happen.

The visitor sees a short apology with an id; whoever runs the gallery finds the id in the log, with
the traceback. Arguments, photos and texts never reach the log: only the places in the code do.
"""

import logging
import secrets
import traceback

__all__ = ["LOGGER", "log_to_stderr", "report"]

LOGGER = logging.getLogger("gallery.incident")


def log_to_stderr() -> None:
    """Write the log to the standard error stream, with the time, whatever others log and how."""
    if not LOGGER.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        LOGGER.addHandler(handler)
        LOGGER.propagate = False


def report(error: BaseException, where: str = "") -> str:
    """Log an unexpected error and name it.

    Args:
        error: What was raised. Its message may quote a visitor's input, so it is not logged.
        where: The page, endpoint or path it happened in, in our own words.

    Returns:
        The id of the incident, eight hexadecimal digits, for the visitor to quote.
    """
    incident = secrets.token_hex(4)
    LOGGER.error(
        "incident %s in %s: %s | %s", incident, where or "-", _names(error), _places(error)
    )
    return incident


def _names(error: BaseException) -> str:
    names = [type(error).__qualname__]
    while (cause := error.__cause__ or error.__context__) is not None:
        names.append(type(cause).__qualname__)
        error = cause
    return " from ".join(names)


def _places(error: BaseException) -> str:
    """The traceback on one line, innermost call last, without any value."""
    frames = traceback.extract_tb(error.__traceback__)
    return " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames) or "-"
