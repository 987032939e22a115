"""What the page on faces shows: one file for each thing to see."""
