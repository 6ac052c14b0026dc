import pytest

from medmask.errors import RecipeError
from medmask.recipe import RecipeChoice, load
from medmask.volume import Family


@pytest.mark.parametrize(
    ("family", "name"),
    [
        (Family.CT, "ct"),
        (Family.RADIOGRAPH, "xray"),
        (Family.MR, "mr-body"),
        (Family.OTHER, "mr-body"),
    ],
)
def test_auto_takes_the_preset_of_the_family(family, name):
    assert RecipeChoice.of("auto").for_family(family).name == name


def test_a_named_recipe_is_taken_for_everything():
    choice = RecipeChoice.of("ct")
    assert {choice.for_family(family).name for family in Family} == {"ct"}
    assert choice.sha256 == RecipeChoice.always(load("ct")).sha256 != RecipeChoice.of("auto").sha256


def test_an_unknown_one_is_refused():
    with pytest.raises(RecipeError, match="no recipe"):
        RecipeChoice.of("nothing-like-it")
