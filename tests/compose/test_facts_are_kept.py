"""For any brief: nothing invented, nothing needed lost, no scar, no length broken without need."""

import json
import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import huitong
from huitong.compose import (
    Helper,
    Progress,
    after_no,
    agenda,
    answer,
    compose,
    leader_headline,
    likely_questions,
    note,
    reminder,
    report_back,
    speaking_card,
    talking_points,
    thanks,
)
from huitong.compose.language import trim
from huitong.method import Brief, Channel, Language, Style

CORPUS = Path(__file__).parents[2] / "corpus" / "briefs"
AWKWARD = [
    *("<script>alert(1)</script>", "{{x}}", "{matter}", "[x]", "A&B", '"quoted"', "“引号”", "O'Brien", "🙂", "３０ 份"),
    *(
        "第一行\n第二行",
        "请尽早看",
        "好的。",
        "Done.",
        "已提交,待审!",
        "8:30 开会",
        "1,280,000.00 元",
        "e.g. this",
        "……",
        "。",
    ),
    *(
        "CG-2211",
        "9 月 8 日提交,目前仍在比价",
        "12345",
        "2026",
        "Agree on a date",
        "长" * 1000,
        "word " * 200,
        "一二三，" * 250,
    ),
]
anything = st.one_of(st.sampled_from(AWKWARD), st.text(max_size=40), st.just(""))
name = st.one_of(st.sampled_from(AWKWARD), st.text(min_size=1, max_size=20)).filter(
    lambda t: any(map(str.isalnum, t))  # nothing but stops is no name
)
day = st.none() | st.dates(date(2020, 1, 1), date(2032, 12, 31))
minutes = st.none() | st.integers(1, 1440)


def briefs(text: st.SearchStrategy[str], names: st.SearchStrategy[str], most: int = 4) -> st.SearchStrategy[Brief]:
    def many(**fields: st.SearchStrategy) -> st.SearchStrategy:
        return st.lists(st.fixed_dictionaries(fields), max_size=most)

    lines = st.lists(text, max_size=most)
    return st.fixed_dictionaries(
        {
            "lang": st.sampled_from(["zh", "zh-Hant", "en"]),
            "requester": st.fixed_dictionaries({"name": names, "department": text, "title": text}),
            "leader": st.fixed_dictionaries({"name": names, "title": text, "form_of_address": text}),
            "other_department": st.fixed_dictionaries({"name": names, "contact": text, "head": text}),
            "matter": names,
            "purpose": text,
            **dict.fromkeys(("situation", "importance", "benefit", "followup"), lines),
            "deadline": day,
            "efforts": many(date=day, channel=text, with_=text, result=text),
            "options": many(title=text, what_leader_does=text, minutes=minutes, benefit=text),
            "precedents": many(
                when=st.one_of(text, st.sampled_from(["2025-03", "2025-03-09", "2025", "2025-13"])),
                what=text,
                result=text,
            ),
            "commitments": many(what=text, who=text, by=day),
            "improvement": text,
            "preferred": st.just(0),
        }
    ).map(Brief.model_validate)


def plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()


def numbers(text: str) -> set[str]:
    return {n.lstrip("0") or "0" for n in re.findall(r"\d+", unicodedata.normalize("NFKC", text))}


def known_numbers(brief: Brief) -> set[str]:
    return numbers("\n".join(_leaves(brief.model_dump())))


def _leaves(value: object) -> list[str]:
    if isinstance(value, dict):
        return [leaf for v in value.values() for leaf in _leaves(v)]
    if isinstance(value, (list, tuple)):
        return [leaf for v in value for leaf in _leaves(v)]
    return [str(value)]


@pytest.mark.points("2.3", "3.3", "4.2")
@settings(max_examples=150, deadline=None)
@given(briefs(anything, name), st.sampled_from(Style), st.integers(0, 5))
def test_every_number_is_the_briefs_and_what_is_needed_is_there(brief, style, variant):
    known = known_numbers(brief)
    for channel in Channel:
        text = compose(brief, channel=channel, style=style, variant=variant)
        said = re.sub(r"(?m)^(Option )?\d+[:.] ", "", str(text))
        assert numbers(said) <= known
        assert plain(trim(brief.other_department.name).rstrip("!?！？。")) in plain(str(text))
        assert plain(trim(brief.matter).rstrip("!?！？。")) in plain(str(text))  # a stop may give way to ours
        if brief.deadline:
            assert str(brief.deadline.day) in re.findall(r"\d+", str(text))
        if channel in (Channel.EMAIL, Channel.REPORT):
            for option in brief.options:
                assert plain(trim(option.title).rstrip("!?！？。")) in plain(str(text))
                assert not option.title or not option.minutes or str(option.minutes) in str(text)
        if channel is Channel.REPORT:
            assert text.left_out == ()
        if text.length.limit is not None and text.length.size > text.length.limit:
            assert len(brief.model_dump_json()) > text.length.limit  # what is needed alone is longer


