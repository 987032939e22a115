"""The door of the gallery: language, navigation, landing page. Imports neither torch nor a model.

streamlit run Home.py
"""

from gallery.language import choose_language
from gallery.navigation import dress, navigate

language = choose_language()
here = navigate(language)
dress(here.title, language)
here.run()
