"""Every example as every kind in every format: nothing is lost, nothing invented, the bytes the same."""

import re
from datetime import date
from pathlib import Path
from typing import Final

import pytest

import huitong
from huitong.documents import format_names, kinds
from huitong.documents.wording import clean, day
from huitong.method import Brief, Language

EXAMPLES: Final = ("en-complex", "zh-complex", "zh-simple")
DAY: Final = date(2026, 10, 12)
KINDS: Final = [
    (example, kind.names[0])
    for example in EXAMPLES
    for kind in kinds(Language.EN if example.startswith("en") else Language.ZH)
]
MINUTES: Final = {"decisions": ["由两个部门一起试行"], "attendees": ["甲"]}
NUMBER: Final = re.compile(r"\d+(?:[.,:]\d+)*")


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [t for item in value.values() for t in _texts(item)]
    if isinstance(value, (list, tuple)):
        return [t for item in value for t in _texts(item)]
    return [value] if isinstance(value, str) else []


def _tight(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _facts(brief: Brief) -> set[str]:
    """Names, numbers and dates of a brief, as they stand in a document, without spaces."""
    facts = {
        brief.requester.name,
        brief.requester.title,
        brief.leader.name,
        *brief.other_department.model_dump().values(),
    }
    facts |= {number for text in _texts(brief.model_dump(exclude={"precedents"})) for number in NUMBER.findall(text)}
    days = [brief.deadline, *(e.date for e in brief.efforts), *(c.by for c in brief.commitments)]
    facts |= {day(d, brief.lang) for d in days if d}
    facts |= {e.with_ for e in brief.efforts} | {c.who for c in brief.commitments}
    facts |= {str(o.minutes) for o in brief.options} | {o.title for o in brief.options}
    facts |= {
        clean(line, brief.lang) for line in (*brief.situation, *brief.importance, *brief.benefit, *brief.followup)
    }
    return {_tight(fact) for fact in facts if fact}


def test_the_kinds_and_formats_are_those_that_are_promised():
    names = {kind.names[0] for language in (Language.ZH, Language.EN) for kind in kinds(language)}
    assert names == {"请示", "报告", "函", "签报", "纪要", "report", "memo", "minutes"}
    assert {k.code for k in kinds(Language.ZH)} == {k.code for k in kinds(Language.ZH_HANT)}
    assert format_names() == ("docx", "html", "pdf")


@pytest.mark.parametrize("format", format_names())
@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_the_document_can_be_read_back_and_invents_no_number(example, read, name, kind, format):
    brief = example(name)
    extra = MINUTES if kind in ("纪要", "minutes") else {}
    text = read(huitong.write_report(brief, kind=kind, format=format, day=DAY, **extra), format)
    assert _tight(clean(brief.matter, brief.lang)) in text
    given = NUMBER.findall(brief.model_dump_json() + DAY.isoformat()) + [str(n) for n in range(1, 5)]
    known = {int(n) for number in given for n in re.split("[.,:]", number)}
    shown = NUMBER.findall(re.sub(r"—\d—", "", text))
    assert {int(n) for number in shown for n in re.split("[.,:]", number)} <= known
    assert ("由两个部门一起试行" in text) == bool(extra)


@pytest.mark.points("1.7", "4.9")
@pytest.mark.parametrize("format", format_names())
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("zh-complex", "请示"),
        ("zh-complex", "报告"),
        ("zh-complex", "签报"),
        ("zh-simple", "请示"),
        ("en-complex", "report"),
    ],
)
def test_every_fact_of_the_brief_is_in_a_request_and_a_report(example, read, name, kind, format):
    text = read(huitong.write_report(example(name), kind=kind, format=format, day=DAY), format)
    assert {fact for fact in _facts(example(name)) if fact not in text} == set()


@pytest.mark.parametrize("format", format_names())
@pytest.mark.parametrize(("name", "kind"), [("zh-complex", "请示"), ("en-complex", "report")])
def test_the_same_input_gives_the_same_bytes(example, name, kind, format, monkeypatch):
    first = huitong.write_report(example(name), kind=kind, format=format, day=DAY)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert huitong.write_report(example(name), kind=kind, format=format, day=DAY) == first
    assert huitong.write_report(example(name), kind=kind, format=format, day=date(2026, 10, 13)) != first


@pytest.mark.parametrize("format", format_names())
def test_what_a_brief_lacks_leaves_no_scar(brief, read, format):
    least = brief(requester={"name": "陈晓"})
    text = read(huitong.write_report(least, format=format, day=DAY), format)
    for scar in ("None", "（）", "，。", "：。", "。。", "[", "（，", "，，", "约分钟"):
        assert scar not in text, scar
    assert "一、涉及部门此事涉及采购部。二、请示事项拟请领导出面与采购部沟通协调。妥否，请批示。" in text


@pytest.mark.parametrize(
    ("lang", "name", "heading", "yours"),
    [
        ("zh", "检验科", "涉及科室", "贵科"),
        ("zh", "教务处", "涉及处室", "贵处"),
        ("zh", "区财政局", "涉及单位", "贵局"),
        ("zh", "华东分公司", "涉及单位", "贵司"),
        ("zh", "采购部", "涉及部门", "贵部"),
        ("zh", "IT Support", "涉及部门", "贵部门"),
        ("zh-Hant", "總務處", "涉及處室", "貴處"),
    ],
)
def test_the_other_department_is_called_as_people_there_call_it(brief, read, lang, name, heading, yours):
    with_them = brief(lang=lang, other_department={"name": name})
    request = read(huitong.write_report(with_them, kind="请示", format="html", day=DAY), "html")
    letter = read(huitong.write_report(with_them, kind="函", format="html", day=DAY), "html")
    assert heading in request
    assert f"與{yours}商洽" in letter or f"与{yours}商洽" in letter


def test_a_brief_in_english_with_the_least_reads_well(brief, read):
    least = brief(
        lang="en",
        requester={"name": "Maya"},
        leader={"name": "Rowan"},
        other_department={"name": "Estates"},
        matter="The lift",
    )
    text = read(huitong.write_report(least, format="html", day=DAY), "html")
    assert "SubjectThelift" in text
    assert "TheliftneedsanagreementwithEstates." in text
    assert "WeaskyoutospeaktoEstates." in text


def test_each_example_is_there():
    folder = Path(__file__).parents[2] / "examples"
    assert sorted(path.stem for path in folder.glob("*.yaml")) == sorted(EXAMPLES)
