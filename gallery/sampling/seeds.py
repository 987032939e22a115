"""Seeds that a visitor keeps, names and shares.

The address holds the numbers; names are the visitor's own words and stay in the session. A name
typed where a seed is asked for *is* a seed: the number that ``seed_of`` makes of it, so that a link
shows the same picture to somebody who does not know the name.
"""

from collections.abc import Sequence

import streamlit as st

from gallery import address, controls
from gallery.answers import answer
from gallery.components.tiles import choose_tile, choose_tiles, open_tile
from gallery.frame import current
from gallery.sampling.case import Case
from gallery.sampling.pictures import in_colour
from models import gan_sampling as gan
from models._gan_latent import LARGEST_SEED

__all__ = [
    "ask_named",
    "ask_rolled",
    "draw_keeping",
    "kept_seeds",
    "name_of",
    "pick_seed",
    "pick_seeds",
]

NAMES = "_gan_names"  # seed -> what this visitor calls it
TYPED = "_gan_typed"  # what was last read in the line for a seed or a name
KEPT = "kept"  # in the address
ASKED = "asked"  # in the address: the seed of that line
NOBODY = -1  # no seed was asked for
MOST = 12  # seeds that are kept
NONE: tuple[int, ...] = ()
ROLL = 30  # seeds of one roll
FIRST = 12  # seeds to pick from beside the kept ones


def name_of(seed: int) -> str:
    """What the visitor calls a seed, else its number."""
    return str(st.session_state.get(NAMES, {}).get(seed, seed))


def kept_seeds() -> tuple[int, ...]:
    """The seeds that are kept, from the address."""
    page = current().demo.name
    widget = address.settle(page, KEPT, NONE, _parse)
    kept: tuple[int, ...] = st.session_state[widget]
    return address.hold(page, KEPT, NONE, kept, _write)


def ask_rolled(case: Case) -> tuple[int, ...]:
    """Buttons that draw further seeds; the number of the roll is in the address."""
    page, words = current().demo.name, case.words
    widget = address.settle(page, "roll", 0, _whole)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.button(words.roll, icon=":material/casino:", key=f"{widget}-on", type="primary"):
            st.session_state[widget] = (int(st.session_state[widget]) + 1) % (10**6)
        number = int(st.session_state[widget])
        if number and st.button(words.roll_back, icon=":material/undo:", key=f"{widget}-back"):
            number = st.session_state[widget] = number - 1
    address.hold(page, "roll", 0, number)
    return tuple(range(number * ROLL, (number + 1) * ROLL))


def ask_named(case: Case, tiles: str) -> int | None:
    """A line for a number or a word: either is a seed, and what is newly written is opened.

    Args:
        case: The words.
        tiles: Name in the address of the tiles that will show the seed.

    Returns:
        The seed; ``None`` where nothing stands there. A link brings it without its name.
    """
    page = current().demo.name
    widget = address.settle(page, ASKED, NOBODY, _whole)
    written = controls.word(case.knobs.named)
    text = "" if written is None else written.text.strip()
    if text != st.session_state.get(TYPED, ""):
        st.session_state[TYPED] = text
        st.session_state[widget] = _seed_named(text) if text else NOBODY
        if text:
            open_tile(tiles, st.session_state[widget])
    elif text and st.session_state[widget] == NOBODY:  # a link was followed past it
        st.session_state[widget] = _seed_named(text)
    asked = address.hold(page, ASKED, NOBODY, int(st.session_state[widget]))
    return None if asked == NOBODY else asked


def _seed_named(text: str) -> int:
    """A number is itself; a word is a seed that is called so from now on."""
    number = _whole(text)
    if number is not None:
        return number
    seed = gan.seed_of(text)
    st.session_state.setdefault(NAMES, {})[seed] = text
    return seed


def draw_keeping(case: Case, seed: int) -> None:
    """Keep a seed or let it go, and call it something."""
    words, kept = case.words, kept_seeds()
    widget = f"{current().demo.name}-keep"
    is_kept = seed in kept
    label, icon = (
        (words.let_go, ":material/lock_open:") if is_kept else (words.keep, ":material/lock:")
    )
    full = not is_kept and len(kept) >= MOST
    st.button(label, icon=icon, key=widget, on_click=_toggle, args=(seed,), disabled=full)
    if full:
        st.caption(words.kept_full(most=MOST))
    own = st.session_state.get(NAMES, {}).get(seed, "")
    knob = case.knobs.called
    line = f"{current().demo.name}-name-{seed}"
    st.text_input(
        knob.label,
        own,
        key=line,
        max_chars=24,
        help=knob.help,
        autocomplete="off",
        on_change=_call,
        args=(seed, line),
    )


def pick_seed(
    case: Case, name: str, label: str, default: int, class_: int | None, truncation: float = 1.0
) -> int:
    """A row of samples to choose one from: the kept ones, then the first seeds.

    Args:
        case: The generator and the words.
        name: Its name in the address.
        label: What is chosen.
        default: The seed chosen to begin with.
        class_: The class they are shown as.
        truncation: The truncation they are shown at.
    """
    seeds = _offered(default)
    found = answer(gan.sample, case.model, tuple(seeds), class_, truncation)
    st.markdown(f"**{label}**")
    captions = [name_of(seed) for seed in seeds]
    return choose_tile(name, label, in_colour(found.images), captions, seeds, 52, default)


def pick_seeds(
    case: Case,
    name: str,
    label: str,
    default: Sequence[int],
    class_: int | None,
    truncation: float,
    least: int,
) -> tuple[int, ...]:
    """The same for several, at least so many, in the order in which they are pressed."""
    seeds = _offered(*default)
    found = answer(gan.sample, case.model, tuple(seeds), class_, truncation)
    st.markdown(f"**{label}**")
    captions = [name_of(seed) for seed in seeds]
    tiles = in_colour(found.images)
    return choose_tiles(name, label, tiles, captions, seeds, tuple(default), least, 52)


def _offered(*others: int) -> list[int]:
    """The kept seeds, those that have to be there, and the first ones."""
    return list(dict.fromkeys([*kept_seeds(), *range(FIRST), *others]))


def _toggle(seed: int) -> None:
    page = current().demo.name
    widget = address.settle(page, KEPT, NONE, _parse)
    kept: tuple[int, ...] = st.session_state[widget]
    rest = tuple(each for each in kept if each != seed)
    st.session_state[widget] = rest if seed in kept else (*kept, seed)[:MOST]


def _call(seed: int, line: str) -> None:
    names = st.session_state.setdefault(NAMES, {})
    written = str(st.session_state.get(line) or "").strip()
    if written:
        names[seed] = written[:24]
    else:
        names.pop(seed, None)


def _parse(raw: str) -> tuple[int, ...] | None:
    parts = raw.split(",")
    seeds = [_whole(part) for part in parts]
    good = 0 < len(parts) <= MOST and all(seed is not None for seed in seeds)
    return tuple(dict.fromkeys(seed for seed in seeds if seed is not None)) if good else None


def _whole(raw: str) -> int | None:
    known = raw.isascii() and raw.isdecimal() and len(raw) <= 10
    return int(raw) if known and int(raw) <= LARGEST_SEED else None


def _write(kept: tuple[int, ...]) -> str:
    return ",".join(map(str, kept))
