"""Every rule's examples: what it finds, and the sentences that it leaves alone."""

from itertools import chain

import pytest

from huitong.method.words import Element, Fault, Language
from huitong.review import missing_advice, review
from huitong.review.rules import Rule, pattern, rules

LANGUAGES = [Language.ZH, Language.EN]
EXAMPLES = [
    pytest.param(language, r, text, finds, id=f"{language}-{r.code}-{number}")
    for language in LANGUAGES
    for r in rules(language).values()
    for number, (text, finds) in enumerate(r.examples, 1)
]


def found_by(r: Rule, text: str, language: Language) -> list[str]:
    result = review(text, language=None if language is Language.ZH else language)
    if isinstance(r.code, Element):
        return [span.text for span in result.elements.get(r.code, ())]
    return [finding.text for finding in result.faults if finding.code == r.code]


@pytest.mark.parametrize(("language", "r", "text", "finds"), EXAMPLES)
def test_an_example_is_found_or_left_alone_as_its_rule_says(
    language: Language, r: Rule, text: str, finds: tuple[str, ...]
) -> None:
    found = found_by(r, text, language)
    if isinstance(r.code, Element):
        # An element is carried by whole clauses: what the example names is touched.
        assert any(words in f or f in words for f in found for words in finds) if finds else not found, found
    else:
        assert found == list(finds)


@pytest.mark.parametrize("language", list(Language))
def test_every_code_has_a_rule_with_words_for_the_writer(language: Language) -> None:
    assert list(rules(language)) == [*Element, *Fault]
    for r in rules(language).values():
        assert r.title
        assert r.why
        assert r.offer


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_an_example_that_it_finds_and_one_that_it_leaves_alone(language: Language) -> None:
    for r in rules(language).values():
        kinds = {bool(finds) for _, finds in r.examples}
        assert kinds == {True, False}, r.code


@pytest.mark.parametrize("language", [Language.ZH, Language.ZH_HANT, Language.EN])
def test_a_sentence_to_begin_with_holds_its_own_element_and_no_fault(language: Language) -> None:
    for code in Element:
        _, begin = missing_advice(code, language)
        result = review(begin, language=language)
        assert code in result.elements, (code, begin)
        assert [f.text for f in result.faults] == []


@pytest.mark.points("2.10", "3.6", "1.4")
def test_every_fault_says_why_and_what_to_write_instead_without_being_faulty_itself() -> None:
    for language in LANGUAGES:
        for code in Fault:
            r = rules(language)[code]
            assert review(r.why, language=language).to_dict()["faults"] == []


def test_what_the_writer_is_told_in_traditional_characters_is_not_simplified() -> None:
    simplified = {r.why for r in rules(Language.ZH).values()}
    traditional = {r.why for r in rules(Language.ZH_HANT).values()}
    assert not simplified & traditional


@pytest.mark.parametrize("cue", ["很.*慢", "慢+", "很.{2,}慢"])
def test_an_open_ended_cue_is_refused(cue: str) -> None:
    with pytest.raises(ValueError, match="open-ended"):
        pattern([cue], "zh")


@pytest.mark.parametrize(
    ("cue", "text", "there"),
    [
        ("请…沟通", "请您沟通", True),
        ("请…沟通", "请坐，沟通", False),
        ("请……沟通", "请坐，沟通", True),
        ("请……沟通", "请坐。沟通", False),
        ("^好", "您好", False),
        ("^好", "是，好", True),
        ("好$", "好的", False),
        ("好$", "您好。", True),
    ],
)
def test_the_signs_of_a_cue_mean_what_the_guide_says(cue: str, text: str, there: bool) -> None:
    compiled = pattern([cue], "zh")
    assert compiled is not None
    assert bool(compiled.search(text)) is there


def test_no_cue_is_written_twice_in_a_rule() -> None:
    for language in LANGUAGES:
        for r in rules(language).values():
            alternatives = r.cues.pattern.split("|(?:") if r.cues else []
            assert len(alternatives) == len(set(alternatives)), r.code


def test_examples_are_plenty() -> None:
    assert len(list(chain(EXAMPLES))) > 100
