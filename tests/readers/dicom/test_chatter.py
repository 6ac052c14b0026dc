"""What decoders write to the terminal, caught at the file descriptor."""

import os
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from medmask.readers import ReadOptions, read
from medmask.readers.dicom.chatter import without_chatter
from medmask.scan import Format, Scan


def test_nothing_is_said_of_8_bits_when_a_frame_of_12_decodes(capfd):
    path = Path(get_testdata_file("JPEG-lossy.dcm"))  # JPEG Extended, 12 bits
    volume = read(Scan("a", "", "a", Format.DICOM, (path,)), ReadOptions())
    assert volume.voxels.max() > 255
    # what libjpeg has to say of this file itself comes through
    assert capfd.readouterr().err == "Invalid SOS parameters for sequential JPEG\n"


def test_all_other_words_come_through_in_their_order(capfd):
    with without_chatter():
        os.write(2, b"first\nUnsupported JPEG data precision 12\nCorrupt JPEG data\n")
        os.write(2, b"last, unended")
    os.write(2, b" line\n")
    assert capfd.readouterr().err == "first\nCorrupt JPEG data\nlast, unended line\n"


def test_words_come_through_although_decoding_fails(capfd):
    with pytest.raises(RuntimeError, match="no frame"):
        fail_after("why\n")
    assert capfd.readouterr().err == "why\n"


def fail_after(words):
    with without_chatter():
        os.write(2, words.encode())
        raise RuntimeError("no frame")
