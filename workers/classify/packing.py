"""Two dimensions of a word vector in one byte.

Knows nothing of how vectors come about.
"""

import numpy as np
from numpy.typing import NDArray

_OFFSET = 8
_LOW = 0x0F


def packed(levels: NDArray[np.int8]) -> NDArray[np.uint8]:
    """Return levels from -8 to 7, (words, an even number), as bytes."""
    shifted = (levels + _OFFSET).astype(np.uint8)
    return (shifted[:, 0::2] | (shifted[:, 1::2] << 4)).astype(np.uint8)


def unpacked(data: NDArray[np.uint8]) -> NDArray[np.int8]:
    """Return the levels of the bytes."""
    levels = np.empty((data.shape[0], data.shape[1] * 2), dtype=np.int8)
    levels[:, 0::2] = (data & _LOW).astype(np.int8) - _OFFSET
    levels[:, 1::2] = (data >> 4).astype(np.int8) - _OFFSET
    return levels
