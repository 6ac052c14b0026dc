import pytest

from medmask.cli.options import split
from medmask.errors import RequestError


def test_the_last_path_is_the_output(tmp_path):
    one, two, out = tmp_path / "a", tmp_path / "b", tmp_path / "out"
    assert split([one, two, out]) == ((one, two), out)


def test_an_output_is_needed(tmp_path):
    with pytest.raises(RequestError, match="an input and an output folder are needed"):
        split([tmp_path])
    assert split([tmp_path], tmp_path / "m.csv") == ((), tmp_path)
