"""When to ask, and why then."""

import re
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitong.timing import Busy, CalendarError, Moment, WorkingTime, is_working_day, rank_moments

SHANGHAI = ZoneInfo("Asia/Shanghai")
LEADER = Path(__file__).parents[2] / "examples" / "leader.ics"
TUESDAY = date(2026, 11, 24)


def at(clock: str, day: date = TUESDAY, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone)


def busy(*spans: str, day: date = TUESDAY, soft: bool = False) -> list[Busy]:
    return [Busy(at(s, day), at(e, day), soft) for s, e in (x.split("-") for x in spans)]


def on_tuesday(calendar: list[Busy] | None, **more: object) -> tuple[Moment, ...]:
    options = {"start": at("08:00"), "by": at("18:00"), "now": at("08:00"), "language": "zh"} | more
    return rank_moments(calendar, **options)  # type: ignore[arg-type]


def times(moments: tuple[Moment, ...]) -> list[str]:
    return [f"{m.start:%H:%M}" for m in moments]


@pytest.mark.points("1.1", "2.1", "3.1", "4.1")
def test_the_leader_is_caught_between_meetings_after_a_breath() -> None:
    calendar = busy("09:00-11:30", "14:00-16:10", "17:00-18:00")
    best = rank_moments(calendar, start=at("14:00"), by=date(2026, 11, 30), now=at("14:00"))[0]
    afternoon = on_tuesday(calendar, start=at("14:00"), by=date(2026, 11, 30), count=20)
    first = next(m for m in afternoon if m.start.date() == TUESDAY)
    assert first.start == at("16:20")
    assert first.reasons == (
        "忙到 16:10，歇口气，有 40 分钟空，当天安排较多。",
        "只是之前连着忙了 2 小时。",
        "离最晚答复还有 6 天，来得及细想。",
    )
    assert best.start.date() > TUESDAY  # an empty day is better still


@pytest.mark.points("2.1")
def test_an_easy_day_is_better_than_a_full_one() -> None:
    calendar = busy("09:00-12:00", "13:30-16:00") + busy("09:00-10:00", day=date(2026, 11, 25))
    scores = {
        m.start.date(): m.score
        for m in reversed(
            rank_moments(calendar, start=TUESDAY, by=date(2026, 11, 25), now=at("08:00") - timedelta(days=7))
        )
    }
    assert scores[date(2026, 11, 25)] > scores[TUESDAY]


@pytest.mark.points("2.1")
def test_right_after_a_long_meeting_is_worse_than_a_little_later() -> None:
    tired = on_tuesday(busy("09:00-11:00"), start=at("11:00"), by=at("11:30"))
    rested = on_tuesday(busy("09:00-11:00"), start=at("11:20"), by=at("11:40"))
    assert times(tired) == ["11:10"]
    assert times(rested) == ["11:20"]
    assert rested[0].score > tired[0].score
    assert "只是之前连着忙了 2 小时。" in tired[0].reasons


def test_nobody_is_caught_on_the_doorstep_of_a_meeting_room() -> None:
    moments = on_tuesday(busy("09:00-09:58"), start=at("09:50"), by=at("10:30"))
    assert times(moments) == ["10:10"]  # 10:00 would leave two minutes


def test_tentative_time_ranks_below_free_and_says_so() -> None:
    calendar = busy("09:00-12:00", "13:30-16:00") + busy("16:00-18:00", soft=True)
    soft = on_tuesday(calendar)
    assert soft
    assert all(m.score < 0.4 for m in soft)
    assert soft[0].reasons[0].startswith("这段时间有未定的安排，也许腾得出来，最好先问一声")
    free = on_tuesday(calendar, by=at("18:00", date(2026, 11, 25)))
    assert free[0].start.date() == date(2026, 11, 25)
    assert free[0].score >= 0.4


@pytest.mark.parametrize(
    ("language", "reason"),
    [
        ("zh", "最晚答复之前都排满了，这时也在忙，只能请人插空递话。"),
        ("zh-Hant", "最晚答覆之前都排滿了，這時也在忙，只能請人插空遞話。"),
        ("en", "Everything is taken before the latest answer, this time too: have a word passed in."),
    ],
)
def test_where_everything_is_taken_the_reason_is_honest(language: str, reason: str) -> None:
    moments = on_tuesday(busy("08:00-20:00"), language=language)
    assert moments
    assert all(m.score <= 0.2 and m.reasons[0] == reason for m in moments)


def test_where_no_gap_is_whole_the_largest_is_offered() -> None:
    moments = on_tuesday(busy("08:00-15:00", "15:10-16:40", "16:55-20:00"))
    assert times(moments) == ["16:40"]
    assert moments[0].reasons[0] == "最晚答复之前没有整段的空，这时 20 分钟里有 15 分钟空。"


