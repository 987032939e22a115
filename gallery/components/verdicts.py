"""Small pictures to give a verdict on, all at once; afterwards each says whether it was right."""

from collections.abc import Sequence

import streamlit as st

from gallery.components import parts
from gallery.components.tiles import sheet_columns, sheet_url
from gallery.demos import Text, Words
from gallery.frame import current
from models._images import Pixels

__all__ = ["ask_verdicts", "given_verdict"]

WORDS = ("label", "hint", "made", "real", "marked", "done", "wrong")
STYLE = """
.board { display: grid; gap: 10px; font-family: var(--st-font); color: var(--st-text-color);
  grid-template-columns: repeat(auto-fill, minmax(min(104px, 29%), 1fr)); padding: 3px; }
.board button { all: unset; box-sizing: border-box; cursor: pointer; border-radius: 8px; padding: 5px;
  border: 2px solid var(--st-border-color); text-align: center; min-width: 0; }
.board button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.board button[aria-pressed="true"] { border-color: #e69f00; }
.board button[disabled] { cursor: default; }
.board button.right[disabled] { border-color: #009e73; }
.board button.wrong[disabled] { border-color: #d55e00; border-style: dashed; }
.board .face { width: 100%; aspect-ratio: 1; background-repeat: no-repeat; border-radius: 4px;
  image-rendering: pixelated; }
.board .name { font-size: 12px; line-height: 1.35; min-height: 2.7em; padding-top: 3px;
  overflow-wrap: anywhere; }
.deck { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; margin-top: 0.7rem;
  font: 0.88rem var(--st-font); color: var(--st-text-color); }
.deck button { font: inherit; font-weight: 600; cursor: pointer; min-height: 2.4rem; padding: 0 1rem;
  color: #fff; background: var(--st-primary-color); border: 0;
  border-radius: var(--st-button-radius, 0.5rem); }
.deck button:focus-visible { outline: 2px solid var(--st-text-color); outline-offset: 2px; }
.deck button[hidden] { display: none; }
"""  # noqa: E501
HTML = """
<div class="host"><div class="board" role="group"></div>
<div class="deck"><button type="button"></button><span aria-live="polite"></span></div></div>
"""

_component = st.components.v2.component(
    "gallery_verdicts",
    html=HTML,
    css=STYLE,
    js=parts("verdicts")[1],
)


def given_verdict(name: str) -> tuple[int, ...] | None:
    """The places that the visitor has marked; ``None`` before the verdict."""
    given: tuple[int, ...] | None = st.session_state.get(_store(name))
    return given


def ask_verdicts(
    name: str, tiles: Sequence[Pixels], words: Words[Text], truth: Sequence[bool] = ()
) -> None:
    """Draw the pictures to be marked.

    Args:
        name: Its name on this page; another round needs another one.
        tiles: Pictures of one size, (side, side, 3).
        words: The page's words; those named ``board_...`` are used.
        truth: Whether each should have been marked; shown only once the verdict is given.
    """
    store = _store(name)
    given, columns = given_verdict(name), sheet_columns(len(tiles))
    _component(
        data={
            "sheet": sheet_url(tiles),
            "columns": columns,
            "rows": -(-len(tiles) // columns),
            "count": len(tiles),
            "given": None if given is None else list(given),
            "truth": None if given is None else [bool(made) for made in truth],
            "words": {each: words[f"board_{each}"] for each in WORDS},
        },
        key=f"{store}-board",
        on_marked_change=lambda: _take(store, len(tiles)),
    )


def _store(name: str) -> str:
    return f"_verdict-{current().demo.name}-{name}"


def _take(store: str, count: int) -> None:
    sent = st.session_state[f"{store}-board"].get("marked")
    if isinstance(sent, list) and all(type(place) is int for place in sent):
        st.session_state[store] = tuple(sorted({each for each in sent if 0 <= each < count}))
