import errno

import pytest

from medmask.errors import Damaged, NotRegular, TooLarge
from medmask.readers import read_header, sniff
from medmask.readers.border import reading


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
