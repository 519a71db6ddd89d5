"""From seal cards to a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from seal_match_rs._native import Scan, Template
from seal_match_rs._words import Box


@dataclass(frozen=True, slots=True)
class CardView:
    """One card to enrol from.

    Attributes
    ----------
    scan : Scan
        The whole card, or a part of it that shows the seal with some paper around it.
    seal_box : Box or None
        Where the seal lies on the scan, in pixels, if the caller knows. None: it is looked for.
    """

    scan: Scan
    seal_box: Box | None = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A template and what its enrolment found.

    Attributes
    ----------
    template : Template
        Ready to be stored (`Template.to_bytes`) and verified against.
    quality : float
        0 (useless) to 1 (clean): completeness and contrast of the card's strokes.
    size_mm : tuple of float
        Longer and shorter side of the seal's smallest enclosing rectangle, in millimetres.
    centre_px : tuple of float
        (x, y) of the seal's centre on the first card.
    seals_on_card : int
        How many seals of similar weight the first card bears; the heaviest one was taken.
    warnings : tuple of str
        Codes of remarks that do not refuse the card: ``SEVERAL_SEALS_ON_CARD``,
        ``CARD_BELOW_200_DPI``, ``CARD_WITHOUT_COLOUR``, ``PALE_CARD``.
    """

    template: Template
    quality: float
    size_mm: tuple[float, float]
    centre_px: tuple[float, float]
    seals_on_card: int
    warnings: tuple[str, ...]


def enrol(cards: Sequence[CardView]) -> Enrolment:
    """Build a template from one or more impressions of the same die.

    Parameters
    ----------
    cards : sequence of CardView
        At least one. The seal of the first fixes centre and direction; the others are aligned to it
        and averaged in, so that one press's voids and swellings weigh less.

    Returns
    -------
    Enrolment

    Raises
    ------
    NoSealError
        No card was given, or one bears no seal.
    PoorCardError
        The result could not be verified against; `reason` is ``SEAL_CUT_OFF``, ``WEAK_CARD``,
        ``TOO_FEW_STROKES``, ``IMPRESSIONS_DIFFER`` or ``SEAL_JOINED_TO_FORM``.
    BoxError
        A box is empty or reaches outside its scan.
    """
    template, report = Template.enrol([(card.scan, card.seal_box) for card in cards])
    long_mm, short_mm = report["size_mm"]
    x_px, y_px = report["centre_px"]
    return Enrolment(
        template=template,
        quality=report["quality"],
        size_mm=(long_mm, short_mm),
        centre_px=(x_px, y_px),
        seals_on_card=report["seals_on_card"],
        warnings=tuple(report["warnings"]),
    )


def locate_on_card(card: CardView) -> tuple[float, float]:
    """Find the seal on a card without keeping a template.

    Returns
    -------
    tuple of float
        (x, y) of its centre in pixels of the scan.

    Raises
    ------
    NoSealError, PoorCardError, BoxError
        As `enrol` does.
    """
    return enrol([card]).centre_px
