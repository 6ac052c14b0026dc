from medmask.report.waterfall import WIDTH, waterfalls
from tests.report.accounts import account


def changes(*voxels, each=0.001):
    words = ("threshold", "open", "fill_holes", "keep_largest")
    return [
        {"step": step, "voxels": n, "volume_ml": None if each is None else n * each}
        for step, n in zip(words, voxels, strict=False)
    ]


def falls(**masks):
    return waterfalls(account(figures={"changes": masks}))


def test_each_step_stands_with_its_volume_and_what_it_changed():
    (body,) = falls(body=changes(1000, 500, 600))
    assert [(bar.step, bar.amount, bar.change) for bar in body.bars] == [
        ("threshold", "1.0 ml", ""),
        ("open", "0.5 ml", "\N{MINUS SIGN}50.0 %"),
        ("fill holes", "0.6 ml", "+20.0 %"),
    ]


def test_bars_reach_from_the_volume_before_to_that_after():
    (body,) = falls(body=changes(1000, 500, 600, 600))
    assert [(bar.x, bar.wide, bar.kind) for bar in body.bars] == [
        (0, WIDTH, "start"),
        (WIDTH / 2, WIDTH / 2, "loss"),
        (WIDTH / 2, WIDTH / 10, "gain"),
        (0.6 * WIDTH, 1, "same"),
    ]


def test_without_millimetres_pixels_are_counted():
    (bone,) = falls(bone=changes(1234, 1000, each=None))
    assert (bone.name, bone.bars[0].amount) == ("bone", "1,234 px")


def test_a_mask_without_steps_has_no_waterfall():
    assert falls(body=changes(1000), bone=[]) == []
    assert waterfalls(account()) == []


def test_an_empty_mask_stays_empty():
    (body,) = falls(body=changes(0, 0))
    assert [bar.kind for bar in body.bars] == ["start", "same"]
