"""Everything that can go wrong in a way a visitor should hear about.

    GalleryError
    ├── InputError(code, **values)   the visitor can change it
    └── WeightsError
        ├── WeightsMissing           the files are not where they should be
        ├── WeightsCorrupt           the files are not what their card says
        └── HubUnavailable           the hub is away, slow, or answered nonsense

Each error carries a ``code`` and ``values``; ``gallery/words.toml`` holds the sentence of every
code in both languages, with the values as ``{placeholders}``. Whatever else is raised is a bug.
"""

__all__ = [
    "GalleryError",
    "HubUnavailable",
    "InputError",
    "WeightsCorrupt",
    "WeightsError",
    "WeightsMissing",
]


class GalleryError(Exception):
    """A failure that has a sentence of its own in both languages."""

    code: str = "unknown"

    def __init__(self, code: str | None = None, **values: object) -> None:
        """Remember which sentence to say and what to put into it."""
        self.code = code or type(self).code
        self.values = values
        details = ", ".join(f"{key}={value!r}" for key, value in values.items())
        super().__init__(f"{self.code}({details})")


class InputError(GalleryError):
    """The visitor gave something that cannot be worked on, and can change it."""


class WeightsError(GalleryError):
    """The weights of a network could not be opened."""

    code = "weights_missing"


class WeightsMissing(WeightsError):
    """The file of weights is not there."""

    code = "weights_missing"


class WeightsCorrupt(WeightsError):
    """The file of weights is not the file its card describes."""

    code = "weights_corrupt"


class HubUnavailable(WeightsError):
    """The hub cannot be reached, answers too slowly or sends something broken."""

    code = "hub_unavailable"
