"""A place to paste a picture from the clipboard."""

import streamlit as st

from gallery.components import parts

__all__ = ["paste_picture"]

HTML = '<div id="place" tabindex="0" role="button" contenteditable="true" spellcheck="false"></div>'
CSS = """
#place {
  border: 1px dashed var(--st-border-color); border-radius: var(--st-base-radius);
  padding: 1rem; text-align: center; color: var(--st-text-color); font: inherit;
  font-family: var(--st-font); cursor: text; caret-color: transparent; outline-offset: 2px;
}
#place:focus-visible { outline: 2px solid var(--st-primary-color); }
"""
SCRIPT = parts("paste")[1]

_component = st.components.v2.component("gallery_paste", html=HTML, css=CSS, js=SCRIPT)


def paste_picture(hint: str, none: str, key: str) -> str | None:
    """Draw the place to paste into.

    Args:
        hint: What it says.
        none: What it says when the clipboard holds no picture.
        key: Its widget key.

    Returns:
        A data URL of what was pasted in this run, unchecked; ``None`` otherwise.
    """
    result = _component(data={"hint": hint, "none": none}, key=key, on_picture_change=lambda: None)
    picture = result.get("picture")
    return picture if isinstance(picture, str) else None
