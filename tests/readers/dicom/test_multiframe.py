import numpy as np
import pytest
from openjpeg.utils import encode_array
from pydicom.encaps import encapsulate
from pydicom.pixels.encoders import RLELosslessEncoder
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    RLELossless,
)

from medmask.errors import (
    BadHeader,
    Damaged,
    DuplicatePositions,
    MultiFrame,
    Truncated,
)
from medmask.readers.dicom import group, read_header, read_series
from medmask.readers.options import ReadOptions
from tests.dicom_files import multiframe_dataset, uid, write_series, write_slice

OPTIONS = ReadOptions()
VOXELS = (np.arange(6 * 40 * 50).reshape(6, 40, 50) % 1000).astype(np.int16)
HEIGHTS = [0.0, 2.5, 5.0, 7.5, 10.0, 12.5]
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)


def written(tmp_path, voxels=VOXELS, frames=None, **tags):
    frames = frames or [{"z": z} for z in HEIGHTS]
    return write_slice(tmp_path / "m.dcm", multiframe_dataset(voxels, frames, **tags))


def volumes_of(path):
    return {s.key: read_series(s.files, OPTIONS, s.stack) for s in group([read_header(path)])}


def only_volume(path):
    (volume,) = volumes_of(path).values()
    return volume


@pytest.mark.parametrize(
    "syntax",
    [
        ExplicitVRLittleEndian,
        ImplicitVRLittleEndian,
        ExplicitVRBigEndian,
        DeflatedExplicitVRLittleEndian,
    ],
)
def test_frames_are_slices_in_every_native_syntax(tmp_path, syntax):
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    pixels = VOXELS.astype(f"{order}i2").tobytes()
    volume = only_volume(written(tmp_path, transfer_syntax=syntax, PixelData=pixels))
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    assert volume.grid.spacing_mm == (2.5, 0.8, 0.7)
    assert (volume.rescale.intercept, volume.unit, volume.warnings) == (-1024.0, "HU", ())


def test_frames_in_any_order_lie_where_they_say(tmp_path):
    order = [3, 0, 5, 1, 4, 2]
    path = written(tmp_path, VOXELS[order], [{"z": HEIGHTS[k]} for k in order])
    volume = only_volume(path)
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    np.testing.assert_allclose(volume.grid.world((5, 0, 0)), (-10, -20, 12.5))


def test_mirrored_rows_turn_the_stack_and_stay_in_place(tmp_path):
    volume = only_volume(written(tmp_path, orientation=(-1.0, 0, 0, 0, 1, 0)))
    np.testing.assert_array_equal(volume.voxels, VOXELS[::-1])  # the normal looks down
    np.testing.assert_allclose(volume.grid.world((0, 0, 1)), (-10.7, -20, 12.5))


def test_undefined_lengths_of_sequences_and_items_are_walked(tmp_path):
    dataset = multiframe_dataset(VOXELS, [{"z": z} for z in HEIGHTS])
    for keyword in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        dataset[keyword].is_undefined_length = True
        for item in dataset[keyword].value:
            item.is_undefined_length_sequence_item = True
    volume = only_volume(write_slice(tmp_path / "m.dcm", dataset))
    np.testing.assert_array_equal(volume.voxels, VOXELS)


def test_each_frame_keeps_its_own_rescale(tmp_path):
    frames = [{"z": z, "slope": 1 + k} for k, z in enumerate(HEIGHTS)]
    volume = only_volume(written(tmp_path, frames=frames))
    assert [w.code for w in volume.warnings] == ["per_slice_rescale"]
    expected = VOXELS * np.arange(1, 7)[:, None, None] - 1024
    np.testing.assert_array_equal(volume.voxels, expected.astype(np.float32))


def test_stack_ids_make_scans_of_their_own(tmp_path):
    frames = [{"z": z, "stack": str(10 - k % 2)} for k, z in enumerate(HEIGHTS)]
    volumes = volumes_of(written(tmp_path, frames=frames))
    assert [key.rpartition("-stack-")[2] for key in volumes] == ["1", "2"]
    first, second = volumes.values()
    np.testing.assert_array_equal(first.voxels, VOXELS[1::2])  # stack 9 comes before stack 10
    np.testing.assert_array_equal(second.voxels, VOXELS[::2])


