import pytest

from medmask.cli.options import jobs_or_all, split
from medmask.errors import RequestError


def test_the_last_path_is_the_output(tmp_path):
    one, two, out = tmp_path / "a", tmp_path / "b", tmp_path / "out"
    assert split([one, two, out]) == ((one, two), out)


def test_an_input_inside_the_output_is_refused(tmp_path):
    (tmp_path / "out" / "in").mkdir(parents=True)
    with pytest.raises(RequestError, match="lies inside the output"):
        split([tmp_path / "out" / "in", tmp_path / "out"])


def test_an_output_inside_the_input_is_fine(tmp_path):
    (tmp_path / "in").mkdir()
    assert split([tmp_path / "in", tmp_path / "in" / "masks"])[1] == tmp_path / "in" / "masks"


def test_jobs_are_as_asked_or_one_a_core():
    assert jobs_or_all(3) == 3
    assert jobs_or_all(None) >= 1
