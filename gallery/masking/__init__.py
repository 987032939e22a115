"""What the page of hidden words draws, section by section."""
