import psutil
import pytest

from medmask.cohort.allowance import allowed_mb, group_room_mb

MB = 2**20


def group(folder, limit, usage, stat):
    folder.mkdir(parents=True, exist_ok=True)
    names = ("memory.max", "memory.current") if "inactive_file" in stat[:13] else V1
    for file, text in zip((*names, "memory.stat"), (limit, usage, stat), strict=True):
        (folder / file).write_text(f"{text}\n")


V1 = ("memory.limit_in_bytes", "memory.usage_in_bytes")


@pytest.fixture
def membership(tmp_path):
    def write(text):
        path = tmp_path / "cgroup"
        path.write_text(text)
        return path

    return write


def test_what_is_asked_for_is_taken():
    assert allowed_mb(1.5) == 1536


def test_the_default_is_a_share_of_what_is_available():
    assert 0 < allowed_mb(None) <= 0.81 * psutil.virtual_memory().available / MB


def test_a_containers_limit_leaves_what_it_does_not_use_yet(tmp_path, membership):
    group(tmp_path / "job" / "step", 1000 * MB, 300 * MB, f"inactive_file {100 * MB}")
    assert group_room_mb(membership("0::/job/step\n"), tmp_path) == 800


def test_the_tightest_group_on_the_way_up_holds(tmp_path, membership):
    group(tmp_path / "job", 600 * MB, 200 * MB, "inactive_file 0")
    group(tmp_path / "job" / "step", "max", 0, "inactive_file 0")
    assert group_room_mb(membership("0::/job/step\n"), tmp_path) == 400


def test_version_1_is_honoured_too(tmp_path, membership):
    group(tmp_path / "memory" / "job", 900 * MB, 100 * MB, "total_inactive_file 0")
    text = "5:cpu:/job\n4:memory:/job\n0::/\n"
    assert group_room_mb(membership(text), tmp_path) == 800


def test_a_container_that_sees_only_its_root_is_honoured(tmp_path, membership):
    group(tmp_path, 500 * MB, 0, "inactive_file 0")
    assert group_room_mb(membership("0::/../../elsewhere\n"), tmp_path) == 500


def test_without_groups_there_is_no_limit(tmp_path):
    assert group_room_mb(tmp_path / "none", tmp_path) == float("inf")
