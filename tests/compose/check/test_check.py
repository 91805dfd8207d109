"""What is wrong with a house's own template is found before anybody is sent anything, and said with its line."""

import time
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitong.compose import (
    PACKAGED,
    HeldMeeting,
    Helper,
    Progress,
    Stuck,
    after_no,
    agenda,
    answer,
    compose,
    escalation,
    leader_headline,
    likely_questions,
    minutes,
    note,
    reminder,
    report_back,
    speaking_card,
    talking_points,
    thanks,
    warning,
)
from huitong.compose.check import MAX_SOURCE, SIZES, TEXTS, check, is_readable, preview, vocabulary
from huitong.compose.check.samples import sample
from huitong.compose.template import packaged_source, template
from huitong.method import Channel, Language, Style

ZH, EN = Language.ZH, Language.EN
OWN = Path(__file__).parent  # two templates of a house, which stay while ours change
CHAT, EMAIL = ((OWN / f"{name}.toml").read_text("utf-8") for name in ("chat", "email"))


def line_of(source: str, words: str, nth: int = 1) -> int:
    """The line on which these words stand for the n-th time."""
    found = [number for number, line in enumerate(source.split("\n"), start=1) if words in line]
    return found[nth - 1]


def one(name: str, source: str, language: Language = ZH) -> tuple[int, str]:
    """The first mistake: its line and its Chinese words."""
    mistakes = check(language, name, source)
    assert mistakes
    assert all(m.zh and m.en and 0 <= m.line <= source.count("\n") + 1 for m in mistakes)
    return mistakes[0].line, mistakes[0].zh


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", TEXTS)
def test_every_packaged_template_passes(language, name):
    assert check(language, name, packaged_source(language, name)) == ()


def test_there_is_a_check_for_every_packaged_text():
    folder = files("huitong.compose") / "templates" / "zh"
    assert sorted([*TEXTS, "words", "deeds", "decided"]) == sorted(
        path.name.removesuffix(".toml") for path in folder.iterdir()
    )


WRONG = [
    ("an unclosed quote", 'text    = ["希望{purpose}。"]', 'text    = ["希望{purpose}。]', "TOML"),
    ("an unclosed passage", "希望{purpose}。", "希望[{purpose}。", "配对"),
    ("a passage closed twice", "希望{purpose}。", "希望[{purpose}]]。", "配对"),
    ("an unclosed fact", "希望{purpose}。", "希望{purpose。", "配对"),
    ("a brace too many", "希望{purpose}。", "希望{purpose}}。", "多了一个 }"),
    ("a fact that there isn't", "希望{purpose}。", "希望{porpoise}。", "{porpoise}"),
    ("an item's fact outside its list", "希望{purpose}。", "希望{item}。", "{item}"),
    ("an unknown key", 'opens   = "line"\nrank    = 10', 'open    = "line"\nrank    = 10', "open"),
    ("an unknown list", 'each    = "efforts"', 'each    = "attempts"', "没有这一列"),
    ("an unknown condition", 'unless  = "preferred"', 'unless  = "liked"', "没有叫这个名称"),
    ("a number in quotes", "rank    = 34", 'rank    = "34"', "整数"),
    ("a number out of bounds", "rank    = 34", "rank    = 3400", "整数"),
    ("an unknown element", 'element = "purpose"', 'element = "porpoise"', "只能写"),
    ("a wording that is a number", 'text    = ["希望{purpose}。"]', "text    = [12]", "一列文字"),
    ("facts where none can stand", 'end     = "。"', 'end     = "{matter}。"', "不能用花括号"),
    ("too deep", "希望{purpose}。", "希望" + "[" * 5 + "{purpose}" + "]" * 5 + "。", "太深"),
    ("a control character", "希望{purpose}。", "希望\\u0000{purpose}。", "控制字符"),
    ("a single bracket for a wording", "[[part.other]]", "[part.other]", "[[part.other]]"),
]


