"""The wording is data; each file of it is whole."""

from importlib.resources import files
from pathlib import Path

import pytest

from huitong.compose.pattern import Fact, fill, parse
from huitong.compose.template import template
from huitong.method import Channel, Language

FOLDER = Path(str(files("huitong.compose") / "templates"))
NAMES = sorted(p.stem for p in (FOLDER / "zh").glob("*.toml"))


@pytest.mark.parametrize("language", Language)
def test_each_language_has_every_text(language):
    assert sorted(p.stem for p in (FOLDER / language).glob("*.toml")) == NAMES
    assert set(Channel) <= set(NAMES)


@pytest.mark.parametrize("name", [n for n in NAMES if n != "words"])
def test_traditional_says_what_simplified_says(name):
    simplified, traditional = template(Language.ZH, name), template(Language.ZH_HANT, name)
    shape = [
        [(p.element, p.each, p.needed, p.rank, [t.slots for t in p.text]) for p in t.parts]
        for t in (simplified, traditional)
    ]
    assert shape[0] == shape[1]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("channel", Channel)
def test_no_channel_can_lose_matter_or_other_department_or_the_ask(language, channel):
    parts = template(language, channel).parts
    needed = [p for p in parts if p.needed or channel is Channel.REPORT]
    told = set().union(*(t.slots for p in needed for t in p.text))
    assert told & {"other", "the_other", "counterpart"}
    assert told & {"deadline", "deadline_day", "due"}
    assert told & {"matter", "matter_name", "topic"}
    assert [p for p in needed if p.element == "ask"]


def test_a_passage_goes_with_the_fact_that_it_lacks():
    pattern = parse("想请您{act}[，{does}[（{minutes} 分钟）]]。")
    assert fill(pattern, {"act": Fact("开会")}, spaced=True) == Fact("想请您开会。")
    assert fill(pattern, {"act": Fact("开会"), "does": Fact("请 A 来")}, spaced=True) == Fact("想请您开会，请 A 来。")
    assert fill(pattern, {"does": Fact("请 A 来")}, spaced=True) is None


def test_what_people_wrote_is_no_pattern():
    assert fill(parse("{a}"), {"a": Fact("{b} [x]"), "b": Fact("!")}, spaced=True) == Fact("{b} [x]")


@pytest.mark.parametrize("source", ["[a", "a]", "{a", "[[a]"])
def test_a_pattern_that_is_not_closed_is_an_error(source):
    with pytest.raises(ValueError, match="pattern"):
        parse(source)