@settings(max_examples=60, deadline=None)
@given(briefs(anything, name), anything, name)
def test_the_other_texts_invent_nothing_either(brief, words, helper):
    known = known_numbers(brief) | numbers(words) | numbers(helper) | {"3", "12", "2026"}
    progress = Progress(
        words, words, ((date(2026, 12, 3), words),), (words,), ((words, helper, date(2026, 12, 3)),), words
    )
    texts = [
        *(
            str(t)
            for t in (note(brief), report_back(brief, progress), after_no(brief, words), answer(brief, words, words))
        ),
        *(str(reminder(brief, n)) for n in (1, 2)),
        *(str(thanks(brief, Helper(helper, "", words), words, n)) for n in (None, 0, 12)),
        *(p.text for p in agenda(brief, 12).points),
        *talking_points(brief, None, words).points,
        *(line.text for line in speaking_card(brief).lines),
        *(q.answer for q in likely_questions(brief)),
        *(leader_headline(brief).title, leader_headline(brief).why),
    ]
    for text in texts:
        assert numbers(text) <= known
    assert words in str(report_back(brief, progress))


SHORT_ZH = st.sampled_from(
    [
        "",
        "9 月 8 日已提交。",
        "请对方先看一下！",
        "需要 30 份，",
        "与李工商量",
        "3 天内回复；",
        "报价单",
        "他说可以",
        "：待定",
    ]
)
SHORT_EN = st.sampled_from(
    [
        "",
        "Ask Kim for 2 people.",
        "No reply by 3 May!",
        "the order,",
        "Two dates; one room",
        "A list...",
        "Can we wait?",
    ]
)
NAMES = st.sampled_from(["采购部", "O'Brien", "R&D", "李工", "Estates", "王经理。"])
SCAR = re.compile(
    r"[。，；：、,;:]\s?[。，；：、,;:]|[。.!?！？][。，；：、,;:.]|（[，）]|，）|“”|「」"
    r"|[（(]\s*[)）]|\bNone\b|无|[{}\[\]]|  "
)


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_short_fields_keep_the_length_and_leave_no_scar(data):
    lang = data.draw(st.sampled_from(["zh", "zh-Hant", "en"]))
    brief = data.draw(briefs(SHORT_EN if lang == "en" else SHORT_ZH, NAMES, most=3)).model_copy(
        update={"lang": Language(lang)}
    )
    for channel in Channel:
        text = compose(brief, channel=channel)
        assert not SCAR.search(str(text)), SCAR.search(str(text))
        assert text.length.limit is None or text.length.size <= text.length.limit
    for other in (
        note(brief),
        reminder(brief, 1),
        report_back(brief, Progress("", "")),
        thanks(brief, Helper("Kim"), "", None),
    ):
        assert not SCAR.search(str(other)), SCAR.search(str(other))


def test_a_field_of_nothing_but_white_space_of_any_kind_is_empty():
    people = {"requester": {"name": "甲"}, "leader": {"name": "乙"}, "other_department": {"name": "丙"}}
    brief = Brief.model_validate(people | {"matter": "\x1f修割草机", "options": [{"title": "\x1f", "minutes": 2}]})
    assert (brief.matter, brief.options[0].title) == ("修割草机", "")
    with pytest.raises(ValueError, match="matter"):
        Brief.model_validate(people | {"matter": "\x1c\x1f"})


@pytest.mark.points("2.2", "2.10")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_requests_of_many_hands_keep_their_facts_and_length_and_have_no_fault(language):
    for line in (CORPUS / f"{language}.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        brief = Brief.model_validate({key: value for key, value in row.items() if key not in ("id", "weightiest")})
        for channel in Channel:
            text = compose(brief, channel=channel)
            where = f"{row['id']}, {channel}:\n{text}"
            assert numbers(re.sub(r"(?m)^(Option )?\d+[:.] ", "", str(text))) <= known_numbers(brief), where
            assert plain(brief.matter).rstrip(".。!！?？") in plain(str(text)), where
            assert plain(brief.other_department.name) in plain(str(text)), where
            assert text.length.limit is None or text.length.size <= text.length.limit, where
            assert huitong.review(str(text), channel=channel, language=brief.lang).faults == (), where
