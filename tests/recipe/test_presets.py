from pathlib import Path

import pytest

from medmask.recipe import preset_names, preset_text

CONFIGS = Path(__file__).parents[2] / "configs"


@pytest.mark.parametrize("name", preset_names())
def test_configs_shows_the_preset_that_is_shipped(name):
    assert (CONFIGS / f"{name}.yaml").read_text(encoding="utf-8") == preset_text(name)
