"""Moves of the hand, numbered by the browser, so that it knows an answer to an earlier one.

A component sends ``moved(state, value)`` of ``hand.js``, takes it in its callback by ``sent``, and
hands ``"heard": heard(key)`` to the browser, where ``isNews`` tells old answers from the last.
"""

from typing import Any

import streamlit as st

__all__ = ["heard", "sent"]


def heard(component: str) -> int:
    """Number of the last move that has arrived from a component, by its widget key."""
    number: int = st.session_state.get(f"{component}-heard", 0)
    return number


def sent(component: str, name: str) -> Any:
    """What a component sends as one of its triggers, unchecked; ``None`` where it is no move."""
    move = st.session_state[component].get(name)
    if not isinstance(move, dict) or type(move.get("number")) is not int:
        return None
    st.session_state[f"{component}-heard"] = move["number"]
    return move.get("value")
