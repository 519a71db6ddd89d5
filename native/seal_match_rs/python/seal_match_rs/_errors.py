"""What the engine refuses: one exception class per failure, all under `SealMatchError`.

The native part raises these classes and defines none of its own.
"""


class SealMatchError(ValueError):
    """Base of everything that this engine refuses."""

    code: str
    """The failure in capitals, such as ``BAD_DPI``."""


class PlaneError(SealMatchError):
    """An array's shape, stride or type is not an image plane."""


class ResolutionError(SealMatchError):
    """The resolution is missing or outside 72 to 2400 dpi."""


class ImageTooSmallError(SealMatchError):
    """The image is smaller than any seal."""


class NoSealError(SealMatchError):
    """No seal was found on the card."""


class PoorCardError(SealMatchError):
    """The card's seal cannot be verified against."""

    reason: str
    """Why, as `enrol` lists it."""


class BoxError(SealMatchError):
    """A box is empty or outside its image."""


class TemplateError(SealMatchError):
    """The bytes are not a template that this version reads."""


class ProfileError(SealMatchError):
    """The text is not a profile that this version reads."""


class FoldError(SealMatchError):
    """What was asked for is no fold: a number out of range, maps of two sizes."""


class ImprintError(SealMatchError):
    """Not an imprint that this version reads, or one of another template."""


class AlignmentUntrustedError(SealMatchError):
    """The alignment is a guess; nothing can be measured by it."""


class EngineError(SealMatchError):
    """A defect of the engine, not of its arguments; please report it."""
