import threading

import pytest

from medmask.cohort.agenda import Agenda, Crowded, Job
from medmask.cohort.forecast import Forecast
from medmask.errors import OutOfMemory
from medmask.scan import Format, Scan


def job(name, memory_mb):
    return Job(Scan(name, name, name, Format.NIFTI, ()), None, Forecast(memory_mb))


def agenda(**sizes):
    return Agenda([job(name, mb) for name, mb in sizes.items()], 1000.0)


def name(room):
    return room.job.scan.source


def later(work):
    """Start work in a thread; whether it has ended is the thread's is_alive."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(0.1)
    return thread


def test_the_largest_comes_first():
    some = agenda(a=100, b=300, c=200)
    assert [name(some.next()) for _ in range(3)] == ["b", "c", "a"]
    assert some.next() is None


def test_what_does_not_fit_beside_the_others_lets_smaller_ones_pass():
    some = agenda(a=700, b=600, c=200)
    assert [name(some.next()) for _ in range(2)] == ["a", "c"]


def test_it_waits_for_room_and_goes_on_when_there_is_some():
    some = agenda(a=700, b=600)
    first, found = some.next(), []
    waiting = later(lambda: found.append(some.next()))
    assert waiting.is_alive()
    first.leave()
    waiting.join(5)
    assert [name(room) for room in found] == ["b"]


def test_a_scan_that_outgrows_its_forecast_keeps_others_out():
    some = agenda(a=500, b=450)
    some.next().watch(600)
    waiting = later(some.next)
    assert waiting.is_alive()
    some.stop()
    waiting.join(5)
    assert not waiting.is_alive()


def test_what_all_may_take_no_one_may_take_alone():
    with pytest.raises(OutOfMemory, match=r"took 1,001 MB .* within 1,000 MB"):
        agenda(a=500).next().watch(1001)


def test_of_scans_that_are_too_much_together_the_one_beyond_its_forecast_gives_way():
    some = agenda(a=500, b=400)
    big, small = some.next(), some.next()
    big.watch(520)
    with pytest.raises(Crowded):
        small.watch(490)
    big.watch(520)


def test_a_scan_that_is_put_off_comes_last_and_alone():
    some = agenda(a=300, b=200, c=100)
    first, second = some.next(), some.next()
    first.put_off()
    third = some.next()
    assert name(third) == "c", "others go on meanwhile"
    found = []
    waiting = later(lambda: found.append(some.next()))
    second.leave()
    waiting.join(0.1)
    assert waiting.is_alive(), "another one is still at work"
    third.leave()
    waiting.join(5)
    assert found == [first]
    assert first.has_all
    assert some.next() is None


def test_scans_that_are_put_off_come_one_after_the_other():
    some = agenda(a=300, b=200)
    rooms = some.next(), some.next()
    for room in rooms:
        room.put_off()
    first, found = some.next(), []
    waiting = later(lambda: found.append(some.next()))
    assert waiting.is_alive()
    first.leave()
    waiting.join(5)
    assert {first, *found} == set(rooms)


def test_nobody_waits_for_what_was_put_off_when_the_run_is_stopped():
    some = agenda(a=300, b=200)
    some.next().put_off()
    some.next()
    waiting = later(some.next)
    assert waiting.is_alive()
    some.stop()
    waiting.join(5)
    assert not waiting.is_alive()
