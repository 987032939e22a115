"""The sections of the page that opens attention: heads, cells, effects, explanations, masks."""