def test_outside_working_hours_only_if_there_is_nothing_else() -> None:
    weekend = rank_moments((), start=date(2026, 11, 28), by=date(2026, 11, 29), now=at("08:00"))
    assert {m.start.isoweekday() for m in weekend} == {6, 7}
    assert all("不是上班时间" in m.reasons[0] for m in weekend)
    longer = rank_moments((), start=date(2026, 11, 28), by=date(2026, 11, 30), now=at("08:00"))
    assert {m.start.isoweekday() for m in longer} == {1}


def test_without_a_calendar_it_says_what_it_goes_by() -> None:
    first = rank_moments(None, start=TUESDAY, by=TUESDAY, now=at("08:00"), language="en")[0]
    assert first.reasons[0].startswith("There is no calendar to look at: judged by working hours and holidays alone")


def test_a_calendar_without_an_event_is_a_free_one() -> None:
    first = rank_moments((), start=TUESDAY, by=TUESDAY, now=at("08:00"), language="en")[0]
    assert first.reasons[0].startswith("Free")


def test_the_working_saturday_counts_and_the_holiday_does_not() -> None:
    moments = rank_moments(
        (), start=date(2026, 9, 30), by=date(2026, 10, 10), count=20, now=at("08:00", date(2026, 9, 30))
    )
    days = {m.start.date() for m in moments}
    assert days == {date(2026, 9, 30), date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 10)}
    eve = next(m for m in moments if m.start.date() == date(2026, 9, 30) and m.start.hour > 13)
    assert "只是马上就是国庆节，而且赶上月底，事情多。" in eve.reasons
    # The eve's afternoon is worse than its morning.
    assert eve.score < next(m for m in moments if m.start.date() == date(2026, 9, 30) and m.start.hour < 12).score


def test_monday_morning_and_friday_evening_are_not_the_time() -> None:
    def score(clock: str, day: date) -> float:
        moment = at(clock, day)
        options = {"start": moment, "by": moment + timedelta(minutes=20), "now": moment - timedelta(days=3)}
        return rank_moments((), **options)[0].score  # type: ignore[arg-type]

    assert score("10:00", date(2026, 11, 23)) < score("10:00", TUESDAY)
    assert score("16:30", date(2026, 11, 27)) < score("16:30", TUESDAY)


def test_a_year_that_is_not_announced_is_said_so() -> None:
    moments = rank_moments((), start=date(2031, 3, 3), by=date(2031, 3, 3), language="en", now=at("08:00"))
    assert moments[0].reasons[-1].startswith("The moved working days of 2031 are not announced yet")


@pytest.mark.parametrize(
    ("by", "sentence"),
    [
        (date(2026, 11, 24), "当天就要答复，只剩 8 小时。"),
        (date(2026, 11, 25), "第二天就是最晚答复的日子。"),
        (date(2026, 11, 26), "离最晚答复还有 2 天。"),
    ],
)
def test_the_distance_to_the_deadline_is_said(by: date, sentence: str) -> None:
    moments = rank_moments((), start=TUESDAY, by=by, now=at("08:00"))
    assert sentence in next(m for m in moments if m.start == at("09:30")).reasons


def test_nothing_is_left_when_the_deadline_is_past() -> None:
    assert rank_moments((), start=at("10:00"), by=at("10:00"), now=at("09:00")) == ()
    assert rank_moments((), by=at("08:00"), now=at("09:00")) == ()
    assert rank_moments((), by=date(1, 1, 1)) == ()
    assert rank_moments((), start=at("10:00"), by=at("10:10"), now=at("09:00")) == ()  # no room for 20 minutes


def test_the_past_is_not_suggested_unless_it_is_what_is_asked_about() -> None:
    assert all(m.start >= at("15:00") for m in rank_moments((), start=TUESDAY, by=date(2026, 11, 25), now=at("15:00")))
    assert rank_moments((), start=date(2020, 3, 2), by=date(2020, 3, 3))[0].start.year == 2020


def test_five_working_days_where_no_deadline_is_given() -> None:
    moments = rank_moments((), now=at("08:00"), count=100)
    assert max(m.end for m in moments) <= at("18:00", date(2026, 12, 1))
    assert max(m.start.date() for m in moments) == date(2026, 12, 1)
    assert not any("最晚" in r for m in moments for r in m.reasons)


def test_the_same_moments_whatever_window_was_asked_for() -> None:
    text = LEADER.read_text(encoding="utf-8")
    wide = rank_moments(
        text, start=date(2026, 11, 16), count=200, by=date(2026, 12, 4), now=at("08:00", date(2026, 11, 16))
    )
    narrow = rank_moments(
        text, start=date(2026, 11, 18), count=200, by=date(2026, 12, 4), now=at("08:00", date(2026, 11, 16))
    )
    assert narrow
    assert [m for m in wide if m.start.date() >= date(2026, 11, 18)] == list(narrow)


