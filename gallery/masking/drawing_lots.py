"""A number that another press changes, kept in the address, so that a link draws the same lots."""

import streamlit as st

from gallery import address
from gallery.frame import current

__all__ = ["ask_seed"]

SEEDS = 10**6


def ask_seed(name: str, label: str, icon: str) -> int:
    """Draw the button and give the number.

    Args:
        name: Its name in the address.
        label: What the button says.
        icon: What stands before that.
    """
    page = current().demo.name
    widget = address.settle(page, name, 1, _parse)
    if st.button(label, icon=icon, key=f"{widget}-press"):
        st.session_state[widget] = (int(st.session_state[widget]) + 1) % SEEDS
    return int(address.hold(page, name, 1, int(st.session_state[widget])))


def _parse(raw: str) -> int | None:
    return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 7 else None
