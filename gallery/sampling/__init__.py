"""The parts of the page that samples from trained generators."""
