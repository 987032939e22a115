"""Small client-side widgets, where a rerun of the page is too slow for the hand.

One module a widget: plain JavaScript beside plain Python, no package, nothing from another
machine. Python sends the data; the widget computes only what it draws; what comes back is checked.
"""

from pathlib import Path

__all__ = ["parts"]

HERE = Path(__file__).parent


def parts(*names: str) -> tuple[str, str]:
    """Style and script of a component: the files of these names, one after the other."""
    css, js = (
        "\n".join(
            file.read_text("utf-8")
            for file in (HERE / f"{name}.{kind}" for name in names)
            if file.exists()
        )
        for kind in ("css", "js")
    )
    return css, js
