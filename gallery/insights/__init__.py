"""The sections of the page that looks into a network: its layers, its reasons, its wishes."""
