"""The face of the review: what comes back for any text."""

import json
import os
import subprocess
import sys
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import huitong
from huitong.method.errors import UnreadableText
from huitong.method.words import Channel, Element, Fault, Language
from huitong.review import review

LETTER = """主题：物料交期

张总，您好：
想请您帮忙把秋季发布会的物料交期定下来，赶上 10 月 18 日发布会。
9 月 8 日提交采购申请，目前仍在比价，未给出交期。
物料晚于 10 月 12 日到场，搭建顺延，场租每天 2.4 万元。
我已于 9 月 15 日与李工当面沟通，答复需排队。
建议开一次 30 分钟的协调会，或者由您与王经理通个电话，哪一种合适，请您定。
规格和三家报价由我负责，9 月 25 日前备齐。
定下来当天我向您汇报。
感谢您的支持。
"""
POOR = "王总，采购部一直推诿，我真的受够了。您必须今天给个说法，再拖下去我就辞职。"

PIECES = st.sampled_from(
    [
        "张总，您好。",
        "請您協調",
        "\r\n",
        "🙂",
        "一直推诿",
        "，",
        "ＸＸ项目",
        "____",
        "[Name of head]",
        "\x00",
        "\ud800",
        "İ",
        "ﬁ",
    ]
    + [
        "> quoted\n",
        "1 ",
        "另外",
        "tell Dave to",
        "-----Original Message-----\n",
        "Hi Helen,\n",
        "1，900",
        "“",
        "”",
        "《",
        " ",
    ]
)
TEXTS = st.one_of(st.text(st.characters(), max_size=200), st.lists(PIECES, max_size=30).map("".join))


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, language=st.sampled_from([None, *Language]), channel=st.sampled_from(list(Channel)))
def test_any_text_gets_true_offsets_and_plain_data(text: str, language: Language | None, channel: Channel) -> None:
    result = review(text, channel=channel, language=language)
    data = json.loads(json.dumps(result.to_dict()))
    places = [*result.faults, *(span for spans in result.elements.values() for span in spans)]
    assert all(0 <= p.start < p.end <= len(text) and p.text == text[p.start : p.end] for p in places)
    assert set(data) == {"language", "channel", "elements", "missing", "faults", "length"}
    assert not set(data["elements"]) & set(data["missing"])


@pytest.mark.points("1.2", "1.3", "1.4", "1.5", "2.2", "2.3", "2.4", "2.6", "4.5")
def test_a_full_letter_lacks_nothing_and_needs_no_mending() -> None:
    result = review(LETTER, channel="email")
    assert result.missing == ()
    assert result.faults == ()


@pytest.mark.points("2.10", "3.6")
def test_blame_complaint_order_and_threat_are_each_underlined() -> None:
    result = review(POOR, channel="chat")
    assert [f.code for f in result.faults] == [Fault.BLAME, Fault.COMPLAINT, Fault.COMMAND, Fault.ULTIMATUM]
    assert all(f.why and f.instead for f in result.faults)


def test_what_matters_most_is_named_first_among_what_is_missing() -> None:
    assert review("", channel="chat").missing == (
        Element.ASK,
        Element.SITUATION,
        Element.IMPORTANCE,
        Element.GREETING,
    )


def test_what_is_told_in_clauses_one_behind_the_other_is_one_passage() -> None:
    text = "王总，采购部还没有答复，仓库也没有回复。请您协调。"
    assert [span.text for span in review(text).elements[Element.SITUATION]] == ["采购部还没有答复，仓库也没有回复"]


def test_a_passage_ends_with_its_line() -> None:
    passages = review("现状：\n仓库没有回复出库单。\n采购没有确认交期。").elements[Element.SITUATION]
    assert [span.text for span in passages] == ["仓库没有回复出库单", "采购没有确认交期"]


