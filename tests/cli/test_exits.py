import pytest
import typer

from medmask.cli.exits import said_clearly
from medmask.errors import MissingInput, OutputLocked, RecipeError, Truncated


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MissingInput("input gone"), 2),
        (RecipeError("a.yaml:1: no\na.yaml:2: no"), 2),
        (OutputLocked("the output is in use"), 3),
        (Truncated("a.nii", "cut", "a whole file"), 1),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("ours"), 70),
    ],
)
def test_every_error_has_its_exit_code_and_sentence(error, code, capsys):
    with pytest.raises(typer.Exit) as caught, said_clearly():
        raise error
    assert caught.value.exit_code == code
    lines = capsys.readouterr().err.splitlines()
    assert any(line.startswith("medmask: ") for line in lines)
    assert ("Traceback" in lines[0]) == (code == 70)


def test_a_command_that_has_spoken_is_not_spoken_over(capsys):
    with pytest.raises(typer.Exit) as caught, said_clearly():
        raise typer.Exit(1)
    assert caught.value.exit_code == 1
    assert capsys.readouterr().err == ""
