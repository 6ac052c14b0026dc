"""Rows of packed voxels, end to end in one flat array, moved to the left and right.

What is moved to the left of the very first row lands in words kept before it, and what is moved
beyond any other end of a row in its spare bits. So nothing is lost between one move and the next,
and a move is one of the whole array.
"""

from __future__ import annotations

import numpy as np

from medmask.morphology.packed import BITS, Words


def or_moved(into: Words, words: Words, by: int) -> None:
    """Add flat words, moved by a number of columns, positive to the right, to others in place."""
    whole, bits = divmod(abs(by), BITS)
    size = words.size - whole
    up, carry = np.uint64(bits), np.uint64(BITS - bits)
    if by >= 0:
        into[whole:] |= words[:size] << up
        if bits:
            into[whole + 1 :] |= words[: size - 1] >> carry
    else:
        into[:size] |= words[whole:] >> up
        if bits:
            into[: size - 1] |= words[whole + 1 :] << carry
