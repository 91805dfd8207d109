"""Better wording: each rewrite's own example, and what holds for every wording of every text that we have."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from huitong.method.words import Element, Fault, Language
from huitong.review import Finding, review
from huitong.review.rewrite import FACTS
from huitong.review.rules import Rewrite, rules
from huitong.review.script import fold

LANGUAGES = [Language.ZH, Language.EN]
REWRITES = [
    pytest.param(language, code, rewrite, id=f"{language}-{code}-{number}")
    for language in LANGUAGES
    for code in Fault
    for number, rewrite in enumerate(rules(language)[code].rewrites, 1)
]


def texts() -> Iterator[str]:
    for language in LANGUAGES:
        for r in rules(language).values():
            yield from (text for text, _ in r.examples)
            yield from (rewrite.text for rewrite in r.rewrites)
    for file in ("drafts.toml",):
        drafts = tomllib.loads((Path(__file__).parent / file).read_text(encoding="utf-8"))["drafts"]
        yield from (draft["text"] for draft in drafts)


def put_in(text: str, finding: Finding) -> str:
    assert finding.replacement is not None
    return text[: finding.start] + finding.replacement + text[finding.end :]


MENDED = [(text, f, put_in(text, f)) for text in texts() for f in review(text).faults if f.replacement is not None]


@pytest.mark.points("2.10", "3.6", "2.3")
@pytest.mark.parametrize(("language", "code", "rewrite"), REWRITES)
def test_a_rewrite_makes_of_its_example_what_it_says(language: Language, code: Fault, rewrite: Rewrite) -> None:
    findings = [f for f in review(rewrite.text, language=language).faults if f.code == code]
    if rewrite.ask:
        assert (rewrite.ask, None) in [(f.instead, f.replacement) for f in findings]
    else:
        assert rewrite.becomes in [put_in(rewrite.text, f) for f in findings if f.replacement is not None]


def test_there_are_wordings_for_most_of_what_manner_may_harm() -> None:
    worded = {f.code for _, f, _ in MENDED}
    assert {Fault.BLAME, Fault.COMPLAINT, Fault.COMMAND, Fault.ULTIMATUM, Fault.EXAGGERATION, Fault.VAGUE} <= worded


@pytest.mark.parametrize(("text", "finding", "becomes"), MENDED)
def test_a_wording_is_no_fault_and_brings_none(text: str, finding: Finding, becomes: str) -> None:
    language = review(text).language
    assert finding.code not in {f.code for f in review(finding.replacement or "", language=language).faults}
    assert len(review(becomes, language=language).faults) <= len(review(text, language=language).faults)


def test_with_nearly_every_wording_a_fault_is_gone() -> None:
    fewer = [
        len(review(becomes, language=review(text).language).faults) < len(review(text).faults)
        for text, _, becomes in MENDED
    ]
    assert sum(fewer) / len(fewer) >= 0.95


@pytest.mark.parametrize(("text", "finding", "becomes"), MENDED)
def test_a_wording_loses_no_number_day_or_name(text: str, finding: Finding, becomes: str) -> None:
    language = review(text).language
    facts = FACTS["en" if language is Language.EN else "zh"]
    old, new = fold(finding.text, language), fold(finding.replacement or "", language)
    assert all(m[0] in new for m in facts.finditer(old))
    assert set(re.findall(r"\d", old)) <= set(re.findall(r"\d", new))


@pytest.mark.parametrize(("text", "finding", "becomes"), MENDED)
def test_a_wording_leaves_the_punctuation_clean(text: str, finding: Finding, becomes: str) -> None:
    doubled = re.compile(r"[，、；,;][，、；。,;.！？!?]|  |[。！？]{2}|(?<!\.)\.\.(?!\.)|^[，。,.]", re.MULTILINE)
    assert len(doubled.findall(becomes)) <= len(doubled.findall(text))


def test_traditional_wordings_are_the_same_words_in_traditional_characters() -> None:
    for code in Fault:
        for ours, theirs in zip(rules(Language.ZH)[code].rewrites, rules(Language.ZH_HANT)[code].rewrites, strict=True):
            said = (theirs.to or theirs.ask).replace("答覆", "答复").replace("回覆", "回复")
            assert fold(said, Language.ZH) == fold(ours.to or ours.ask, Language.ZH)


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("採購部一直推諉。", "採購部目前還沒有答覆。"),
        ("你必須今天定。", "想請您今天定。"),
        ("圖紙還沒到，我真的受夠了。", "圖紙還沒到。"),
    ],
)
def test_a_text_in_traditional_characters_gets_them_back(text: str, becomes: str) -> None:
    (finding,) = review(text).faults
    assert put_in(text, finding) == becomes


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("Fed up. The order is from 4 May.", "The order is from 4 May."),
        ("I'm sick of chasing, could you call Dave?", "Could you call Dave?"),
        ("受够了，图纸还没到。", "图纸还没到。"),
        ("图纸还没到，我真的受够了，请您协调。", "图纸还没到，请您协调。"),
        ("图纸还没到。我真的受够了！请您协调。", "图纸还没到。请您协调。"),
    ],
)
def test_what_is_left_out_takes_its_comma_or_full_stop_with_it(text: str, becomes: str) -> None:
    (finding,) = [f for f in review(text).faults if f.code is Fault.COMPLAINT]
    assert put_in(text, finding) == becomes


@pytest.mark.parametrize(
    "text",
    [
        "请您周五前定下来，否则我就把 9 月 3 日的邮件发给集团。",  # the threat holds a day
        "采购部王经理素质太差。",  # a verdict holds no fact to keep
        "Fix the slot or I'm cancelling the Friday truck.",
        "请您尽快协调。",  # no day is known
        "3 日前要图，8 日前要样。请您尽快协调。",  # two are
    ],
)
def test_where_no_wording_is_honest_there_is_a_question(text: str) -> None:
    for finding in review(text).faults:
        assert finding.replacement is None
        assert "？" in finding.instead or "?" in finding.instead


def test_plain_data_keep_their_keys_and_say_the_wording() -> None:
    (fault,) = json.loads(json.dumps(review("采购部一直推诿。").to_dict()))["faults"]
    assert list(fault) == ["code", "start", "end", "text", "why", "instead", "replacement"]
    assert fault["instead"] == fault["replacement"] == "目前还没有答复"
    assert Element.SITUATION in review("采购部目前还没有答复。").elements
