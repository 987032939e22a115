"""Computing only: numpy arrays and PIL pictures in, numpy arrays and frozen dataclasses out."""
