"""The door of the gallery: language, navigation, landing page. Waits for neither torch nor a model.

streamlit run Home.py
"""

import streamlit as st

from gallery import warmth
from gallery.demos import demos
from gallery.language import choose_language
from gallery.navigation import dress, navigate

language = choose_language()
here = navigate(language)
dress(here.title, language)
for demo in demos():
    if demo.url_path == here.url_path:
        warmth.bring_page(demo)
here.run()
if st.runtime.exists():  # a server, not a test
    warmth.begin()
