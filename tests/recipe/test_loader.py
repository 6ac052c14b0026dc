import pytest

from medmask.errors import RecipeError
from medmask.morphology import Close, FillHoles, RemoveSmall, Within
from medmask.recipe import load, loads, preset_names, preset_text, schema
from medmask.thresholds import STRATEGIES, Drop, Fixed, Hysteresis
from medmask.volume import Family


def complaint(text):
    with pytest.raises(RecipeError) as caught:
        loads(text, "mine.yaml")
    return str(caught.value)


@pytest.mark.parametrize("name", ["ct", "mr-body", "xray"])
def test_every_preset_loads_and_bears_its_name(name):
    assert name in preset_names()
    assert load(name).name == name


def test_an_empty_recipe_is_the_defaults():
    recipe = loads("", "empty.yaml")
    assert recipe.name == "empty"
    assert recipe.thresholds.soft_tissue == "auto"
    assert recipe.masks.body == ()


def test_bone_is_looked_for_in_ct_and_radiographs_alone_unless_the_recipe_insists():
    recipe = loads("", "empty.yaml")
    assert [recipe.looks_for_bone(f) for f in (Family.CT, Family.RADIOGRAPH, Family.MR)] == [
        True,
        True,
        False,
    ]
    insisting = loads("thresholds: {bone: {strategy: fixed, level: 64}}", "a.yaml")
    assert insisting.looks_for_bone(Family.MR)
    assert not loads("thresholds: {bone: null}", "a.yaml").looks_for_bone(Family.CT)


def test_strategies_and_steps_become_the_stages_own_objects():
    recipe = loads(
        """
thresholds:
  soft_tissue: {strategy: fixed, native: -190}
  bone: {strategy: drop, near: 60, fallback: {level: 70}, hysteresis: {low_native: 130}}
masks:
  bone:
    - {within: body}
    - {step: close, radius_mm: 2}
    - {step: fill_holes, where: slices}
    - {step: remove_small, volume_mm3: 1000}
""",
        "a.yaml",
    )
    assert recipe.thresholds.soft_tissue.build() == Fixed(native=-190)
    assert isinstance(recipe.thresholds.bone.build(), Drop)
    assert recipe.thresholds.bone.fallback.build() == Fixed(level=70)
    assert recipe.thresholds.bone.hysteresis.build() == Hysteresis(low_native=130)
    wanted = [Within(), Close(radius_mm=2), FillHoles("slices"), RemoveSmall(volume_mm3=1000)]
    assert [step.build() for step in recipe.masks.bone] == wanted


def test_the_digest_follows_the_meaning_and_not_the_spelling():
    one = loads("thresholds: {bone: {strategy: fixed, level: 64}}", "a.yaml")
    same = loads("# words\nthresholds:\n  bone:\n    level: 64.0\n    strategy: fixed\n", "a.yaml")
    other = loads("thresholds: {bone: {strategy: fixed, level: 65}}", "a.yaml")
    assert one.sha256 == same.sha256 != other.sha256


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_known():
    said = complaint("name: x\nthresholds:\n  bone: {strategy: fixed, levle: 64}\n")
    assert said.startswith("mine.yaml:3: thresholds.bone.levle: unknown key (nearest known: level)")


def test_an_unknown_key_at_the_top_is_named_with_its_line():
    assert (
        complaint("name: x\n\nmask: {}\n")
        == "mine.yaml:3: mask: unknown key (nearest known: masks)"
    )


def test_an_unknown_strategy_is_named_with_those_known():
    said = complaint("thresholds:\n  bone:\n    strategy: ostu\n")
    assert said == (
        "mine.yaml:2: thresholds.bone: 'ostu' is not known (nearest known: otsu); "
        f"known are {', '.join(STRATEGIES)}"
    )


def test_an_unknown_key_of_a_step_is_named_with_its_place():
    said = complaint(
        "masks:\n  bone:\n    - {step: open, radius_mm: 1}\n    - {step: close, radius: 2}\n"
    )
    assert "mine.yaml:4: masks.bone[1].radius: unknown key (nearest known: radius_mm)" in said


