"""What ``api.py`` is made of; only ``boundary`` and ``inputs`` know gradio."""
