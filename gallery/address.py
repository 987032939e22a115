"""The state of a page in its address, so that a link restores it.

Streamlit's own ``bind="query-params"`` writes the *label* of a choice, which changes with the
language; here the address holds the code of the choice (``?section=canny&sigma=2``). Defaults are
left out, invalid values are ignored, and a value that is no longer on the page leaves the address
but is remembered for when it comes back.

A value in the address is taken up when this session meets it for the first time; a value that was
written from here is never read back, because a browser may still send it after the hand has moved
on. ``follow`` sets many controls at once, as a link would.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar, cast
from urllib.parse import urlencode

import streamlit as st

__all__ = [
    "follow",
    "follow_nothing",
    "forget",
    "forget_unseen",
    "group",
    "hold",
    "query_string",
    "remember",
    "settle",
]

V = TypeVar("V")
MET = "_address_met"  # page and name -> raw values read or written in this session
KEPT = "_address_kept"  # page and name -> value to come back to
SEEN = "_address_seen"  # names met in this run of the page
FOLLOWED = "_address_followed"  # the query that every control of this run obeys
LONGEST = 600  # characters of one value


def settle(page: str, name: str, default: V, parse: Callable[[str], V | None]) -> str:
    """Give a control its value before it is drawn.

    Args:
        page: Name of the page, so that the same name on two pages is two values.
        name: Name in the address.
        default: Value that is left out of the address.
        parse: Turns the raw text into a value, ``None`` where it is invalid.

    Returns:
        The widget key under which ``st.session_state`` now holds the value. It differs from
        language to language: a browser remembers the label it has shown, not the code.
    """
    held = f"{page}.{name}"
    widget = f"{held}.{st.session_state.get('_language', '')}" if page else held
    _table(SEEN)[name] = True
    value = _told(held, name, default, parse)
    if value is not None:
        st.session_state[widget] = value
    elif st.session_state.get(widget) is None:
        st.session_state[widget] = _table(KEPT).get(held, default)
    return widget


def hold(page: str, name: str, default: V, value: V, write: Callable[[V], str] = str) -> V:
    """Write a control's value to the address after it was drawn, and remember it."""
    held = f"{page}.{name}"
    if value is None:  # a choice the browser has not heard of yet
        value = cast("V", _table(KEPT).get(held, default))
    _table(KEPT)[held] = value
    if value == default:
        if name in st.query_params:
            del st.query_params[name]
        return value
    raw = write(value)
    _meet(held, raw)
    if st.query_params.get(name) != raw:
        st.query_params[name] = raw
    return value


def remember(page: str, name: str, value: object) -> None:
    """Have a control come back to a value that the address must not show."""
    _table(KEPT)[f"{page}.{name}"] = value


def forget(page: str, name: str) -> None:
    """Have a control come back with its default, which may be another one by then."""
    _table(KEPT).pop(f"{page}.{name}", None)


def follow(query: Mapping[str, str]) -> None:
    """Have every control of the next run obey this query; those it does not name go to default."""
    st.session_state[FOLLOWED] = dict(query)


def follow_nothing() -> None:
    """End what ``follow`` began, once the page has been drawn."""
    st.session_state.pop(FOLLOWED, None)


@contextmanager
def group(name: str) -> Iterator[None]:
    """Controls that come and go together, in a part of the page that reruns alone.

    Those that the part no longer draws leave the address when it has been drawn.
    """
    outer = _table(SEEN)
    st.session_state[SEEN] = {}
    try:
        yield
        names = frozenset(_table(SEEN))
        for gone in (st.session_state.get(name, frozenset()) - names) & set(st.query_params):
            del st.query_params[gone]
        st.session_state[name] = names
    finally:
        outer.update(_table(SEEN))
        st.session_state[SEEN] = outer


def forget_unseen(always: frozenset[str]) -> None:
    """Take values out of the address that nothing on the page stands for any more."""
    seen = _table(SEEN)
    for name in set(st.query_params) - seen.keys() - always:
        del st.query_params[name]
    seen.clear()


def query_string() -> str:
    """The query string of the page as it stands."""
    return urlencode(st.query_params.to_dict())


def _told(held: str, name: str, default: V, parse: Callable[[str], V | None]) -> V | None:
    """The value that a followed link or a newly met address asks for."""
    followed = st.session_state.get(FOLLOWED)
    if followed is not None and name != "lang":
        raw = followed.get(name)
        parsed = None if raw is None else parse(raw)
        return default if parsed is None else parsed
    raw = st.query_params.get(name)
    if raw is None or len(raw) > LONGEST or not _meet(held, raw):
        return None
    return parse(raw)


def _meet(held: str, raw: str) -> bool:
    """Remember a raw value; whether it was new."""
    met = cast("set[str]", _table(MET).setdefault(held, set()))
    new = raw not in met
    met.add(raw)
    return new


def _table(name: str) -> dict[str, object]:
    return cast("dict[str, object]", st.session_state.setdefault(name, {}))
