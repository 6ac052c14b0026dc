import pytest

from medmask.cohort import Request
from medmask.errors import RequestError
from medmask.recipe import RecipeChoice

CHOICE = RecipeChoice.of("ct")


def test_an_input_inside_the_output_is_refused(tmp_path):
    (tmp_path / "out/in").mkdir(parents=True)
    with pytest.raises(RequestError, match="lies inside the output"):
        Request((tmp_path / "out/in",), tmp_path / "out", CHOICE)


def test_an_input_that_is_the_output_is_refused(tmp_path):
    with pytest.raises(RequestError, match="is the output as well"):
        Request((tmp_path,), tmp_path / "x/..", CHOICE)


def test_an_output_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(RequestError, match="out: a file; a folder is needed"):
        Request((tmp_path / "in",), tmp_path / "out", CHOICE)


def test_an_output_inside_the_input_is_fine(tmp_path):
    assert Request((tmp_path,), tmp_path / "masks", CHOICE).inputs == (tmp_path,)


def test_a_run_over_nothing_is_refused(tmp_path):
    with pytest.raises(RequestError, match="an input is needed"):
        Request((), tmp_path / "out", CHOICE)
