"""One recipe an embedded network; ``_loop`` and ``_data`` are shared, ``evaluate`` fills cards."""
