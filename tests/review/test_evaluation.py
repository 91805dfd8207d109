"""Measuring the review: the figures are what a hand would count, and a bad corpus is named by its line."""

import json

import pytest

from huitong import CorpusError
from huitong.method.words import Channel, Element, Fault, Language, Length
from huitong.review import Finding, Review, Span
from huitong.review.evaluation import evaluate, false_alarms, load_corpus


def row(**changes: object) -> str:
    draft = {"id": "a", "lang": "zh", "channel": "chat", "text": "王总，一直推诿。", "elements": {"greeting": ["王总"]}}
    return json.dumps(draft | {"faults": {"blame": ["推诿"]}} | changes, ensure_ascii=False)


def saying(*faults: tuple[Fault, int, int], elements: dict[Element, tuple[int, int]] | None = None):
    """A review that says the same of every text."""

    def review(text: str, *, channel: Channel, language: Language) -> Review:
        spans = {e: (Span(s, t, text[s:t]),) for e, (s, t) in (elements or {}).items()}
        found = tuple(Finding(code, s, e, text[s:e], "", "") for code, s, e in faults)
        return Review(language, channel, spans, (), found, Length(0, None, ""))

    return review


def test_what_is_found_missed_and_wrong_is_counted_a_code() -> None:
    result = evaluate(load_corpus(row()), saying((Fault.VAGUE, 0, 2), elements={Element.GREETING: (0, 2)}))
    assert (result.scores["greeting"].right, result.scores["blame"].missed, result.scores["vague"].wrong) == (1, 1, 1)
    assert result.macro_f1 == 1.0
    assert (result.faults.precision, result.faults.recall) == (0.0, 0.0)
    assert [e[:3] for e in result.errors] == [("a", "blame", "missed"), ("a", "vague", "wrong")]


def test_a_span_counts_if_it_touches_a_labelled_one() -> None:
    assert evaluate(load_corpus(row()), saying((Fault.BLAME, 3, 6))).overlap == 1.0
    assert evaluate(load_corpus(row()), saying((Fault.BLAME, 0, 2))).overlap == 0.0


def test_every_fault_in_clean_prose_is_a_false_alarm() -> None:
    characters, alarms = false_alarms("甲乙丙\n----\n丁戊\n", saying((Fault.VAGUE, 0, 1)), Language.ZH)
    assert (characters, alarms) == (5, ["vague: 甲", "vague: 丁"])


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2: not a labelled draft"),
        ("[]", "line 2"),
        ("null", "line 2"),
        (row(text=None), "line 2"),
        (row(channel="fax"), "'fax' is not a valid Channel"),
        (row(elements={"nonsense": ["王"]}), 'there is no code "nonsense"'),
        (row(faults={"blame": ["不在"]}), "blame: “不在” does not stand in the text"),
        ("[" * 100_000, "line 2"),
    ],
)
def test_a_line_that_is_no_labelled_draft_is_named(line: str, message: str) -> None:
    with pytest.raises(CorpusError) as caught:
        load_corpus(row() + "\n" + line, "c.jsonl")
    assert "c.jsonl: line 2" in str(caught.value)
    assert message in str(caught.value)


def test_an_empty_corpus_is_no_error() -> None:
    assert evaluate(load_corpus("\n"), saying()).to_dict()["drafts"] == 0
