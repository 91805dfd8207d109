"""Whole drafts that the review has not learned from: a floor under how well it reads them, code by code.

The figures themselves, with every error, are what `make evaluate` prints; docs/review.md has them.
"""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from huitong.method.words import Element, Fault, Language
from huitong.review import review
from huitong.review.evaluation import Evaluation, evaluate, false_alarms, load_corpus

CORPUS = Path(__file__).parents[2] / "corpus"
DRAFTS = tomllib.loads((Path(__file__).parent / "drafts.toml").read_text(encoding="utf-8"))["drafts"]
#                  elements, precision and recall of the faults
FLOORS = {"zh": (0.85, 0.80, 0.65), "zh-Hant": (0.85, 0.80, 0.60), "en": (0.80, 0.75, 0.55)}


def last(language: str) -> Evaluation:
    lines = (CORPUS / f"{language.partition('-')[0]}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if (row["lang"], row["part"]) == (language, "last")]
    return evaluate(load_corpus("\n".join(map(json.dumps, rows))), review)


@pytest.mark.points("1.2", "1.3", "1.4", "2.10", "3.6")
@pytest.mark.parametrize("language", FLOORS)
def test_drafts_of_writers_never_learned_from_are_read_well(language: str) -> None:
    elements, precision, recall = FLOORS[language]
    result = last(language)
    assert result.macro_f1 >= elements
    assert result.faults.precision >= precision
    assert result.faults.recall >= recall


@pytest.mark.parametrize("language", ["zh", "en"])
def test_clean_prose_of_offices_raises_hardly_an_alarm(language: str) -> None:
    prose = (CORPUS / f"clean.{language}.txt").read_text(encoding="utf-8")
    characters, alarms = false_alarms(prose, review, Language(language))
    assert 10_000 * len(alarms) / characters <= 2.5, alarms


NAMES: Final = {
    "zh": (
        "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨",
        (
            "文博",
            "建国",
            "晓燕",
            "志强",
            "静怡",
            "大勇",
            "海棠",
            "拖雷",
            "必成",
            "永红",
            "苦竹",
            "乱石",
            "敏",
            "急流",
            "差强",
            "火旺",
            "冤家",
            "推山",
            "怪石",
            "绝尘",
            "惨",
        ),
        (
            "采购",
            "质检",
            "仓储",
            "信访",
            "催收",
            "投诉",
            "应急",
            "危废",
            "纠纷",
            "督办",
            "清欠",
            "举报",
            "客诉",
            "理赔",
        ),
        (
            "部",
            "科",
            "处",
            "中心",
            "办公室",
            "组",
            "委员会",
            "一部",
            "二科",
            "专班",
            "小组",
            "分中心",
            "站",
            "大队",
            "科室",
            "联络处",
            "工作部",
            "服务台",
            "指挥部",
            "执行处",
            "分局",
            "支队",
            "公司",
            "厂",
        ),
    ),
    "en": (
        (
            "Amy ",
            "Bo ",
            "Carl ",
            "Dina ",
            "Ezra ",
            "Faye ",
            "Gus ",
            "Hope ",
            "Ike ",
            "Joy ",
            "Kim ",
            "Lou ",
            "Max ",
            "Ned ",
        ),
        (
            "Blame",
            "Sharp",
            "Crisis",
            "Savage",
            "Slaughter",
            "Grim",
            "Payne",
            "Idle",
            "Worst",
            "Lazy",
            "Moody",
            "Hazard",
            "Strange",
            "Coward",
            "Bitter",
            "Rude",
            "Wild",
            "Never",
            "Furey",
            "Looney",
            "Slack",
            "Wait",
            "Doom",
            "Dull",
        ),
        (
            "Complaints ",
            "Claims ",
            "Collections ",
            "Emergency ",
            "Dispute ",
            "Waste ",
            "Recovery ",
            "Crisis ",
            "Fraud ",
            "Risk ",
            "Audit ",
            "Damage ",
            "Hazard ",
            "Loss ",
        ),
        (
            "Unit",
            "Desk",
            "Office",
            "Team",
            "Department",
            "Centre",
            "Board",
            "Group",
            "Section",
            "Branch",
            "Division",
            "Bureau",
            "Service",
            "Command",
            "Support",
            "Response",
            "Control",
            "Prevention",
            "Management",
            "Committee",
            "Panel",
            "Line",
            "Hub",
            "Cell",
        ),
    ),
}


def names(language: str) -> Iterator[str]:
    """A thousand names of people, departments and products, plainly made up."""
    first, last, fields, kinds = NAMES[language]
    for n in range(334):
        yield first[n % len(first)] + last[n // len(first) % len(last)]
        yield fields[n % len(fields)] + kinds[n // len(fields) % len(kinds)]
        yield f"{'ABCDEFGHKMNPRSTVWX'[n % 18]}{'QXZ'[n % 3]}-{n + 100}"


@pytest.mark.parametrize("language", NAMES)
def test_a_thousand_names_in_clean_prose_raise_no_further_alarm(language: str) -> None:
    prose = (CORPUS / f"clean.{language}.txt").read_text(encoding="utf-8")
    stop = "。" if language == "zh" else ". "
    sentences = prose.split(stop)
    for n, name in enumerate(names(language)):  # several rounds over the sentences: each names many
        sentence = n % (len(sentences) - 1)
        sentences[sentence] += f"（{name}）" if language == "zh" else f" ({name})"
    _, before = false_alarms(prose, review, Language(language))
    _, after = false_alarms(stop.join(sentences), review, Language(language))
    assert len(after) <= len(before), after


def test_drafts_of_our_own_are_read_as_a_careful_reader_reads_them() -> None:
    there, found, both = Counter[str](), Counter[str](), Counter[str]()
    for draft in DRAFTS:
        result = review(draft["text"], channel=draft["channel"])
        said = {*map(str, result.elements), *(str(f.code) for f in result.faults)}
        meant = {*draft["elements"], *draft["faults"]}
        there.update(meant)
        found.update(said)
        both.update(said & meant)
    for codes in (list(Element), list(Fault)):
        right, meant_count, said_count = (sum(c[code] for code in codes) for c in (both, there, found))
        assert 2 * right / (meant_count + said_count) >= 0.85


@pytest.mark.parametrize(
    "line", ["To: Renee Oakfield, Parks Superintendent", "From: Ann, Blame & Delay Ltd", "致：推诿科"]
)
def test_who_writes_to_whom_accuses_nobody(line: str) -> None:
    text = (
        f"{line}\n\nThe pump is late. Could you call them?" if line.isascii() else f"{line}\n\n水泵迟到三天，请您联系。"
    )
    assert [f.code for f in review(text, channel="report").faults if f.start < len(line)] == []
