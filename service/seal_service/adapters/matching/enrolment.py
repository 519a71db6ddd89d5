"""From seal cards, or a stored template, to a reference that vouchers are verified against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import seal_match_rs
from seal_match_rs import Box, CardView, SealMatchError, Template, TemplateError
from seal_service.adapters.matching.errors import refusal_of
from seal_service.adapters.matching.files import read_image
from seal_service.adapters.matching.images import DecodedImage, decode_image

TEMPLATE_MAGIC = b"SMT1"


@dataclass(frozen=True, slots=True)
class EnrolledSeal:
    """A reference and what is known about the cards that it came from.

    Attributes
    ----------
    template : Template
        The engine's reference.
    quality : float
        0 to 1.
    size_mm : tuple of float
        Longer and shorter side.
    impressions : int
        How many cards it was built from.
    centre_px : tuple of float or None
        (x, y) of the seal on the first card; None for a stored template.
    seals_on_card : int
        Seals of similar weight on the first card; 1 for a stored template.
    warnings : tuple of str
        Codes of remarks that did not refuse the card.
    """

    template: Template
    quality: float
    size_mm: tuple[float, float]
    impressions: int
    centre_px: tuple[float, float] | None = None
    seals_on_card: int = 1
    warnings: tuple[str, ...] = ()


def enrol(
    cards: Sequence[bytes | Path],
    *,
    dpi: float | None = None,
    boxes: Sequence[Box | None] | None = None,
) -> EnrolledSeal:
    """Build one reference from one or more cards of the same die.

    Parameters
    ----------
    cards : sequence of bytes or Path
        Image files or their content, at least one.
    dpi : float, optional
        Resolution of all cards; without it each file's own.
    boxes : sequence of (Box or None), optional
        Where the seal lies on each card, in pixels.

    Raises
    ------
    MatchingError
        One of its subclasses; the code of the decoder or the engine where they refused.
    ValueError
        `boxes` has another length than `cards`, or there are no cards.
    """
    if not cards:
        message = "at least one card is needed"
        raise ValueError(message)
    chosen = [None] * len(cards) if boxes is None else list(boxes)
    if len(chosen) != len(cards):
        message = f"{len(chosen)} boxes were given for {len(cards)} cards"
        raise ValueError(message)
    images = [decode_image(*read_image(card, "card"), dpi=dpi) for card in cards]
    return enrol_images(images, chosen)


def enrol_images(images: Sequence[DecodedImage], boxes: Sequence[Box | None]) -> EnrolledSeal:
    """Build one reference from cards that are decoded already; see `enrol`."""
    source = images[0].source
    try:
        views = []
        for image, box in zip(images, boxes, strict=True):
            source = image.source
            views.append(CardView(image.scan(), box))
        found = seal_match_rs.enrol(views)
    except SealMatchError as error:
        raise refusal_of(error, source if len(images) == 1 else "cards") from error
    return EnrolledSeal(
        template=found.template,
        quality=found.quality,
        size_mm=found.size_mm,
        impressions=found.template.impressions,
        centre_px=found.centre_px,
        seals_on_card=found.seals_on_card,
        warnings=found.warnings,
    )


def load_template(content: bytes, source: str) -> EnrolledSeal:
    """Read a template that `sealmatch enrol` stored.

    Raises
    ------
    ImageRefusedError
        With code ``BAD_TEMPLATE``.
    """
    try:
        template = Template.from_bytes(content)
    except TemplateError as error:
        raise refusal_of(error, source) from error
    long_mm, short_mm = template.size_mm
    return EnrolledSeal(template, template.quality, (long_mm, short_mm), template.impressions)


def open_reference(
    card: bytes | Path, *, dpi: float | None = None, box: Box | None = None
) -> EnrolledSeal:
    """Enrol one card, or read a stored template: the first bytes tell which it is.

    Raises
    ------
    MatchingError
    """
    content, source = read_image(card, "card")
    if content.startswith(TEMPLATE_MAGIC):
        return load_template(content, source)
    return enrol_images([decode_image(content, source, dpi=dpi)], [box])
