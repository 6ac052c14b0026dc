import errno

import pytest

from medmask.errors import Damaged, NotRegular, TooLarge
from medmask.readers import read_header, sniff
from medmask.readers.border import decoding, reading


@pytest.mark.parametrize(
    ("raised", "error", "sentence"),
    [
        (FileNotFoundError(errno.ENOENT, "gone"), NotRegular, "a: the file is gone"),
        (PermissionError(errno.EACCES, "Permission denied"), Damaged, "a: Permission denied"),
        (OSError("odd"), Damaged, "a: not readable"),
        (MemoryError(), TooLarge, "a: more voxels than memory"),
    ],
)
def test_what_the_system_says_is_an_error_of_the_scan(raised, error, sentence):
    with pytest.raises(error, match=sentence), reading("a"):
        raise raised


@pytest.mark.parametrize("look", [sniff, read_header])
def test_files_that_are_gone_or_folders_are_errors_of_the_scan(tmp_path, look):
    with pytest.raises(NotRegular):
        look(tmp_path / "gone")
    with pytest.raises(Damaged):
        look(tmp_path)


class PanicException(BaseException):
    """As pyo3 names what Rust panics with."""


@pytest.mark.parametrize("raised", [IndexError("odd\nmore"), PanicException("odd")])
def test_what_a_decoder_says_is_an_error_of_the_scan_in_one_line(raised):
    with (
        pytest.raises(Damaged, match=r"^a: does not decode: odd; accepted: b$"),
        decoding(lambda said: Damaged("a", f"does not decode: {said}", "b")),
    ):
        raise raised


@pytest.mark.parametrize("raised", [MemoryError(), KeyboardInterrupt(), OSError("disk")])
def test_what_is_no_decoders_doing_goes_on_as_it_is(raised):
    with pytest.raises(type(raised)), decoding(lambda said: Damaged("a", said, "b")):
        raise raised
