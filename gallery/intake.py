"""How a photo comes in: a sample, a file, the clipboard or the camera.

The visitor's own photo stays in this session's memory, is there on every page until it is
forgotten, and never enters the address.
"""

import base64
import binascii
from typing import cast

import streamlit as st
from starlette.formparsers import MultiPartParser

from gallery import address
from gallery.components.paste import paste_picture
from gallery.demos import Control
from gallery.frame import Frame, current
from gallery.photo import Photo, credit, open_sample, own_photo, sample_of, samples
from gallery.words import note_sentence, sentence
from models._errors import InputError

__all__ = ["photo"]

OWN = "own"
KEPT = "_own_photo"  # the photo, by the name of the control
READ = "_own_photo_read"  # what was read last, so that one upload is read once
MADE = ("_made-", "_watch-")  # names of what pages keep that was made of photos
PASTED_CHARACTERS = 15_000_000  # base64 of a little more than the largest file
UPLOADED_BYTES = 16 * 2**20  # more than the largest file

MultiPartParser.spool_max_size = UPLOADED_BYTES  # beyond it (1 MB) a file would go to the disk


def photo(sample: str, offered: tuple[str, ...], words: Control | None) -> Photo:
    """Draw the intake and give the photo it holds; see ``controls.photo``."""
    frame = current()
    labels = frame.shared.labels
    words = words or Control("photo", labels.photo, labels.photo_help, {})
    name = words.key
    with st.container(border=True, key=f"intake-{name}"):
        shown, chosen = st.columns([1, 4], vertical_alignment="center")
        with chosen:
            code = _choose(frame, words, sample, offered or tuple(samples()))
            taken = _own(frame, name) if code == OWN else None
        taken = taken or open_sample(sample if code == OWN else code)
        with shown:
            st.image(taken.preview, alt=_alt(frame, taken), width="stretch")
        with chosen:
            st.caption(_described(frame, taken))
    return taken


def _choose(frame: Frame, words: Control, sample: str, offered: tuple[str, ...]) -> str:
    name = words.key
    titles = {key: sample_of(key).title[frame.language] for key in offered}
    titles[OWN] = frame.shared.labels.photo_own
    by_name = {key: key for key in offered}
    widget = address.settle(
        frame.demo.name, name, sample if _kept(name) is None else OWN, by_name.get
    )
    code: str = st.selectbox(
        words.label,
        (OWN, *offered),
        format_func=lambda key: titles[key],
        key=widget,
        help=words.help,
    )
    address.hold(frame.demo.name, name, sample, sample if code == OWN else code)
    address.remember(frame.demo.name, name, code)
    return code


def _own(frame: Frame, name: str) -> Photo | None:
    """The visitor's own photo, the last good one when the newest cannot be read."""
    labels = frame.shared.labels
    upload, paste, camera = st.tabs([labels.photo_upload, labels.photo_paste, labels.photo_camera])
    with upload:
        file = st.file_uploader(
            labels.photo_upload, key=f"{name}-file", label_visibility="collapsed"
        )
        if file is not None:
            _take(frame, name, file.file_id, file.getvalue())
    with paste:
        pasted = paste_picture(labels.photo_paste_hint, labels.photo_paste_none, f"{name}-paste")
        if pasted:
            _take(frame, name, f"paste-{len(pasted)}-{hash(pasted)}", _decode(pasted))
    with camera:
        if st.toggle(labels.photo_camera_on, key=f"{name}-camera-on"):
            shot = st.camera_input(
                labels.photo_camera, key=f"{name}-camera", label_visibility="collapsed"
            )
            if shot is not None:
                _take(frame, name, shot.file_id, shot.getvalue())
    _say(frame, name)
    return _kept(name)


def _take(frame: Frame, name: str, source: str, data: bytes) -> None:
    """Read new bytes once; a picture that cannot be read leaves the last good one in place."""
    read = st.session_state.setdefault(READ, {})
    if read.get((name, source)) is not None:
        return
    try:
        st.session_state.setdefault(KEPT, {})[name] = own_photo(data)
        read.clear()
        read[(name, source)] = "good"
    except InputError as error:
        read[(name, source)] = "bad"
        read[name] = sentence(error, frame.language)


def _say(frame: Frame, name: str) -> None:
    labels = frame.shared.labels
    refused = st.session_state.get(READ, {}).get(name)
    if refused:
        kept = labels.photo_kept if _kept(name) else labels.photo_none_yet
        st.warning(f"{refused} {kept}", icon=":material/image_not_supported:")
    elif _kept(name) is None:
        st.caption(labels.photo_none_yet)
    if _kept(name) is not None:
        st.button(
            labels.photo_remove,
            icon=":material/delete:",
            on_click=_forget,
            args=(name,),
            key=f"{name}-forget",
        )


def _forget(name: str) -> None:
    st.session_state.get(KEPT, {}).pop(name, None)
    st.session_state.get(READ, {}).clear()
    st.session_state.pop("_answers", None)
    for made in [key for key in st.session_state if str(key).startswith(MADE)]:
        del st.session_state[made]
    for widget in (f"{name}-file", f"{name}-camera"):
        st.session_state.pop(widget, None)


def _kept(name: str) -> Photo | None:
    return cast("Photo | None", st.session_state.get(KEPT, {}).get(name))


def _decode(pasted: str) -> bytes:
    """The bytes of a data URL; what is not one becomes bytes that no reader takes."""
    if len(pasted) > PASTED_CHARACTERS:
        return b"\0" * (10 * 2**20 + 1)
    try:
        return base64.b64decode(pasted.partition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        return b"not a picture"


def _alt(frame: Frame, taken: Photo) -> str:
    name = (
        frame.shared.labels.photo_own
        if taken.sample is None
        else sample_of(taken.sample).title[frame.language]
    )
    return frame.shared.labels.photo_alt(name=name)


def _described(frame: Frame, taken: Photo) -> str:
    width, height = taken.size
    parts = [frame.shared.labels.photo_size(width=width, height=height)]
    if taken.sample is not None:
        parts.append(credit(taken.sample, frame.language))
    parts += [note_sentence(note, frame.language) for note in taken.notes]
    return " · ".join(parts)
