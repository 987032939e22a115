"""The map of one head with its arcs, as every section draws it, and as files to take away."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import controls, figures
from gallery.answers import answer
from gallery.attention.case import Case, Head, named_tokens
from gallery.components.attention import Cell, ShownToken, attention_view
from models import attention_heatmaps as att

__all__ = ["View", "draw_view", "map_files", "map_table"]

SPECIAL = ("shown", "hidden", "renormalised")
Weights = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class View:
    """What is on the screen of one head."""

    head: Head
    tokens: list[ShownToken]
    weights: Weights  # (tokens, tokens) of those
    rows: list[int]  # which rows the map shows, the visitor's choice
    columns: list[int]
    cell: Cell  # the opened one, as places in the whole text

    @property
    def names(self) -> list[str]:
        """All tokens that are shown."""
        return [token.name for token in self.tokens]

    @property
    def shown(self) -> Weights:
        """(rows, columns) as the map shows them."""
        return self.weights[np.ix_(self.rows, self.columns)]

    @property
    def row_names(self) -> list[str]:
        """The tokens that look."""
        return [self.tokens[at].name for at in self.rows]

    @property
    def column_names(self) -> list[str]:
        """The tokens looked at."""
        return [self.tokens[at].name for at in self.columns]


def draw_view(
    case: Case, head: Head, seen: bool = False, parts: Literal["both", "map"] = "both"
) -> View:
    """Draw one head, with special tokens or without.

    Args:
        case: The text and the network.
        head: Layer and head.
        seen: Show who looks at a token, not where it looks.
        parts: Arcs and map, or the map alone.
    """
    words, attention = case.words, case.attention
    special = controls.choice(case.knobs.special, SPECIAL)
    left = answer(
        att.select,
        attention,
        special=special == "shown",
        renormalise=special == "renormalised",
    )
    if special != "shown":
        lost = float(left.hidden[head].mean())
        st.caption(words[f"special_{special}"](share=100 * lost))
    weights = left.weights[head]
    tokens = named_tokens(attention, left.places.tolist())
    chosen, cell = attention_view(
        tokens,
        weights,
        words,
        default=lambda chosen: _strongest(weights, tokens, chosen, seen),
        of=case.tag,
        seen=seen,
        parts=parts,
    )
    every = list(range(len(tokens)))
    some = [at for at in every if tokens[at].place in chosen] or every
    rows, columns = (every, some) if seen else (some, every)
    return View(head, tokens, weights, rows, columns, cell)


def map_table(case: Case, view: View) -> dict[str, list[Any]]:
    """The weights as a table: one row a token that looks."""
    columns = view.shown.T.round(6).astype(float).round(6).tolist()
    named = zip(view.column_names, columns, strict=True)
    return {case.words.view_queries: view.row_names} | {
        f"{view.tokens[at].place} {name}": column
        for at, (name, column) in zip(view.columns, named, strict=True)
    }


def map_files(case: Case, view: View) -> dict[str, str | bytes]:
    """The map as a drawing with its tokens."""
    words = case.words
    drawn = figures.attention_svg(
        view.row_names, view.column_names, view.shown, words.view_keys, words.view_queries
    )
    return {f"attention_{view.head[0]}-{view.head[1]}.svg": drawn}


def _strongest(
    weights: Weights, tokens: list[ShownToken], chosen: tuple[int, ...] = (), seen: bool = False
) -> Cell:
    """The places of the strongest link between two words, as something to begin with.

    Args:
        weights: (tokens, tokens).
        tokens: What they are between.
        chosen: Places of those that are kept, none meaning all.
        seen: Whether those are looked at, not looking.
    """
    pieces = [*(token.joined for token in tokens[1:]), False]
    words = np.array(
        [
            not (token.special or token.joined or piece)
            for token, piece in zip(tokens, pieces, strict=True)
        ]
    )
    kept = np.array([not chosen or token.place in chosen for token in tokens])
    asked = (kept[None] if seen else kept[:, None]) & ~np.eye(len(tokens), dtype=bool)
    liked = words[:, None] & words[None] if not chosen else asked
    score = weights + 1.0 * asked + 1.0 * (asked & liked)
    query, key = divmod(int(score.argmax()), len(tokens))
    return tokens[query].place, tokens[key].place