@pytest.mark.parametrize(("was", "becomes", "said"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_a_mistake_of_form_is_named_with_its_line(was, becomes, said):
    assert was in CHAT
    source = CHAT.replace(was, becomes, 1)
    changed = next(n for n, (a, b) in enumerate(zip(CHAT.split("\n"), source.split("\n"), strict=True), 1) if a != b)
    line, zh = one("chat", source)
    assert line == changed
    assert said in zh
    assert not is_readable(ZH, "chat", source)


def test_the_line_is_that_of_the_wording_within_its_list():
    source = CHAT.replace("想请您{act}[，约{time}]", "想请您{acts}[，约{time}]", 1)
    assert one("chat", source)[0] == line_of(source, "{acts}")


def test_mistakes_in_the_tables_of_styles_and_wordings_have_their_own_lines():
    formal = CHAT.replace("影响在于，", "影响在于{x}，", 1)
    other = CHAT.replace("影响是，", "影响是{x}，", 1)
    assert one("chat", formal)[0] == line_of(formal, "影响在于{x}")
    assert one("chat", other)[0] == line_of(other, "影响是{x}")


def test_a_text_with_one_wording_has_no_styles():
    source = packaged_source(ZH, "note") + '[part.formal]\ntext = ["{requester}"]\n'
    assert one("note", source) == (line_of(source, "[part.formal]"), "这种文稿只有一种说法，不分语气。")


def test_a_question_needs_its_element():
    source = packaged_source(ZH, "questions").replace('element  = "proposal"\n', "")
    assert "question 和 element" in one("questions", source)[1]


LOST = [
    ("chat", "{thing}要[在{deadline_day}前]与{other}商定", "这件事要[在{deadline_day}前]与{other}商定", "事项"),
    ("chat", "[在{deadline_day}前]与{other}商定", "[在{deadline_day}前]商定", "对方部门"),
    ("email", '[[part]]\nelement = "greeting"', '[[part]]\nwhen = "precedents"\nelement = "greeting"', ""),
    ("email", "{label}[（{time}）]", "{label}", "要用的时间"),
    ("email", 'each    = "importance"\nneeded  = true', 'each    = "importance"\nwhen = "benefit"', "影响"),
    ("email", 'leading = "last"\nrank    = 6\nthen    = 54', "rank    = 6\nthen    = 900", "努力"),
    ("email", 'subject = ["请您定', 'subject = ["[{purpose}：]请您定', ""),
    ("report", "[\n好处：{benefit}。]", "", "方案（options.benefit）"),
    ("note", "{said}", "好", "我方的承诺"),
    ("talk", "您的意见：“{words}”", "要听您的意见", "领导的原话"),
    ("agenda", "{said}", "好", "我方的承诺"),
    ("report_back", "“{words}”", "已收到", "领导的原话"),
    ("report_back", "结果：{outcome}。", "有结果了。", "结果"),
    ("thanks", "谢谢您{did}。", "谢谢您。", "对方做了什么"),
    ("after_no", "“{words}”", "", "领导的原话"),
    ("answer", "“{question}”", "", "领导的原话"),
    ("reminder", "还是{thing}，", "还是那件事，", "事项"),
    ("headline", "{requester}想请您", "想请您", "谁写的"),
    ("questions", "{label}，约{time}", "{label}", "时间"),
]


@pytest.mark.parametrize(("name", "was", "becomes", "fact"), LOST)
def test_a_template_that_loses_a_needed_fact_is_refused_with_which(name, was, becomes, fact):
    packaged = {"chat": CHAT, "email": EMAIL}.get(name) or packaged_source(ZH, name)
    toml = (was.replace("\n", "\\n"), becomes.replace("\n", "\\n")) if was.startswith("[\n") else (was, becomes)
    assert toml[0] in packaged
    mistakes = check(ZH, name, packaged.replace(*toml))
    if fact:
        assert any(fact in m.zh for m in mistakes), [m.zh for m in mistakes]
        assert is_readable(ZH, name, packaged.replace(*toml))
    else:
        assert mistakes == ()  # a greeting may go, a subject may say more


def test_a_fact_lost_in_one_style_alone_names_the_table_of_that_style():
    was = "现向您请示一件事：{matter}，需[在{deadline_day}前]与{other}商定。"
    source = EMAIL.replace(was, "现向您请示一件事：{matter}，需与{other}商定。")
    (mistake,) = check(ZH, "email", source)
    assert mistake.line == line_of(source, "[part.formal]")
    assert "期限" in mistake.zh
    assert "正式" in mistake.zh
    assert "formal" in mistake.en


def test_a_fact_lost_in_another_wording_names_its_table():
    was = "有件事想请您拿个主意：{matter}，要[在{deadline_day}前]跟{other}定下来。"
    source = EMAIL.replace(was, "有件事想请您拿个主意：{matter}，要[在{deadline_day}前]定下来。")
    (mistake,) = check(ZH, "email", source)
    assert mistake.line == line_of(source, "[[part.other]]")
    assert "第 2 种说法" in mistake.zh


def test_the_ask_is_needed_where_there_are_no_options_too():
    at = CHAT.index('[[part]]\nelement = "ask"\nunless')
    source = CHAT[:at] + CHAT[CHAT.index("[[part]]", at + 1) :]
    assert any("请领导做什么" in m.zh for m in check(ZH, "chat", source))


HOSTILE = {
    "long": "# " + "长" * 200_000,
    "many parts": '[[part]]\ntext = ["x"]\n' * 10_000,
    "many short parts": "[[part]]\n" * 2_000,
    "deep brackets": "a = " + "[" * 15_000,
    "deep tables": "a = " + "{a=" * 4_000,
    "a deep key": ".".join("a" * 9_000) + " = 1",
    "a deep passage": '[[part]]\ntext = ["' + "[" * 900 + "{matter}" + "]" * 900 + '"]',
    "a long number": "[[part]]\nrank = " + "9" * 1_900,
    "not text": "[[part]]\ntext = 2026-01-01",
    "a table as a part": "part = 3",
    "a heading that formats": 'heading = "{title:>999999999}"\n[[part]]\ntext = ["{matter}"]',
    "a heading that looks inside": 'heading = "{title.__class__}"\n[[part]]\ntext = ["{matter}"]',
    "slots that look inside": '[[part]]\ntext = ["{matter.__class__}{matter!r}{0}"]',
    "nothing": "",
    "nul": "\x00",
    "half a pair": '[[part]]\ntext = ["\ud800"]',
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", ["email", "agenda", "questions"])
def test_what_cannot_be_a_template_is_refused_at_once(name, source):
    vocabulary(ZH, name)  # read once a process, not once a template
    began = time.perf_counter()
    assert one(name, source)[1]
    assert time.perf_counter() - began < 1


def test_what_is_tried_is_bounded():
    filler = '[[part]]\nelement = "ask"\ntext = ["' + "，".join(["[{purpose}]"] * 12) + '"]\n'
    source = EMAIL + filler * 15 + '[[part.other]]\ntext = ["好"]\n' * 11
    assert len(source) < MAX_SOURCE
    assert "试写不完" in one("email", source)[1]


LINES = [line for n in ("chat", "agenda", "questions") for line in packaged_source(ZH, n).split("\n")]


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_whatever_is_typed_is_refused_with_a_line_or_composes(data):
    name = data.draw(st.sampled_from(["chat", "agenda", "questions", "report_back"]))
    lines = packaged_source(ZH, name).split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        what = data.draw(st.sampled_from(["drop", "repeat", "other", "cut", "junk"]))
        if what == "drop" and len(lines) > 1:
            del lines[at]
        elif what == "repeat":
            lines.insert(at, lines[data.draw(st.integers(0, len(lines) - 1))])
        elif what == "other":
            lines[at] = data.draw(st.sampled_from(LINES))
        elif what == "cut":
            lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
        else:
            lines[at] += data.draw(st.text(max_size=8))
    source = "\n".join(lines)
    mistakes = check(ZH, name, source)
    assert all(0 <= m.line <= source.count("\n") + 1 for m in mistakes)
    if not mistakes:
        for size in SIZES:
            for style in Style:
                for shown in preview(ZH, name, source, size=size, style=style, variant=1):
                    assert sample(ZH, size).matter in f"{shown.subject}{shown.body}" or name == "questions"


# --- the texts themselves ---


def test_a_houses_own_template_is_used_and_nothing_else_changes():
    own = CHAT.replace("谢谢您。", "多谢。")
    house = {(ZH, "chat"): own}
    brief = sample(ZH, "ordinary")
    assert "多谢。" in str(compose(brief, channel="chat", house=house))
    assert "多谢。" not in str(compose(brief, channel="chat"))
    assert compose(brief, channel="email", house=house) == compose(brief, channel="email")
    english = sample(EN, "ordinary")
    assert compose(english, channel="chat", house=house) == compose(english, channel="chat")


@pytest.mark.parametrize("language", Language)
def test_every_text_takes_the_houses_own_template(language):
    brief = sample(language, "rich")

    def marked(name: str) -> dict[tuple[Language, str], str]:
        source = packaged_source(language, name)
        end = {"questions": '[[part]]\nquestion = "Z?"\nelement = "effort"\n'}.get(name, '[[part]]\nopens = "line"\n')
        return {(language, name): f'{source}\n{end}needed = true\nweight = 9\ntext = ["OURS"]\n'}

    made = {
        "headline": lambda h: leader_headline(brief, house=h).why,
        "questions": lambda h: "\n".join(q.answer for q in likely_questions(brief, house=h)),
        "answer": lambda h: str(answer(brief, "?", "!", house=h)),
        "reminder": lambda h: str(reminder(brief, 1, house=h)),
        "after_no": lambda h: str(after_no(brief, "no", house=h)),
        "note": lambda h: str(note(brief, house=h)),
        "talk": lambda h: "\n".join(talking_points(brief, house=h).points),
        "agenda": lambda h: "\n".join(p.text for p in agenda(brief, 30, house=h).points),
        "minutes": lambda h: str(minutes(brief, HeldMeeting(datetime(2026, 12, 3, 14, tzinfo=UTC), 30), house=h)),
        "report_back": lambda h: str(report_back(brief, Progress("", ""), house=h)),
        "warning": lambda h: str(warning(brief, Stuck("book it", "Kim"), house=h)),
        "escalation": lambda h: str(escalation(brief, Stuck("book it", "Kim"), house=h)),
        "thanks": lambda h: str(thanks(brief, Helper("Kim"), "", None, house=h)),
        **{str(c): lambda h, c=c: str(compose(brief, channel=c, house=h)) for c in Channel},
    }
    assert set(made) == set(TEXTS)
    for name, text in made.items():
        assert "OURS" in text(marked(name)), name
        assert "OURS" not in text(PACKAGED), name
    card = speaking_card(brief, house=marked("spoken"))
    assert any("OURS" in line.text for line in card.lines)


@pytest.mark.points("2.10")
@pytest.mark.parametrize("name", ["note", "agenda", "thanks"])
def test_no_template_can_show_the_other_department_what_is_internal(name):
    known = vocabulary(ZH, name)
    assert not {"situation", "importance", "efforts", "options", "preferred", "precedents"} & set(known.lists)
    assert not {"leader", "address", "words", "improvement"} & set(known.facts)
    source = packaged_source(ZH, name) + '[[part]]\neach = "efforts"\ntext = ["{result}"]\n'
    assert "没有这一列" in one(name, source)[1]


def test_a_template_that_cannot_be_read_is_an_error_for_who_skipped_the_check():
    for source in (
        '[[part]]\nfoo = 1\ntext = ["x"]',
        '[[part]]\ntext = ["[x"]',
        'heading = "{title!r}"\npart = []',
        "?",
    ):
        with pytest.raises(ValueError, match=r".+"):
            template(ZH, "chat", house={(ZH, "chat"): source})


def test_a_preview_is_what_would_be_sent():
    shown = preview(ZH, "email", packaged_source(ZH, "email"), size="rich", style=Style.FORMAL, variant=1)
    sent = compose(sample(ZH, "rich"), channel="email", style=Style.FORMAL, variant=1)
    assert [(p.subject, p.body, p.length) for p in shown] == [(sent.subject, sent.body, sent.length)]


def test_what_can_be_used_is_known_with_an_example():
    known = vocabulary(ZH, "email")
    assert known.facts["deadline_day"] == "10 月 30 日（周五）"
    assert known.lists["options"]["time"] == "40 分钟"
    assert "again" in vocabulary(ZH, "reminder").facts
    assert "purpose_question" not in vocabulary(ZH, "chat").facts
