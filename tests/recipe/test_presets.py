from pathlib import Path

import pytest

from medmask.recipe import preset_names, preset_text

CONFIGS = Path(__file__).parents[2] / "configs"


@pytest.mark.parametrize("name", preset_names())
def test_configs_shows_the_preset_that_is_shipped(name):
    assert (CONFIGS / f"{name}.yaml").read_text(encoding="utf-8") == preset_text(name)


@pytest.mark.parametrize("name", preset_names())
def test_the_first_line_of_a_preset_says_what_it_is_for_in_a_whole_sentence(name):
    first = preset_text(name).splitlines()[0]
    assert first.startswith("# ")
    assert first.endswith(".")
    assert len(first) <= 110
