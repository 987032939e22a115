"""One to many: enrol people by a photo each, then a photo with several faces is answered."""

import numpy as np
import streamlit as st

from gallery import figures
from gallery.answers import answer
from gallery.faces import answering
from gallery.faces.case import FACES, REFERENCES, Case, Choice
from gallery.faces.inquiries import looked
from gallery.faces.people import Person, Vector, enrolled, plain
from gallery.faces.register import Register, draw_again
from gallery.photo import Photo, open_sample
from gallery.takeaway import TakeAway
from gallery.words import sentence
from models import face_recognition as faces
from models._errors import InputError
from models._face_gallery import LONGEST_NAME, MOST_ENTRIES
from models._images import Pixels

__all__ = ["draw_recognition"]

CARD = 118  # pixels of somebody's picture
PAGE = 12  # cards shown at once
CELL = 9  # pixels of a number of a vector that stands for a picture
WRITTEN = f"{FACES}new"  # the name of who is to be enrolled
AWAITED = f"{FACES}awaited"  # a chosen face and its name, from the press until they are enrolled


def draw_recognition(case: Case) -> TakeAway:
    """Who is enrolled, how to enrol, and the answers for a new photo."""
    with st.container(horizontal=True):
        finder, describer = case.choose_finder(), case.choose_describer()
    people = enrolled(describer.name, lambda new: _begin(Register(case, finder, describer, new)))
    register = Register(case, finder, describer, people)
    with st.container(border=True, key="enrolled"):
        _show_people(register)
        _offer_enrolment(register)
        _offer_files(register)
    return answering.draw_answers(register)


def _begin(register: Register) -> None:
    """Enrol the public figures of the samples."""
    for key in REFERENCES:
        photo = open_sample(key)
        for face in answer(looked, photo, *register.finder.asked).faces[:1]:
            picture = _picture(register, photo, face)
            register.people.add("", register.describe(photo, face), picture, key)


def _picture(register: Register, photo: Photo, face: faces.Face) -> Pixels:
    return answer(faces.align, photo, face, register.describer.name)