@pytest.mark.parametrize(
    "mark",
    [
        lambda k: {"frame_type": ["ORIGINAL", "PRIMARY", "M" if k < 3 else "PHASE"]},
        lambda k: {"temporal": 1 + k // 3},
        lambda k: {"echo_time": 4.2 if k < 3 else 9.8},
        lambda k: {"slope": 1 + k // 3},
    ],
)
def test_volumes_at_one_place_are_parted_by_what_differs(tmp_path, mark):
    frames = [{"z": HEIGHTS[k % 3], **mark(k)} for k in range(6)]
    first, second = volumes_of(written(tmp_path, frames=frames)).values()
    assert first.grid.matches(second.grid)
    np.testing.assert_array_equal(first.voxels, VOXELS[:3])
    np.testing.assert_array_equal(second.voxels, VOXELS[3:])


def test_two_marks_together_part_what_neither_parts_alone(tmp_path):
    voxels = np.concatenate([VOXELS, VOXELS + 7])[:8]
    frames = [
        {"z": 2.5 * (k % 2), "echo_time": 4 + k // 2 % 2, "temporal": 1 + k // 4} for k in range(8)
    ]
    volumes = volumes_of(written(tmp_path, voxels, frames))
    assert len(volumes) == 4
    np.testing.assert_array_equal(np.concatenate([v.voxels for v in volumes.values()]), voxels)


def test_two_views_in_one_instance_are_two_scans(tmp_path):
    frames = [{"z": z} for z in HEIGHTS[:3]] + [{"z": 0.0, "orientation": CORONAL}]
    keys = list(volumes_of(written(tmp_path, VOXELS[:4], frames)))
    assert [key.rpartition("-")[2] for key in keys] == ["axial", "coronal"]


def test_frames_at_one_place_that_nothing_parts_are_refused(tmp_path):
    path = written(tmp_path, frames=[{"z": HEIGHTS[k % 3]} for k in range(6)])
    with pytest.raises(DuplicatePositions, match="a second slice at"):
        volumes_of(path)


def test_a_missing_frame_is_interpolated(tmp_path):
    frames = [{"z": z} for z in (*HEIGHTS[:3], *HEIGHTS[4:])]
    volume = only_volume(written(tmp_path, np.delete(VOXELS, 3, axis=0), frames))
    assert [w.code for w in volume.warnings] == ["irregular_resampled"]
    assert len(volume.voxels) == 6


def compressed(syntax, pieces):
    if syntax == JPEG2000Lossless:
        frames = [encode_array(frame) for frame in VOXELS]
    else:
        facts = {"rows": 40, "columns": 50, "samples_per_pixel": 1, "number_of_frames": 1}
        facts |= {"bits_allocated": 16, "bits_stored": 16, "pixel_representation": 1}
        facts |= {"photometric_interpretation": "MONOCHROME2"}
        frames = [RLELosslessEncoder.encode(frame.tobytes(), **facts) for frame in VOXELS]
    return encapsulate(frames, fragments_per_frame=pieces, has_bot=pieces == 1)


@pytest.mark.parametrize(
    ("syntax", "pieces"), [(RLELossless, 1), (JPEG2000Lossless, 1), (JPEG2000Lossless, 3)]
)
def test_compressed_frames_are_found_whatever_their_fragments(tmp_path, syntax, pieces):
    data = compressed(syntax, pieces)
    order = [4, 1, 5, 0, 3, 2]
    frames = [{"z": HEIGHTS[k]} for k in order]
    volume = only_volume(written(tmp_path, frames=frames, transfer_syntax=syntax, PixelData=data))
    np.testing.assert_array_equal(volume.voxels, VOXELS[np.argsort(order)])


def test_fragments_of_another_number_of_frames_are_damaged(tmp_path):
    data = encapsulate([encode_array(frame) for frame in VOXELS[:5]])
    path = written(tmp_path, transfer_syntax=JPEG2000Lossless, PixelData=data)
    with pytest.raises(Damaged, match="5 fragments with 5 beginnings for 6 frames"):
        volumes_of(path)


def test_one_frame_with_groups_is_a_slice_among_slices(tmp_path):
    files = []
    for k in range(3):
        dataset = multiframe_dataset(VOXELS[k : k + 1], [{"z": HEIGHTS[k]}])
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = uid(f"one{k}")
        files.append(write_slice(tmp_path / f"{k}.dcm", dataset))
    (series,) = group(map(read_header, files))
    assert (series.key, series.stack) == ("", "")
    volume = read_series(series.files, OPTIONS)
    np.testing.assert_array_equal(volume.voxels, VOXELS[:3])


def test_a_series_and_its_multi_frame_copy_are_two_scans(tmp_path):
    files = [*write_series(tmp_path / "slices", VOXELS), written(tmp_path)]
    one, other = group(map(read_header, files))
    assert (len(one.files), len(other.files)) == (6, 1)
    np.testing.assert_array_equal(
        read_series(one.files, OPTIONS).voxels,
        read_series(other.files, OPTIONS, other.stack).voxels,
    )


def test_a_stack_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    frames = [{"z": z, "stack": str(k % 2)} for k, z in enumerate(HEIGHTS)]
    with pytest.raises(MultiFrame, match="2 stacks of frames in one instance, none called ''") as e:
        read_series([written(tmp_path, frames=frames)], OPTIONS)
    assert str(e.value).endswith("accepted: one of 'stack-1', 'stack-2'")


def test_groups_that_do_not_fit_the_frames_are_a_bad_header(tmp_path):
    path = written(tmp_path, frames=[{"z": z} for z in HEIGHTS[:5]])
    header = read_header(path)
    assert isinstance(header.fault, BadHeader)
    assert "5 items of Per-Frame Functional Groups for 6 frames" in str(header.fault)


def test_frames_without_a_position_are_refused(tmp_path):
    with pytest.raises(MultiFrame, match="6 frames in one instance that do not say where they lie"):
        volumes_of(written(tmp_path, frames=[{}] * 6))


def pieces(tmp_path, cuts=((0, 2), (2, 3), (3, 6)), total=3):
    """One object of six frames in several files."""
    files = []
    for number, (start, end) in enumerate(cuts):
        frames = [{"z": z} for z in HEIGHTS[start:end]]
        tags = {
            "ConcatenationUID": uid("all"),
            "ConcatenationFrameOffsetNumber": start,
            "InConcatenationTotalNumber": total,
            "SOPInstanceUID": uid(f"piece {number}"),
        }
        piece = multiframe_dataset(VOXELS[start:end], frames, **tags)
        files.append(write_slice(tmp_path / f"{9 - number}.dcm", piece))
    return files


def test_the_pieces_of_a_concatenation_are_one_volume(tmp_path):
    (series,) = group([read_header(path) for path in pieces(tmp_path)])
    assert len(series.files) == 3
    volume = read_series(series.files, OPTIONS, series.stack)
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    np.testing.assert_allclose(volume.grid.world((5, 0, 0)), (-10, -20, 12.5))


def test_copies_of_pieces_are_left_out(tmp_path):
    files = [*pieces(tmp_path / "a"), *pieces(tmp_path / "b")]
    (series,) = group([read_header(path) for path in files])
    volume = read_series(series.files, OPTIONS, series.stack)
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    assert [warning.code for warning in volume.warnings] == ["duplicate_instances"]


@pytest.mark.parametrize(
    ("cuts", "total", "sentence"),
    [
        (((0, 2), (3, 6)), None, "next piece begins with frame 3, not 2"),
        (((2, 6),), None, "next piece begins with frame 2, not 0"),
        (((0, 2), (2, 5)), 3, "2 of 3 pieces of a concatenation"),
    ],
)
def test_a_concatenation_without_a_piece_is_refused(tmp_path, cuts, total, sentence):
    (series,) = group([read_header(path) for path in pieces(tmp_path, cuts, total)])
    with pytest.raises(MultiFrame, match=sentence):
        read_series(series.files, OPTIONS, series.stack)


def test_frames_cut_at_the_end_are_truncated(tmp_path):
    path = written(tmp_path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(Truncated, match=r"23900 bytes of pixel data for 40 rows .* x 6 frames"):
        volumes_of(path)


def test_a_file_cut_in_its_groups_is_truncated(tmp_path):
    path = written(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"\x00\x52\x30\x92") + 300])
    assert isinstance(read_header(path).fault, Truncated)
