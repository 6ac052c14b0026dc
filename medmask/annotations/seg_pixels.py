"""The frames of a DICOM segmentation as they are stored."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from medmask.annotations.data_set import whole_number
from medmask.errors import BadHeader, Damaged, Truncated, UnsupportedEncoding, UnsupportedPixels
from medmask.readers.border import decoding

if TYPE_CHECKING:
    from pydicom.dataset import Dataset


class SegPixels:
    """Frames by their number, each decoded when it is asked for.

    Parameters
    ----------
    dataset : Dataset
        With its pixel data.
    where : str
        Names the file in errors.

    Raises
    ------
    BadHeader, UnsupportedPixels, UnsupportedEncoding
        If it cannot be told how the frames are stored, or they are stored in a way not read here.
    Truncated
        If there are fewer bytes than the frames need.
    """

    def __init__(self, dataset: Dataset, where: str) -> None:
        from pydicom.uid import ExplicitVRBigEndian

        self._dataset, self._where = dataset, where
        self.count = self._demand("NumberOfFrames")
        self.shape = (self._demand("Rows"), self._demand("Columns"))
        self.bits = self._demand("BitsAllocated")
        if self.bits not in {1, 8, 16} or whole_number(dataset, "SamplesPerPixel", where) != 1:
            found = f"{self.bits} bits a pixel"
            raise UnsupportedPixels(where, found, "one sample of 1, 8 or 16 bits")
        if "PixelData" not in dataset:
            raise Truncated(where, "no pixel data", "(7fe0,0010)")
        syntax = dataset.file_meta.get("TransferSyntaxUID")
        if syntax == ExplicitVRBigEndian:
            raise UnsupportedEncoding(where, "big endian", "a transfer syntax that is not retired")
        self._is_native = syntax is None or not syntax.is_encapsulated
        if self._is_native:
            self._demand_bytes()

    def frame(self, number: int) -> NDArray[Any]:
        """Return one frame, from 0 on, shape (rows, columns), uint8 or uint16.

        Raises
        ------
        Damaged
            If it does not decode.
        """
        rows, columns = self.shape
        if not self._is_native:
            return self._decoded(number)
        size, data = rows * columns, self._dataset.PixelData
        if self.bits > 1:
            kind = np.dtype("u1" if self.bits == 8 else "<u2")
            return np.frombuffer(data, kind, size, number * size * kind.itemsize).reshape(
                self.shape
            )
        first = number * size  # PS3.5 8.1.1: frames follow each other bit by bit
        packed = np.frombuffer(data, np.uint8)[first // 8 : -(-(first + size) // 8)]
        bits = np.unpackbits(packed, bitorder="little")[first % 8 :][:size]
        return bits.reshape(self.shape)

    def _decoded(self, number: int) -> NDArray[Any]:
        from pydicom.pixels.utils import iter_pixels

        def damaged(said: str) -> Damaged:
            found = f"frame {number + 1} does not decode: {said}"
            return Damaged(self._where, found, "a whole frame")

        with decoding(damaged), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame = next(iter_pixels(self._dataset, indices=[number], raw=True))
        if frame.shape != self.shape:
            raise Damaged(self._where, f"a frame of {frame.shape}", f"{self.shape}")
        return frame

    def _demand_bytes(self) -> None:
        rows, columns = self.shape
        needed = -(-self.count * rows * columns * self.bits // 8)
        there = len(self._dataset.PixelData)
        if there < needed:
            found = f"{there} bytes for {self.count} frames of {columns} x {rows} x {self.bits} bit"
            raise Truncated(self._where, found, f"{needed} bytes")

    def _demand(self, keyword: str) -> int:
        value = whole_number(self._dataset, keyword, self._where)
        if value is None or value < 1:
            raise BadHeader(self._where, f"{keyword} is {value}", "at least 1")
        return value
