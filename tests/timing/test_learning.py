"""What is learned from a leader's answers, and how gently."""

from hypothesis import given, settings
from hypothesis import strategies as st

from huitong.timing import Answered, learn
from huitong.timing.learning import MOST

MORNING, EVENING = 10, 17


def answers(hour: int, minutes: float, count: int, weekday: int = 1) -> list[Answered]:
    return [Answered(weekday, hour, minutes)] * count


def spread(own: list[Answered], house: list[Answered] | None = None) -> float:
    table = learn(own, house or []).table
    return table[1][EVENING] - table[1][MORNING]


def test_nothing_is_learned_from_nothing() -> None:
    assert {value for row in learn([]).table for value in row} == {0.0}


def test_who_answers_faster_in_the_morning_is_rather_asked_then() -> None:
    assert spread(answers(MORNING, 10, 40) + answers(EVENING, 300, 40)) > 0.1


def test_five_answers_hardly_move_anything() -> None:
    five = answers(MORNING, 1, 4) + answers(EVENING, 5000, 1)
    assert 0 < spread(five) < 0.06
    assert spread(five) < spread(five * 20) / 3


def test_one_leader_is_drawn_to_the_house_and_many_own_answers_win() -> None:
    house = answers(MORNING, 300, 200) + answers(EVENING, 10, 200)
    few = answers(MORNING, 10, 2) + answers(EVENING, 300, 2)
    assert spread(few, house) < 0  # as in the house
    assert spread(few * 40, house) > 0  # as they are


def test_one_answer_after_a_holiday_does_not_decide() -> None:
    steady = answers(MORNING, 20, 20) + answers(EVENING, 20, 20)
    assert abs(spread([*steady, Answered(1, MORNING, 100_000)])) < 0.02


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(Answered, st.integers(0, 6), st.integers(0, 23), st.floats(0, 1e9)),
        max_size=60,
    )
)
def test_what_an_hour_takes_is_bounded_and_the_best_hour_takes_nothing(own: list[Answered]) -> None:
    values = [value for row in learn(own, own).table for value in row]
    assert min(values) == 0
    assert max(values) <= 2 * MOST + 0.001
