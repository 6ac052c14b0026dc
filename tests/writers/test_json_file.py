import json

import pytest

from medmask.writers import json_bytes


def test_any_text_is_written_in_ascii_and_comes_back():
    document = {"name": "caf\udce9 <b>", "value": 1.5, "unknown": None}
    content = json_bytes(document)
    assert content.isascii()
    assert json.loads(content) == document


def test_not_a_number_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_bytes({"x": float("nan")})
