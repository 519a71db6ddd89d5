"""Random streams that do not depend on who asks first.

Every die, card, form and voucher owns a stream derived from the run's seed and its own indices,
so the same seed gives the same bytes whatever the number of processes or the order of work.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Role(IntEnum):
    """What a random stream is for. Never renumber: it would change every data set."""

    DESIGN = 1
    ENGRAVING = 2
    CARD = 3
    FORM = 4
    FOREIGN = 5
    VOUCHER = 6
    FORGERY = 7


def stream(seed: int, *, die: int, role: Role, index: int = 0) -> np.random.Generator:
    """Return the generator that belongs to (seed, die, role, index) and to nothing else.

    Args:
        seed: the run's seed, >= 0.
        die: index of the die, >= 0.
        role: what the numbers are for.
        index: index of the voucher, form or foreign seal within the die.

    Returns
    -------
        A PCG64 generator, independent of every other (seed, die, role, index).
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, die, role, index])))
