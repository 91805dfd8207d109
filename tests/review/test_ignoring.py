"""A dismissal holds for its clause through edits elsewhere, ends when the clause changes, touches no other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitong.method.words import Language
from huitong.review import Dismissal, carried, dismissal, review, standing

TEXT = "王总，采购部一直推诿。请您协调。财务部一直推诿。"


def first_dismissed() -> tuple[Dismissal, ...]:
    return (dismissal(TEXT, review(TEXT).faults[0], Language.ZH),)


def left(text: str, dismissed: tuple[Dismissal, ...]) -> list[int]:
    return [f.start for f in standing(review(text), dismissed)]


def test_a_dismissed_finding_is_gone_and_the_same_words_elsewhere_are_not() -> None:
    faults = review(TEXT).faults
    assert len(faults) == 2
    assert left(TEXT, first_dismissed()) == [faults[1].start]


@pytest.mark.parametrize(
    "edited",
    [
        "王总好，打扰了。采购部一直推诿。请您协调。财务部一直推诿。",
        "王总，采购部一直推诿。请您今天协调一次。财务部一直推诿。谢谢。",
        "王总，采购部一直推诿。",
    ],
)
def test_it_moves_along_with_edits_elsewhere(edited: str) -> None:
    dismissed = carried(first_dismissed(), TEXT, edited, Language.ZH)
    assert [edited[d.start : d.start + len(d.clause)] for d in dismissed] == ["采购部一直推诿"]
    assert edited.index("采购部") not in [s for s in left(edited, dismissed) if s < edited.index("采购部") + 8]


def test_it_ends_when_its_clause_changes() -> None:
    assert carried(first_dismissed(), TEXT, TEXT.replace("采购部一直", "采购部总是"), Language.ZH) == ()


def test_a_clause_of_the_same_words_put_in_before_it_is_not_dismissed() -> None:
    edited = "采购部一直推诿。" + TEXT
    (moved,) = carried(first_dismissed(), TEXT, edited, Language.ZH)
    assert moved.start == edited.rindex("采购部一直推诿")


@settings(max_examples=60, deadline=None)
@given(before=st.text("，。a推", max_size=12), after=st.text("，。a推", max_size=12))
def test_whatever_is_typed_around_it_a_dismissal_is_at_its_clause_or_gone(before: str, after: str) -> None:
    edited = before + TEXT + after
    for moved in carried(first_dismissed(), TEXT, edited, Language.ZH):
        assert edited.startswith(moved.clause, moved.start)


def test_a_long_text_rewritten_altogether_is_carried_in_bounded_time() -> None:
    old = "".join(f"第{n}件事。" for n in range(3000)) + TEXT
    new = "".join(f"{n}件事。" for n in range(3000))
    assert carried(first_dismissed(), old, new, Language.ZH) == ()
