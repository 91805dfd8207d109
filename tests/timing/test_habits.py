"""The leader's own hours and limits, and what each asking needs."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitong.timing import Asking, Busy, Habits, Moment, Welcome, excuse, rank_moments

SHANGHAI = ZoneInfo("Asia/Shanghai")
TUESDAY = date(2026, 11, 24)
FRIDAY = date(2026, 11, 27)
DAY = timedelta(days=1)


def at(clock: str, day: date = TUESDAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)


def ranked(busy: list[Busy] | None = None, **more: object) -> tuple[Moment, ...]:
    options = {"start": at("08:00"), "by": FRIDAY, "now": at("08:00"), "language": "zh"} | more
    return rank_moments(busy or [], **options)  # type: ignore[arg-type]


def taken(*spans: str, day: date = TUESDAY) -> list[Busy]:
    return [Busy(at(s, day), at(e, day)) for s, e in (x.split("-") for x in spans)]


@pytest.mark.points("1.1", "2.1", "3.1", "4.1")
def test_the_leaders_welcome_hours_come_first_and_are_said() -> None:
    habits = Habits(welcome=(Welcome(time(16), time(17, 30), weekday=3, longest=20),))
    best, other = ranked(habits=habits, minutes=20)[:2]
    assert best.start == at("16:00", date(2026, 11, 26))
    assert best.reasons[0].startswith("平时就在这个时段听简短的事")
    assert "只是平时不在这个时段听汇报。" in other.reasons


def test_welcome_hours_for_short_things_are_nothing_to_what_takes_longer() -> None:
    habits = Habits(welcome=(Welcome(time(16), time(17, 30), longest=15),))
    assert ranked(habits=habits, minutes=30) == ranked(minutes=30)


def test_in_welcome_hours_the_end_of_the_day_is_no_drawback() -> None:
    habits = Habits(welcome=(Welcome(time(17), time(18)),))
    late = ranked(habits=habits, start=at("17:20"), by=at("17:50"), now=at("08:00") - 7 * DAY)[0]
    assert late.start == at("17:20")
    assert not any("快下班" in reason for reason in late.reasons)


def test_report_days_and_the_day_before_are_avoided_and_named() -> None:
    habits = Habits(report_days=(25,))
    found = {m.start.date(): m for m in reversed(ranked(habits=habits, count=20))}
    assert any("当天是上报的日子" in reason for reason in found[date(2026, 11, 25)].reasons)
    assert any("接着就是上报的日子" in reason for reason in found[TUESDAY].reasons)
    assert ranked(habits=habits)[0].start.date() == date(2026, 11, 26)


def test_the_31st_of_a_shorter_month_is_its_last_day() -> None:
    moment = ranked(habits=Habits(report_days=(31,)), start=date(2026, 11, 30), by=date(2026, 12, 4), count=30)
    assert any("上报" in r for m in moment if m.start.day == 30 for r in m.reasons)


def test_the_end_of_the_month_is_worse_than_the_day_after_it() -> None:
    found = ranked(start=date(2026, 11, 30), by=date(2026, 12, 11), count=40)
    afternoons = {m.start.day: m.score for m in reversed(found) if m.start.hour >= 13}
    assert afternoons[30] < afternoons[1]


def test_an_easy_day_in_a_full_week_is_said_to_be_one() -> None:
    busy = [b for n in (0, 2, 3, 4) for b in taken("09:00-12:00", "13:30-18:00", day=date(2026, 11, 23) + n * DAY)]
    assert "这一周都忙，就这天松些" in ranked(busy)[0].reasons[0]


def test_two_who_ask_the_same_leader_do_not_both_come_at_nine() -> None:
    alone = ranked()[0]
    second = ranked(asking=Asking(others=(alone.start,)), count=30)
    assert all(abs(m.start - alone.start) >= timedelta(minutes=30) for m in second)
    assert second[0].score <= alone.score


def test_what_the_help_needs_before_the_deadline_is_left_free() -> None:
    found = ranked(asking=Asking(days=2), count=30)
    assert found[0].start.date() == TUESDAY
    late = [m for m in found if m.start.date() >= date(2026, 11, 26)]
    assert late
    assert all(any("照方案办还要 2 个工作日" in reason for reason in m.reasons) for m in late)


def test_what_takes_long_to_read_gets_a_gap_that_is_long_enough_and_says_so() -> None:
    busy = taken("09:00-10:00", "10:45-12:00", "13:30-18:00")
    moment = ranked(busy, by=at("18:00"), now=at("08:00") - 3 * DAY, asking=Asking(reading=8))[0]
    assert moment.reasons[0].startswith("忙到 10:00，歇口气，有 35 分钟空，够把材料看完（约 8 分钟）")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "现在就请示：离最晚答复没多少上班时间了，眼下又有空。"),
        ("zh-Hant", "現在就請示：離最晚答覆沒多少上班時間了，眼下又有空。"),
        ("en", "Ask now, because little working time is left until the latest answer; this slot happens to be free."),
    ],
)
def test_what_is_urgent_is_for_now_and_says_why(language: str, said: str) -> None:
    moments = ranked(start=at("15:00"), now=at("15:00"), by=TUESDAY, language=language)
    assert moments[0].start == at("15:00")
    assert moments[0].reasons[0] == said


def test_now_is_not_said_to_be_free_when_nobody_knows() -> None:
    first = rank_moments(None, start=at("15:00"), now=at("15:00"), by=TUESDAY)[0]
    assert first.reasons[0] == "现在就请示：离最晚答复没多少上班时间了。"


def test_when_now_is_taken_the_urgent_waits_for_the_first_gap() -> None:
    first = ranked(taken("15:00-16:00"), start=at("15:05"), now=at("15:05"), by=TUESDAY)[0]
    assert first.start == at("16:10")
    assert first.reasons[0].startswith("眼下不便，这是最早合适的时候")


@given(
    notice=st.sampled_from((0, 60, 1440)),
    gap=st.sampled_from((0, 30, 240)),
    a_day=st.integers(0, 2),
    others=st.lists(st.integers(0, 3 * 24 * 60), max_size=3),
)
def test_one_moment_breaks_the_limits_that_the_ranking_says_it_breaks(
    notice: int, gap: int, a_day: int, others: list[int]
) -> None:
    habits = Habits(notice=notice, gap=gap, a_day=a_day)
    now = at("08:00")
    asked = tuple(now + timedelta(minutes=minutes) for minutes in others)
    for moment in ranked(habits=habits, asking=Asking(others=asked), by=TUESDAY, count=20):
        broken = habits.broken_by(moment.start, others=asked, now=now)
        assert excuse(broken, habits, "zh") == [reason for reason in moment.reasons if "破例" in reason]


@pytest.mark.parametrize("limit", [Habits(notice=120), Habits(a_day=1), Habits(gap=120), Habits(not_on=(TUESDAY,))])
def test_a_limit_holds_while_there_is_another_moment(limit: Habits) -> None:
    asking = Asking(others=(at("14:30"),))
    for moment in ranked(habits=limit, asking=asking, count=50):
        assert moment.start >= at("08:00") + timedelta(minutes=limit.notice)
        assert abs(moment.start - at("14:30")) >= timedelta(minutes=limit.gap)
        assert not (limit.a_day and moment.start.date() == TUESDAY)
        assert moment.start.date() not in limit.not_on


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (Habits(notice=1440), "最晚答复之前没有别的空，只好破例：没能提前 1 天打招呼。"),
        (Habits(a_day=1), "最晚答复之前没有别的空，只好破例：当天的请示已经排满。"),
        (Habits(gap=480), "最晚答复之前没有别的空，只好破例：离另一件请示不到 8 小时。"),
    ],
)
def test_only_no_later_than_breaks_a_limit_and_says_so(limit: Habits, said: str) -> None:
    asking = Asking(others=(at("14:30"),))
    broken = ranked(habits=limit, asking=asking, by=TUESDAY)
    assert broken
    assert all(said in m.reasons for m in broken)
    open_end = ranked(habits=limit, asking=asking, by=None, count=50)
    assert open_end
    assert not any("破例" in reason for m in open_end for reason in m.reasons)


def test_a_bad_day_that_the_deadline_leaves_no_way_around_is_not_told() -> None:
    for language in ("zh", "zh-Hant", "en"):
        kept = ranked(habits=Habits(not_on=(TUESDAY,)), by=TUESDAY, language=language)
        plain = ranked(by=TUESDAY, language=language)
        assert {r for m in kept for r in m.reasons} <= {r for m in plain for r in m.reasons}


def test_nobody_is_asked_on_leave_not_even_at_the_deadline() -> None:
    away = Habits(away=((TUESDAY, FRIDAY),))
    assert ranked(habits=away) == ()
    later = ranked(habits=away, by=None)
    assert later[0].start.date() > FRIDAY
    before = ranked(habits=Habits(away=((FRIDAY, FRIDAY),)), count=30)
    assert all(m.start.date() < FRIDAY for m in before)
    assert any("只是接下来要休假。" in m.reasons for m in before)


def test_what_was_learned_moves_the_choice_and_is_in_no_reason() -> None:
    slow = tuple(tuple(0.2 if hour < 12 else 0.0 for hour in range(24)) for _ in range(7))
    habits = Habits(learned=slow)
    assert ranked()[0].start.hour < 12 <= ranked(habits=habits)[0].start.hour
    sentences = {r for m in ranked(habits=habits, count=50) for r in m.reasons}
    assert sentences <= {r for m in ranked(count=50) for r in m.reasons}


minutes_of_week = st.integers(0, 14 * 24 * 60)


@settings(max_examples=60, deadline=None)
@given(
    spans=st.lists(st.tuples(minutes_of_week, st.integers(1, 400), st.booleans()), max_size=25),
    others=st.lists(minutes_of_week, max_size=4),
    first=minutes_of_week,
    second=minutes_of_week,
    minutes=st.sampled_from((10, 20, 45)),
    notice=st.sampled_from((0, 120, 1440)),
    a_day=st.integers(0, 2),
)
def test_the_moments_are_distinct_and_the_same_whatever_window_was_asked_for(
    spans: list[tuple[int, int, bool]],
    others: list[int],
    first: int,
    second: int,
    minutes: int,
    notice: int,
    a_day: int,
) -> None:
    base = at("00:00", date(2026, 11, 23))
    busy = [Busy(base + timedelta(minutes=s), base + timedelta(minutes=s + n), soft) for s, n, soft in spans]
    asking = Asking(others=tuple(base + timedelta(minutes=m) for m in others))
    habits = Habits(notice=notice, a_day=a_day, welcome=(Welcome(time(15), time(17)),))

    def found(start: int) -> list[Moment]:
        options = {"by": base + timedelta(days=14), "now": base, "habits": habits, "asking": asking, "count": 500}
        return list(
            rank_moments(busy, start=base + timedelta(minutes=start), minutes=minutes, **options)  # type: ignore[arg-type]
        )

    wide, narrow = found(min(first, second)), found(max(first, second))
    begins = base + timedelta(minutes=max(first, second))
    shared = [m for m in wide if m.start >= begins]
    if any(m.score >= 0.2 and not any("破例" in r for r in m.reasons) for m in shared):
        assert narrow == shared
    starts = sorted(m.start for m in wide)
    assert all(b - a >= timedelta(minutes=60) for a, b in pairwise(starts))


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="begin before they end"):
        Welcome(time(17), time(16))
    with pytest.raises(ValueError, match="aware"):
        Asking(others=(datetime(2026, 11, 24, 9),))  # noqa: DTZ001 - that is the point
