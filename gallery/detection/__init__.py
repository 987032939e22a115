"""The sections of the page that finds and names the objects in a photo."""
