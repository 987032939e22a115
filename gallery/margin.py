"""What stands beside a page: things to try, and what is often misstated."""

import streamlit as st

from gallery import address
from gallery.frame import Frame

__all__ = ["draw"]


def draw(frame: Frame) -> None:
    """Draw the margin of a page."""
    labels, words = frame.shared.labels, frame.worded
    with st.container(border=True, key="try-this"):
        st.markdown(f"**:material/science: {labels.try_this}**")
        for place, experiment in enumerate(words.experiments):
            st.markdown(experiment.attempt)
            st.button(
                labels.try_link,
                key=f"try-{place}",
                type="tertiary",
                icon=":material/tune:",
                on_click=address.follow,
                args=(experiment.query,),
            )
            st.caption(experiment.notice)
    if words.corrections:
        with st.container(border=True, key="misstated"):
            st.markdown(f"**:material/fact_check: {labels.misstated}**")
            for correction in words.corrections:
                st.markdown(f"{labels.misstated_said} *{correction.said}*")
                st.markdown(f"{labels.misstated_right} {correction.right}")