def test_hours_and_lengths_are_true_where_the_clock_jumps() -> None:
    zone = ZoneInfo("America/New_York")
    night = WorkingTime(time(0, 30), time(5, 0), time(5, 0), time(5, 0), country="IL")  # where Sunday is a working day
    day = date(2026, 3, 8)
    calendar = [
        Busy(at("00:00", day, zone), at("01:40", day, zone)),
        Busy(at("03:30", day, zone), at("06:00", day, zone)),
    ]
    options = {"zone": "America/New_York", "working": night, "language": "en", "now": at("00:00", day, zone)}
    moments = rank_moments(calendar, start=day, by=date(2026, 3, 10), count=20, **options)  # type: ignore[arg-type]
    first = next(m for m in moments if m.start.date() == day)
    assert first.start.isoformat() == "2026-03-08T03:00:00-04:00"  # twenty minutes after 1:40
    assert first.reasons[0] == "Busy until 1:40, then a breather, free for 30 minutes, a fairly busy day."
    assert all((m.end.astimezone(UTC) - m.start.astimezone(UTC)) == timedelta(minutes=20) for m in moments)


def test_as_data_it_is_what_the_command_prints() -> None:
    moment = on_tuesday(busy("09:00-10:00"))[0]
    assert moment.to_dict() == {
        "start": "2026-11-24T10:10:00+08:00",
        "end": "2026-11-24T10:30:00+08:00",
        "score": moment.score,
        "reasons": list(moment.reasons),
    }


def test_the_example_calendar_reads_well_in_any_week() -> None:
    content = LEADER.read_bytes()
    for start in (date(2026, 11, 23), date(2027, 3, 1), date(2029, 6, 4)):
        moments = rank_moments(content, start=start, by=start + timedelta(days=7), now=at("08:00"))
        assert len(moments) == 5
        assert all(m.score > 0.6 for m in moments)


def test_what_cannot_be_used_is_said() -> None:
    with pytest.raises(CalendarError, match="line 1: This is not a calendar file"):
        rank_moments("hello")
    with pytest.raises(CalendarError, match="Write a name such as Asia/Shanghai"):
        rank_moments(None, zone="Beijing")
    with pytest.raises(CalendarError, match="Write a country code"):
        rank_moments(None, working=WorkingTime(country="Atlantis"))
    with pytest.raises(CalendarError, match="Write a time between 1970 and 2200"):
        rank_moments(None, start=date(9999, 1, 1))
    with pytest.raises(ValueError, match="minutes"):
        rank_moments(None, minutes=0)


minutes_of_week = st.integers(0, 14 * 24 * 60)


@settings(max_examples=60, deadline=None)
@given(
    spans=st.lists(st.tuples(minutes_of_week, st.integers(1, 600), st.booleans()), max_size=25),
    first=minutes_of_week,
    length=st.integers(-60, 8 * 24 * 60),
    minutes=st.sampled_from((5, 20, 45, 90)),
    zone=st.sampled_from(("Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "UTC")),
    language=st.sampled_from(("zh", "zh-Hant", "en")),
)
def test_what_always_holds(
    spans: list[tuple[int, int, bool]], first: int, length: int, minutes: int, zone: str, language: str
) -> None:
    zero = datetime(2026, 10, 24, tzinfo=UTC)
    calendar = [Busy(zero + timedelta(minutes=m), zero + timedelta(minutes=m + n), soft) for m, n, soft in spans]
    start, by = zero + timedelta(minutes=first), zero + timedelta(minutes=first + length)
    moments = rank_moments(calendar, minutes=minutes, start=start, by=by, zone=zone, language=language, now=zero)
    assert list(moments) == sorted(moments, key=lambda m: (-m.score, m.start))
    assert len(moments) <= 5
    for m in moments:
        assert start <= m.start < m.end <= by
        assert m.end.astimezone(UTC) - m.start.astimezone(UTC) == timedelta(minutes=minutes)
        assert m.start.minute % 10 == 0
        assert 0 <= m.score <= 1
        assert m.reasons
        assert not any(re.search(r"[{}]|None", r) for r in m.reasons)
        firm = any(b.start < m.end and m.start < b.end for b in calendar if not b.soft)
        soft = any(b.start < m.end and m.start < b.end for b in calendar if b.soft)
        if m.score >= 0.4:
            assert not firm
            assert not soft
            assert is_working_day(m.start.date())
        elif m.score > 0.2:
            assert soft
            assert not firm
    for a, b in pairwise(sorted(m.start for m in moments)):
        assert b - a >= timedelta(hours=1)