def _show_people(register: Register) -> None:
    """A card for everybody: the face, the name to change, a button to delete."""
    words, people = register.case.words, register.people
    st.markdown(f"**{words.enrolled_title(count=len(people.present))}**")
    if not people.present:
        st.caption(words.nobody_enrolled)
        return
    pages = -(-len(people.present) // PAGE)
    page = 1
    if pages > 1:
        label = words.cards_page(pages=pages)
        page = int(st.number_input(label, 1, pages, key=f"{FACES}page-{pages}", width=220))
    with st.container(horizontal=True):
        for person in people.present[(page - 1) * PAGE : page * PAGE]:
            with st.container(width=CARD + 34, border=True):
                _show_person(register, person)


def _show_person(register: Register, person: Person) -> None:
    words, name = register.case.words, register.name_of(person)
    key = f"{FACES}name-{register.describer.name}-{person.number}-{register.case.page.language}"
    picture = _bar_code(person.vector) if person.picture is None else person.picture
    st.image(picture, width=CARD, alt=words.face_alt(name=name))
    st.text_input(
        words.rename(name=name), name, LONGEST_NAME, key=key, label_visibility="collapsed",
        on_change=_rename, args=(register, person, key),
    )  # fmt: skip
    st.button(
        words.delete,
        icon=":material/delete:",
        help=words.delete_help(name=plain(name)),
        key=f"{FACES}delete-{register.describer.name}-{person.number}",
        on_click=register.people.remove,
        args=(person.number,),
        width="stretch",
    )


def _rename(register: Register, person: Person, key: str) -> None:
    """Take up what was written; what is no name changes nothing."""
    try:
        register.people.rename(person.number, st.session_state[key])
    except InputError as error:
        st.toast(sentence(error, register.case.page.language), icon=":material/info:")
    st.session_state[key] = register.name_of(person)


def _bar_code(vector: Vector) -> Pixels:
    """A vector as a square of colours, for who came without a picture."""
    side = int(np.ceil(np.sqrt(len(vector))))
    cells = np.zeros(side * side, np.float32)
    cells[: len(vector)] = vector
    square = figures.coloured(cells.reshape(side, side), signed=True)
    return square.repeat(CELL, axis=0).repeat(CELL, axis=1)


def _offer_enrolment(register: Register) -> None:
    """One photo, one face of it, one name."""
    words, case = register.case.words, register.case
    with st.expander(words.enrol_title, icon=":material/person_add:"):
        if AWAITED in st.session_state:
            _enrol(register, *st.session_state[AWAITED])
        photo = case.take_photo("astronaut_again", case.knobs.newcomer)
        choice = case.choose_face(photo, register.finder, case.knobs.new_face)
        if choice is None:
            return
        with st.form(f"{FACES}enrol", clear_on_submit=True, border=False):
            st.text_input(words.new_name, max_chars=LONGEST_NAME, key=WRITTEN)
            st.form_submit_button(
                words.enrol, icon=":material/person_add:", type="primary",
                on_click=_await_enrolment, args=(choice,),
            )  # fmt: skip


def _await_enrolment(choice: Choice) -> None:
    """Keep who is to be enrolled: a second press may end the run that does it, its line empty."""
    if AWAITED not in st.session_state:
        st.session_state[AWAITED] = choice, st.session_state[WRITTEN]


def _enrol(register: Register, choice: Choice, name: str) -> None:
    photo, face = choice.photo, choice.face
    try:
        vector, picture = register.describe(photo, face), _picture(register, photo, face)
        del st.session_state[AWAITED]  # here the run may end as well: nobody is added twice
        register.people.add(name, vector, picture)
    except InputError as error:
        st.session_state.pop(AWAITED, None)
        st.warning(sentence(error, register.case.page.language), icon=":material/info:")
    else:
        draw_again()


def _offer_files(register: Register) -> None:
    """Take the session's people along as vectors, bring them back, forget them, begin again."""
    words, people = register.case.words, register.people
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            words.export,
            faces.write_gallery(register.book) if people.present else "",
            f"faces_{register.describer.name}.json",
            "application/json",
            icon=":material/download:",
            disabled=not people.present,
            on_click="ignore",
        )
        st.button(
            words.clear, icon=":material/group_remove:", on_click=people.clear,
            disabled=not people.present, key=f"{FACES}clear",
        )  # fmt: skip
        if not {person.sample for person in people.present}.issuperset(REFERENCES):
            st.button(
                words.bring_samples, icon=":material/undo:", on_click=_bring_back,
                args=(register,), key=f"{FACES}bring-back",
            )  # fmt: skip
    with st.expander(words.import_title, icon=":material/upload_file:"):
        _take_file(register)


def _bring_back(register: Register) -> None:
    own = [person for person in register.people.present if not person.sample]
    register.people.clear()
    _begin(register)
    register.people.present += own


def _take_file(register: Register) -> None:
    """Add who is in a file that was saved here; a bad one changes nothing."""
    words = register.case.words
    file = st.file_uploader(
        words.import_label, key=f"{FACES}file-{register.describer.name}", type=["json"]
    )
    st.caption(words.import_note(model=register.describer.title, most=MOST_ENTRIES))
    if file is None or st.session_state.get(f"{FACES}taken") == file.file_id:
        return
    try:
        read = faces.read_gallery(file.getvalue(), register.describer.name)
        came = register.people.take_in(read.names, read.vectors)
    except InputError as error:
        said = sentence(error, register.case.page.language)
        st.warning(f"{said} {words.kept_as_it_was}", icon=":material/info:")
    else:
        st.session_state[f"{FACES}taken"] = file.file_id
        st.toast(words.taken_in(count=came), icon=":material/check:")
        draw_again()
