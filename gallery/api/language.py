"""The language that a request asks for."""

import re
from typing import Any

from gallery.demos import Language

__all__ = ["language_of"]


def language_of(request: Any) -> Language:
    """Read ``Accept-Language``; English unless the request prefers Chinese.

    Args:
        request: Anything with ``headers``, or ``None``.
    """
    headers = getattr(request, "headers", None)
    asked = str(headers.get("accept-language", "")) if headers is not None else ""
    best: tuple[float, Language] = (0.0, "en")
    for entry in asked.lower().split(","):
        tag, _, quality = entry.strip().partition(";q=")
        weight = float(quality) if re.fullmatch(r"[01](\.\d+)?", quality) else 1.0
        if tag[:2] in {"en", "zh"} and weight > best[0]:
            best = (weight, "zh" if tag.startswith("zh") else "en")
    return best[1]
