"""The house's own review: rules off, names that are never a fault, and a huitong.toml that is checked."""

import pytest

from huitong import HouseError
from huitong.method.words import Element, Fault
from huitong.review import House, load_house, review

TOML = """
[review]
off = ["vague", "gratitude"]
departments = ["推诿整治办", "Buck Passing Prevention Unit"]
products = ["甩锅侠"]
titles = ["老班长"]

[elsewhere]
other = 1
"""


def test_a_huitong_toml_is_read() -> None:
    house = load_house(TOML)
    assert house.off == {Fault.VAGUE, Element.GRATITUDE}
    assert house.names == ("推诿整治办", "Buck Passing Prevention Unit", "甩锅侠", "老班长")


def test_a_rule_that_is_off_finds_nothing_and_misses_nothing() -> None:
    text = "王总，采购部一直推诿。"
    assert Fault.BLAME in {f.code for f in review(text).faults}
    off = House(off=frozenset({Fault.BLAME, Element.ASK}))
    assert Fault.BLAME not in {f.code for f in review(text, house=off).faults}
    assert Element.ASK not in review(text, house=off).missing


@pytest.mark.parametrize("text", ["王总，推诿整治办下周一搬到三楼。", "王总，甩锅侠 3.0 版 5 月 8 日上线。"])
def test_a_name_of_the_house_is_no_fault_whatever_words_are_in_it(text: str) -> None:
    assert [f for f in review(text, house=load_house(TOML)).faults if f.code is Fault.BLAME] == []


def test_a_name_in_latin_letters_is_a_whole_word() -> None:
    house = House(products=("tell",))
    text = "tell Dave to sort it today or I'm cancelling the Friday truck"
    assert [f.start for f in review(text, language="en", house=house).faults if f.start == 0] == []
    assert (
        review("telling lies", language="en", house=house).to_dict() == review("telling lies", language="en").to_dict()
    )


def test_thousands_of_names_do_not_make_a_review_slow_or_different() -> None:
    house = House(products=tuple(f"产品{n}号" for n in range(5000)))
    text = "王总，采购部一直推诿，请您协调。"
    assert review(text, house=house) == review(text)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[review", "This is not TOML"),
        ("review = 1", "h.toml: review: This must be a table."),
        ("[review]\noff = ['nonsense']", 'h.toml: review.off[0]: There is no rule "nonsense".'),
        ("[review]\nnames = []", "h.toml: review.names: There is no such setting."),
        ("[review]\ntitles = 'x'", "h.toml: review.titles: This must be a list of words"),
        ("[review]\ntitles = ['']", "h.toml: review.titles[0]: This must be one word"),
        ("[review]\ntitles = [1]", "h.toml: review.titles[0]: This must be one word"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_to_write(content: str, message: str) -> None:
    with pytest.raises(HouseError) as caught:
        load_house(content, "h.toml")
    assert message in str(caught.value)
