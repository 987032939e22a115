"""What stands beside a page: things to try, and what is often misstated."""

import streamlit as st

from gallery import address
from gallery.demos import Experiment
from gallery.frame import Frame

__all__ = ["draw"]


def draw(frame: Frame) -> None:
    """Draw the margin of a page."""
    labels, words = frame.shared.labels, frame.worded
    with st.container(border=True, key="try-this"):
        st.markdown(f"**:material/science: {labels.try_this}**")
        for place, experiment in enumerate(words.experiments):
            with st.container(gap="xsmall", key=f"experiment-{place}"):
                _experiment(place, experiment, labels.try_link)
    if words.corrections:
        with st.container(border=True, key="misstated"):
            st.markdown(f"**:material/fact_check: {labels.misstated}**")
            for correction in words.corrections:
                st.markdown(
                    f":red[:material/close:] *{correction.said}*  \n"
                    f":green[:material/check:] {correction.right}"
                )


def _experiment(place: int, experiment: Experiment, label: str) -> None:
    """One thing to try: the sentence, the button that sets the controls, what to notice."""
    st.markdown(f"{experiment.attempt} :gray[{experiment.notice}]")
    st.button(
        label,
        key=f"try-{place}",
        icon=":material/tune:",
        on_click=address.follow,
        args=(experiment.query,),
    )
