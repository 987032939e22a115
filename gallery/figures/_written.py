"""How numbers and pictures are written into what a browser draws."""

import base64
import io
import re
from html import escape

from PIL import Image

from models._images import Pixels

__all__ = ["minus", "png_url", "unmarked"]


def minus(text: str) -> str:
    """A text whose negative numbers have a minus sign instead of a hyphen.

    >>> minus("class 3-4: -0.2, 1e-05")
    'class 3-4: −0.2, 1e−05'
    """
    return re.sub(r"(?<![\w-])-(?=\d)|(?<=\de)-(?=\d)", "−", text)


def unmarked(text: str) -> str:
    """A text that Plotly shows as it is, and does not take for its small HTML.

    >>> unmarked("<b>Ada</b> & Bo")
    '&lt;b&gt;Ada&lt;/b&gt; &amp; Bo'
    """
    return escape(text, quote=False)


def png_url(pixels: Pixels) -> str:
    """A picture as a data URL, every pixel as it is."""
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "PNG")
    return "data:image/png;base64," + base64.b64encode(target.getvalue()).decode("ascii")