def test_what_a_step_itself_refuses_has_file_and_line():
    said = complaint("masks:\n  body:\n    - {step: close, radius_mm: -2}\n")
    assert said.startswith("mine.yaml:3: masks.body[0]: ")
    assert "positive" in said


def test_what_hysteresis_refuses_has_file_and_line():
    said = complaint("thresholds:\n  bone:\n    strategy: otsu\n    hysteresis: {low: 130}\n")
    assert said.startswith(
        "mine.yaml:4: thresholds.bone.hysteresis.low: unknown key (nearest known"
    )
    both = "{low_native: 130, low_level: 50}"
    said = complaint(f"thresholds:\n  bone:\n    strategy: otsu\n    hysteresis: {both}\n")
    assert said == (
        "mine.yaml:4: thresholds.bone.hysteresis: hysteresis needs either low_native or low_level"
    )


def test_the_body_cannot_lie_within_itself():
    said = complaint("name: x\nmasks:\n  body:\n    - {within: body}\n")
    assert said.startswith("mine.yaml:3: masks.body: `within: body` has no body yet here")


def test_every_mistake_is_told_at_once():
    assert len(complaint("nmae: x\nmask: {}\n").splitlines()) == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- 1\n- 2\n", "mine.yaml:1: a recipe is a mapping"),
        ("just words", "mine.yaml:1: a recipe is a mapping"),
        ("a: [1, 2\n", "mine.yaml:2: "),
        ("name: a\nname: b\n", "mine.yaml:2: found duplicate key"),
        ("a: &x 1\n", "mine.yaml:1: anchors and aliases are not understood"),
        ("a: !!python/object/apply:os.system ['true']\n", "mine.yaml:1: the tag "),
        ("a: " + "[" * 50 + "]" * 50, "mine.yaml:1: nested more than 16 deep"),
        ("a: " + "x" * 300_000, "mine.yaml: 300003 characters; a recipe has at most 262144"),
        ("a: \x00\n", "mine.yaml: not YAML"),
        (
            "thresholds: {bone: {strategy: fixed, level: .nan}}",
            "mine.yaml:1: thresholds.bone.level",
        ),
        ("outputs: {labels: false}", "mine.yaml:1: outputs.labels: Input should be True"),
    ],
)
def test_what_is_no_recipe_is_refused_in_a_sentence(text, sentence):
    assert complaint(text).startswith(sentence)


def test_an_alias_bomb_is_refused_at_once():
    lines = ["a: &a [x,x,x,x,x,x,x,x,x,x]"]
    lines += [
        f"{chr(98 + k)}: &{chr(98 + k)} [{','.join([f'*{chr(97 + k)}'] * 10)}]" for k in range(8)
    ]
    assert "anchors and aliases" in complaint("\n".join(lines))


def test_a_binary_file_is_refused(tmp_path):
    file = tmp_path / "r.yaml"
    file.write_bytes(bytes(range(256)))
    with pytest.raises(RecipeError, match="not text in UTF-8"):
        load(str(file))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(RecipeError, match="No such file"):
        load(str(tmp_path / "r.yaml"))


def test_a_file_is_loaded_and_named_after_itself(tmp_path):
    file = tmp_path / "night.yaml"
    file.write_text("scale: {kind: percentile, low: 2}")
    assert load(str(file)).name == "night"


def test_an_unknown_preset_is_refused_with_the_nearest():
    with pytest.raises(RecipeError, match=r"no recipe 'xrya' \(nearest known: xray\)"):
        load("xrya")


def test_the_schema_knows_every_step_and_strategy():
    text = str(schema())
    assert all(
        word in text for word in ("remove_small", "keep_largest", "otsu", "drop", "percentile")
    )


def test_the_presets_text_is_what_is_loaded():
    assert loads(preset_text("ct"), "ct").sha256 == load("ct").sha256
