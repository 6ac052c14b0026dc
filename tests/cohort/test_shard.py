import os
import subprocess
import sys

import pytest

from medmask.cohort import (
    CrewOptions,
    Journal,
    Request,
    Shard,
    Silent,
    look_at,
    merge_shards,
    run,
    write_tables,
)
from medmask.cohort.owner import Owner
from medmask.errors import MissingInput, OutputLocked, RequestError
from medmask.pipeline import MaskScan
from medmask.recipe import RecipeChoice
from tests.faults.night import Night, write_cohort


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    folder = write_cohort(tmp_path_factory.mktemp("shards") / "in", 5)
    (folder / "broken.nii.gz").write_bytes(b"\x1f\x8b")
    (folder / "notes.txt").write_text("words")
    return folder


def ran(inputs, output, shard=None):
    crew = CrewOptions(2)
    request = Request((inputs,), output, RecipeChoice.of("ct"), crew, modality="CT", shard=shard)
    return run(request, MaskScan(request.recipes, request.reading, output), Silent())


@pytest.mark.parametrize("count", [1, 2, 7])
def test_every_scan_belongs_to_one_part(count):
    for name in ("a", "b-1", "c/d"):
        assert sum(Shard(k, count).holds(name) for k in range(1, count + 1)) == 1


def test_parts_are_the_same_everywhere():
    names = [f"scan-{k}" for k in range(40)]
    script = f"from medmask.cohort import Shard; print([Shard(2, 3).holds(n) for n in {names}])"
    environment = os.environ | {"PYTHONHASHSEED": "5"}
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    assert said.stdout.strip() == str([Shard(2, 3).holds(name) for name in names])


@pytest.mark.parametrize("text", ["0/3", "4/3", "1/0", "1", "a/b", "-1/3", "1/3/4"])
def test_a_part_that_cannot_be_is_refused(text):
    with pytest.raises(RequestError, match="--shard"):
        Shard.of(text)


def test_parts_come_to_the_bytes_of_the_whole(inputs, tmp_path):
    whole = Night(inputs, tmp_path / "whole")
    ran(inputs, whole.output)
    parts = Night(inputs, tmp_path / "parts")
    for k in (3, 1):
        ran(inputs, parts.output, Shard(k, 3))
    assert not (parts.output / "scans.csv").exists()
    assert merge_shards(parts.output) == ("2/3",)
    ran(inputs, parts.output, Shard(2, 3))
    assert merge_shards(parts.output) == ()
    with Journal(parts.output) as journal:
        write_tables(parts.output, journal)
        assert journal.fact("run")["not_used"] == {"text beside the scans": 1}
    assert parts.digests() == whole.digests()
    (look,) = look_at(parts.output)
    assert (look.rows, look.expected, look.left) == (6, 6, 0)
    assert ran(inputs, parts.output).worked_on == 0, "the whole goes on where its parts ended"


def test_a_part_goes_on_by_itself(inputs, tmp_path):
    first = ran(inputs, tmp_path / "out", Shard(1, 2))
    again = ran(inputs, tmp_path / "out", Shard(1, 2))
    assert 0 < first.worked_on < 6
    assert again.worked_on == 0


def test_parts_of_one_split_may_run_side_by_side_and_others_may_not(inputs, tmp_path):
    ran(inputs, tmp_path / "out", Shard(1, 2))
    with Journal(tmp_path / "out", Shard(1, 2).journal) as busy:
        busy.claim(Owner.me())
        ran(inputs, tmp_path / "out", Shard(2, 2))
        with pytest.raises(OutputLocked, match=r"in use by process .* \(journal-1-of-2.sqlite\)"):
            ran(inputs, tmp_path / "out", Shard(2, 3))
        with pytest.raises(OutputLocked):
            ran(inputs, tmp_path / "out")


def test_two_splits_are_not_merged(inputs, tmp_path):
    ran(inputs, tmp_path / "out", Shard(1, 2))
    ran(inputs, tmp_path / "out", Shard(1, 3))
    with pytest.raises(MissingInput, match="parts of 2 and of 3"):
        merge_shards(tmp_path / "out")