def test_elements_come_in_the_order_of_the_method() -> None:
    found = list(review(LETTER).elements)
    assert found == [e for e in Element if e in found]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("张总，物料还没有到。", Language.ZH),
        ("處長，場地還沒有定案。", Language.ZH_HANT),
        ("Helen, the pallets are still here.", Language.EN),
        ("Hi Leon，客服的标签和我们对不上。", Language.ZH),
        ("", Language.ZH),
    ],
)
def test_the_language_is_found_by_itself(text: str, language: Language) -> None:
    assert review(text).language is language


def test_traditional_characters_hold_the_same_codes() -> None:
    simplified = review("王总，采购部一直推诿，请您协调。")
    traditional = review("王總，採購部一直推諉，請您協調。")
    assert set(simplified.elements) == set(traditional.elements)
    assert [f.code for f in simplified.faults] == [f.code for f in traditional.faults]
    assert traditional.faults[0].text == "一直推諉"
    assert "事實" in traditional.faults[0].why


def test_half_width_punctuation_changes_nothing() -> None:
    full, half = review(LETTER), review(LETTER.translate(str.maketrans("，：。？！；", ",:。?!;")))
    assert [(e, [(s.start, s.end) for s in spans]) for e, spans in full.elements.items()] == [
        (e, [(s.start, s.end) for s in spans]) for e, spans in half.elements.items()
    ]


@pytest.mark.parametrize(
    "text",
    [
        "张总，进展如下。\n> 采购部一直推诿，我受够了。\n",
        "张总，见下。\n-----Original Message-----\n采购部一直推诿。",
        "张总，见下。\n发件人：李工\n发送时间：周一\n采购部一直推诿。",
        "李工说“别再推诿了，你们必须今天给个说法”。",
    ],
)
def test_the_words_of_others_are_not_the_writers_faults(text: str) -> None:
    assert review(text).faults == ()


@pytest.mark.points("2.2")
def test_the_length_counts_characters_in_chinese_and_words_in_english() -> None:
    assert review("张总 您好。\n", channel="chat").to_dict()["length"] == {
        "size": 5,
        "limit": 200,
        "unit": "characters",
    }
    english = review("Hi Helen, one minute?", channel="spoken").to_dict()["length"]
    assert english == {"size": 4, "limit": 150, "unit": "words"}
    assert review("张总", channel="report").length.limit is None


@pytest.mark.parametrize("text", [b"\x00\x01", None, "字" * 400_000, "a" * 1_000_001])
def test_what_is_no_text_or_over_a_megabyte_is_refused(text: object) -> None:
    with pytest.raises(UnreadableText):
        review(text)  # type: ignore[arg-type]


def test_an_unknown_channel_or_language_is_an_error() -> None:
    with pytest.raises(ValueError, match="fax"):
        review("张总", channel="fax")
    with pytest.raises(ValueError, match="fr"):
        review("张总", language="fr")


def test_the_short_name_works_whatever_was_imported_before() -> None:
    import_module("huitong.review.formats")
    assert huitong.review("一直推诿", channel="chat").faults[0].code is Fault.BLAME


def test_reviewing_imports_neither_django_nor_pydantic() -> None:
    code = "import sys, huitong; huitong.review('张总'); print([m for m in ('django', 'pydantic') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("方案二　只签字（5 分钟）：会签按正常流程走，省事，但很可能赶不上。", "zh"),
        ("I phoned Ada: half a day's work, but she cannot move it up without Ben's say-so.", "en"),
        ("2. Instruct outside solicitors (15 minutes): authorise up to £1,500 – can begin at once.", "en"),
        ("That covers all 17 at once, and there is nothing to print.", "en"),
        ("The form is with accounting, and she does not know how long it takes.", "en"),
        ("Could you fill in form EO1 and send it to Callum?", "en"),
        ("方案二　同意临时外雇罐车：批外雇，2600 一趟，马上能来，有两家备案过的。", "zh"),
    ],
)
def test_what_an_option_brings_and_what_somebody_cannot_do_is_no_fault(text, language):
    assert review(text, channel="email", language=language).faults == ()
