"""When several people can meet, and why then."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitong.timing import Busy, CalendarError, Guest, MeetingTime, WorkingTime, find_meeting

SHANGHAI = ZoneInfo("Asia/Shanghai")
TUESDAY = date(2026, 11, 24)
NEW_YORK = {"zone": "America/New_York", "working": WorkingTime(country="US")}


def at(clock: str, day: date = TUESDAY, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone)


def busy(*spans: str, day: date = TUESDAY, soft: bool = False) -> list[Busy]:
    return [Busy(at(s, day), at(e, day), soft) for s, e in (x.split("-") for x in spans)]


def on_tuesday(*guests: Guest, **more: object) -> tuple[MeetingTime, ...]:
    options = {"start": TUESDAY, "end": TUESDAY, "language": "zh"} | more
    return find_meeting(guests, **options)  # type: ignore[arg-type]


def clocks(times: tuple[MeetingTime, ...]) -> list[str]:
    return [f"{m.start:%H:%M}" for m in times]


@pytest.mark.points("1.4", "2.5", "3.4", "4.4")
def test_all_who_must_come_are_free_and_the_reason_says_so() -> None:
    leader = Guest(busy("09:00-12:00", "13:30-15:00"), "高总")
    other = Guest(busy("16:00-18:00"), "王经理")
    (best,) = on_tuesday(leader, other, minutes=45)[:1]
    assert (best.start, best.end) == (at("15:15"), at("16:00"))
    assert best.score > 0.6
    assert best.reasons == ("两位都有空，当天不算满。", "只是王经理会后紧接着有事。")


def test_a_required_persons_free_time_is_worth_more_than_an_optional_ones() -> None:
    must, other = Guest(busy("09:00-15:00"), "高总"), Guest(busy("15:00-18:00"), "李工", required=False)
    (best,) = on_tuesday(must, other, count=1)
    assert best.start >= at("15:00")
    assert best.missing == (1,)
    assert best.reasons[0].startswith("高总有空，李工来不了")


def test_most_of_those_who_need_not_come_can() -> None:
    guests = [Guest([], "高总"), *(Guest(busy("09:00-16:00"), f"{n}", required=False) for n in range(3))]
    guests.append(Guest(busy("16:00-18:00"), "早班", required=False))
    (best,) = on_tuesday(*guests, count=1)
    assert best.start >= at("16:00")
    assert best.missing == (4,)


def test_tentative_time_ranks_below_free_time_and_says_so() -> None:
    leader, other = Guest(busy("09:00-15:00"), "高总"), Guest(busy("15:00-17:00", soft=True), "王经理")
    best, *rest = on_tuesday(leader, other, count=3, minutes=60)
    assert best.start == at("17:00")
    assert rest
    for each in rest:
        assert 0.4 <= each.score < 0.6 < best.score
        assert "王经理那时有未定的安排，最好先问一声。" in each.reasons


def test_a_room_is_needed_like_a_person_but_keeps_no_hours() -> None:
    room = Guest(busy("09:00-17:00"), "三楼小会议室", working=None)
    (best,) = on_tuesday(Guest([], "高总"), room, count=1)
    assert best.start >= at("17:00")
    assert best.reasons[0].startswith("高总有空")
    late = on_tuesday(Guest([], "高总"), Guest(busy("09:00-18:00"), "三楼小会议室", working=None))
    assert late[0].missing == ()
    assert late[0].reasons[1] == "对高总来说不是上班时间。"


def test_each_ones_hours_count_by_their_own_clock() -> None:
    berlin = Guest([], "Anna", zone="Europe/Berlin", working=WorkingTime(country="DE"))
    found = on_tuesday(Guest([], "高总"), berlin, count=10)
    assert all(at("16:00") <= m.start and m.end <= at("18:00") for m in found)
    for each in found:
        assert f"Anna那边是 {each.start.astimezone(ZoneInfo('Europe/Berlin')):%-H:%M}。" in each.reasons


def test_without_common_hours_the_clock_of_who_is_disturbed_is_named() -> None:
    found = on_tuesday(Guest([], "高总"), Guest([], "Ann", **NEW_YORK), language="en")
    assert found
    for each in found:
        local = each.start.astimezone(ZoneInfo("America/New_York")).time()
        assert time(7) <= local <= time(21, 30)
        assert time(7) <= each.start.time() <= time(21, 30)
        assert 0.2 <= each.score < 0.4
        assert any("outside working hours" in reason for reason in each.reasons)
    evening = next(m for m in found if f"{m.start:%H:%M}" == "08:00")
    assert "It is Monday 19:00 for Ann, outside working hours." in evening.reasons


def test_where_nobody_can_the_best_near_misses_name_who_is_missing() -> None:
    guests = (Guest(busy("09:00-13:30"), "高总"), Guest(busy("13:30-18:00"), "王经理"), Guest([], "许宁"))
    found = find_meeting(guests, start=at("09:00"), end=at("18:00"), language="zh")
    assert found
    for each in found:
        assert each.score < 0.2
        assert each.missing == ((0,) if each.end <= at("13:30") else (1,))
        assert each.reasons[0] == f"{'高总' if each.missing == (0,) else '王经理'}来不了，凑不齐。"


def test_where_nobody_at_all_could_come_nothing_is_suggested() -> None:
    assert find_meeting([Guest(busy("09:00-18:00"))], start=at("09:00"), end=at("18:00")) == ()
    assert find_meeting([Guest([])], start=at("09:00"), end=at("09:10")) == ()


def test_who_has_no_calendar_is_named() -> None:
    assert "没有王经理的日历，只按上班时间推算。" in on_tuesday(Guest([], "高总"), Guest(None, "王经理"))[0].reasons


def test_nameless_people_are_told_by_their_place() -> None:
    found = on_tuesday(Guest([]), Guest(busy("09:00-18:00"), required=False), language="zh-Hant")
    assert found[0].reasons[0].startswith("第 1 位有空，第 2 位來不了")


def test_a_holiday_and_a_moved_working_day_count_as_announced() -> None:
    sunday_work, national_day = date(2025, 9, 28), date(2025, 10, 1)
    assert find_meeting([Guest([]), Guest([])], start=sunday_work, end=sunday_work)
    assert find_meeting([Guest([]), Guest([])], start=national_day, end=national_day) == ()


def test_calendar_files_are_read_in_each_ones_zone() -> None:
    text = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261124T090000\r\n"
        "DTEND:20261124T170000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    (best,) = find_meeting([Guest(text.encode(), "高总")], start=TUESDAY, end=TUESDAY, count=1)
    assert best.start >= at("17:00")


@pytest.mark.parametrize("wrong", [{"minutes": 0}, {"minutes": 481}, {"count": -1}])
def test_what_makes_no_sense_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="minutes"):
        find_meeting([Guest([])], start=TUESDAY, end=TUESDAY, **wrong)
    with pytest.raises(ValueError, match="guests"):
        find_meeting([], start=TUESDAY, end=TUESDAY)


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("tz", {"zone": "Mars/Olympus"}),
        ("to", {"end": TUESDAY + timedelta(days=4000)}),
        ("from", {"start": date(1, 1, 1)}),
        ("to", {"end": date(9999, 12, 31)}),
    ],
)
def test_a_window_or_zone_that_cannot_be_used_is_named(path: str, options: dict[str, object]) -> None:
    with pytest.raises(CalendarError) as refused:
        find_meeting([Guest([])], **({"start": TUESDAY, "end": TUESDAY} | options))
    assert refused.value.problem.path == path


# --- what holds for any people ---

MONDAY = datetime(2026, 11, 23, tzinfo=SHANGHAI)
SPANS = st.builds(
    lambda start, length, soft: Busy(
        MONDAY + timedelta(minutes=start), MONDAY + timedelta(minutes=start + length), soft
    ),
    st.integers(0, 10 * 24 * 60),
    st.integers(1, 600),
    st.booleans(),
)
ZONES = st.sampled_from(["Asia/Shanghai", "Asia/Kolkata", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"])
GUESTS = st.lists(
    st.builds(
        Guest,
        st.one_of(st.none(), st.lists(SPANS, max_size=25)),
        required=st.booleans(),
        zone=ZONES,
        working=st.sampled_from([WorkingTime(), WorkingTime(country="US"), None]),
    ),
    min_size=1,
    max_size=5,
)
LENGTHS = st.sampled_from([5, 20, 30, 45, 60, 180])


def _overlaps(busy: list[Busy] | None, m: MeetingTime) -> bool:
    return any(not b.soft and b.start < m.end and b.end > m.start for b in busy or [])


@settings(deadline=None, max_examples=150)
@given(GUESTS, LENGTHS)
def test_nobody_is_suggested_a_time_in_which_they_are_busy(guests: list[Guest], minutes: int) -> None:
    found = find_meeting(guests, start=MONDAY, end=MONDAY + timedelta(days=7), minutes=minutes)
    for each in found:
        for n, guest in enumerate(guests):
            if _overlaps(guest.calendar, each):  # type: ignore[arg-type]
                assert n in each.missing
                assert not guest.required or each.score < 0.2
        if each.score >= 0.2:
            assert not any(guests[n].required for n in each.missing)
        assert each.end - each.start == timedelta(minutes=minutes)
        assert each.start.astimezone(UTC).minute % 15 == 0
        assert each.start >= MONDAY
        assert each.end <= MONDAY + timedelta(days=7)
    assert [m.score for m in found] == sorted((m.score for m in found), reverse=True)
    assert all(abs(a.start - b.start) >= timedelta(hours=1) for a, b in pairwise(sorted(found, key=lambda m: m.start)))


@settings(deadline=None, max_examples=150)
@given(GUESTS, LENGTHS, st.integers(0, 30), st.integers(0, 30))
def test_the_same_times_are_suggested_whatever_window_holds_them(
    guests: list[Guest], minutes: int, before: int, after: int
) -> None:
    wide = find_meeting(guests, start=MONDAY, end=MONDAY + timedelta(days=7), minutes=minutes)
    if not wide:
        return
    start = min(m.start for m in wide) - timedelta(minutes=7 * before)
    end = max(m.end for m in wide) + timedelta(minutes=7 * after)
    window = {"start": max(start, MONDAY), "end": min(end, MONDAY + timedelta(days=7))}
    assert find_meeting(guests, minutes=minutes, **window) == wide


@settings(deadline=None, max_examples=60)
@given(GUESTS, st.integers(0, 3))
def test_busy_time_in_any_order_and_pieces_says_the_same(guests: list[Guest], seed: int) -> None:
    def jumbled(spans: object) -> object:
        if not isinstance(spans, list):
            return spans
        halves = [half for b in spans for half in _halves(b)]
        return halves[seed:][::-1] + halves[:seed]

    other = [Guest(jumbled(g.calendar), g.name, g.required, g.zone, g.working) for g in guests]  # type: ignore[arg-type]
    window = {"start": MONDAY, "end": MONDAY + timedelta(days=7)}
    assert find_meeting(other, **window) == find_meeting(guests, **window)


def _halves(b: Busy) -> list[Busy]:
    middle = b.start + (b.end - b.start) / 2
    return [Busy(b.start, middle, b.soft), Busy(middle, b.end, b.soft)]
