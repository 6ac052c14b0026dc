import pytest

from medmask.errors import RecipeError
from medmask.recipe import RecipeChoice, known_paths, load, loads, value_of
from medmask.recipe.changes import changed
from medmask.thresholds import STRATEGIES, Fixed, Hysteresis, Valley
from medmask.volume import Family

CT = load("ct")


def complaint(changes, recipe=CT):
    with pytest.raises(RecipeError) as caught:
        changed(recipe, changes)
    return str(caught.value)


def test_a_native_threshold_replaces_a_level_and_the_rest_stays():
    recipe = changed(CT, {"thresholds.bone.native": 300})
    assert recipe.thresholds.bone.build() == Fixed(native=300)
    assert recipe.thresholds.soft_tissue == CT.thresholds.soft_tissue
    assert (recipe.masks, recipe.overlay) == (CT.masks, CT.overlay)
    assert recipe.name == "ct + thresholds.bone.native 300"


def test_what_a_recipe_says_already_is_no_change():
    assert changed(CT, {"thresholds.bone.level": 64, "outputs.masks": False}) is CT


def test_the_order_of_changes_does_not_matter():
    one = {"thresholds.bone.strategy": "valley", "thresholds.bone.near": 60}
    two = dict(reversed(one.items()))
    assert changed(CT, one).sha256 == changed(CT, two).sha256
    assert changed(CT, one).thresholds.bone.build() == Valley(near=60)


def test_another_strategy_starts_anew_but_keeps_what_stands_beside_any():
    text = "thresholds: {bone: {strategy: fixed, native: 250, hysteresis: {low_native: 130}}}"
    recipe = changed(loads(text, "a.yaml"), {"thresholds.bone.strategy": "otsu"})
    assert isinstance(recipe.thresholds.bone.build(), STRATEGIES["otsu"])
    assert recipe.thresholds.bone.hysteresis.build() == Hysteresis(low_native=130)


def test_a_threshold_asked_for_where_there_is_none_is_fixed():
    assert changed(load("mr-body"), {"thresholds.bone.level": 90}).looks_for_bone(Family.MR)


def test_null_takes_a_threshold_away():
    assert changed(CT, {"thresholds.bone": None}).thresholds.bone is None


def test_a_list_may_be_given_whole():
    steps = [{"step": "open", "radius_mm": 3}]
    assert [step.radius_mm for step in changed(CT, {"masks.body": steps}).masks.body] == [3]


def test_a_value_that_cannot_be_is_told_with_what_was_found():
    said = complaint({"thresholds.bone.native": "dense", "input.time_series": "all"})
    assert said.splitlines() == [
        "input.time_series: all: Input should be 'skip', 'first', 'mean' or 'each'",
        (
            "thresholds.bone.native: dense: Input should be a valid number, unable to parse string "
            "as a number"
        ),
    ]


def test_a_key_of_another_strategy_is_told_with_those_of_this_one():
    assert "thresholds.bone.near: 60: unknown key (known: level, native" in complaint(
        {"thresholds.bone.near": 60}
    )
    assert "nearest known: valley" in complaint({"thresholds.bone.strategy": "vally"})


def test_a_whole_and_a_part_of_it_are_not_both_taken():
    said = complaint({"thresholds.bone": "auto", "thresholds.bone.native": 300})
    assert said == (
        "thresholds.bone.native: thresholds.bone is given as well; one of the two is needed"
    )


def test_auto_is_changed_in_each_recipe_that_it_may_take():
    choice = RecipeChoice.of("auto").changed({"thresholds.bone.native": 300})
    natives = {choice.for_family(family).thresholds.bone.native for family in Family}
    assert natives == {300}
    assert choice.name == "auto + thresholds.bone.native 300"


def test_auto_names_the_recipe_that_cannot_be_changed_so():
    with pytest.raises(RecipeError, match=r"\(in mr-body, which auto may take; name a recipe\)"):
        RecipeChoice.of("auto").changed({"thresholds.soft_tissue.native": -190})


def test_a_choice_without_changes_is_the_same():
    choice = RecipeChoice.of("auto")
    assert choice.changed({}) is choice


def test_long_names_keep_within_what_a_recipe_may_be_called():
    changes = {f"overlay.window.{key}": 400 for key in ("level", "width")}
    many = changes | {"thresholds.bone.native": 226.125, "input.irregular": "refuse"}
    assert changed(CT, many).name == "ct + 4 changes"
    assert len(changed(CT, {"input.annotations": ["{stem}_" + "x" * 80]}).name) <= 80


def test_known_paths_hold_every_parameter_of_every_strategy():
    paths = known_paths()
    for name, strategy in STRATEGIES.items():
        fields = strategy.__dataclass_fields__
        assert {f"thresholds.bone.{field}" for field in fields} <= set(paths), name
    assert {"masks.body", "overlay.window.width", "scale.native_at_32"} <= set(paths)
    assert "thresholds.bone.fallback.native" in paths


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("300", 300),
        ("1e-3", 0.001),
        ("null", None),
        ("true", True),
        ("valley", "valley"),
        ("[2.5, 0.8, 0.8]", [2.5, 0.8, 0.8]),
        ("[{step: open, radius_mm: 2}]", [{"step": "open", "radius_mm": 2}]),
    ],
)
def test_a_value_is_read_as_in_a_recipe(text, value):
    assert value_of(text) == value
    assert type(value_of(text)) is type(value)


@pytest.mark.parametrize("text", ["a: b", "1\nb: 2", "&a 3", "*a", "!!python/x 3", "- 1", "'", "#"])
def test_what_is_not_one_value_is_refused(text):
    with pytest.raises(RecipeError, match="value"):
        value_of(text)
