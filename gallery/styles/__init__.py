"""The sections of the page that paints one picture as another is painted."""
