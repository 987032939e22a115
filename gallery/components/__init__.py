"""Small client-side widgets, where a rerun of the page is too slow for the hand.

One module a widget: plain JavaScript beside plain Python, no package, nothing from another
machine. Python sends the data; the widget computes only what it draws; what comes back is checked.
"""
