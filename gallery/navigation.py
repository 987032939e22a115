"""The window around every page: its entries, its title, its looks."""

from pathlib import Path

import streamlit as st

from gallery import landing
from gallery.demos import Language, demos
from gallery.words import shared

__all__ = ["dress", "navigate"]

HERE = Path(__file__).parent
FIXED_WORDS = {  # where Streamlit has words of its own -> what to say there
    '[data-testid="stFileUploaderDropzone"] > span button p': "photo_upload_button",
    '[data-testid="stFileUploaderDropzoneInstructions"] span': "photo_upload_limit",
    '[data-testid="stCameraInputWebcamComponent"] p': "photo_camera_ask",
    '[data-testid="stCameraInputButton"]': "photo_camera_button",
    '[data-testid="stTextArea"] [data-testid="InputInstructions"]': "text_apply",
    '[data-testid="stTextInput"] [data-testid="InputInstructions"]': "word_apply",
}
STYLE = (HERE / "style.css").read_text("utf-8")


def navigate(language: Language) -> "st.Page":
    """Draw the navigation over Home and every demo, and give the page that was asked for."""
    words = shared(language)
    # No icons: a page's icon becomes the window's, and a Material one is fetched from the web.
    home = st.Page(landing.draw, title=words.labels.home, default=True)
    entries: dict[str, list[st.Page]] = {"": [home]}
    for demo in demos():
        entry = st.Page(demo.page, title=demo.worded(language).title)
        entries.setdefault(words.sections[demo.section], []).append(entry)
    return st.navigation(entries, position="top")


def dress(title: str, language: Language) -> None:
    """Set the window's title and the gallery's looks; the icon is a file of ours, not a font's."""
    st.set_page_config(title, HERE / "icon.png", layout="wide")
    st.html(f"<style>{STYLE}{_reworded(language)}</style>")


def _reworded(language: Language) -> str:
    """Say in the visitor's language what Streamlit's own widgets say in English only."""
    labels = shared(language).labels
    return "".join(
        f"{place} {{ font-size: 0; }} "
        f"{place}::after {{ content: '{labels[key]}'; font-size: 0.875rem; }}\n"
        for place, key in FIXED_WORDS.items()
    )
