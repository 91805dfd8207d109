"""The texts themselves, as a reader gets them: golden files to be read by people."""

from datetime import date
from pathlib import Path

import pytest

import huitong
from huitong.compose import (
    Composed,
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
from huitong.method import Brief, Channel, Language, Style, load_brief

HERE = Path(__file__).parent
BRIEFS = {p.stem: p for p in [*(HERE.parents[1] / "examples").glob("*.yaml"), *(HERE / "briefs").glob("*.yaml")]}

WORDS = {
    Language.ZH: "可以。我下班前打电话，\n数字再核一遍",
    Language.ZH_HANT: "可以。我下班前打電話，\n數字再核一遍",
    Language.EN: "Go ahead.\nCheck the numbers once more",
}
DONE = {
    Language.ZH: ("与对方碰了头，日期已定。", "送去规格。", "排班表", "日期定下来了。", "帮忙先办了这一单。"),
    Language.ZH_HANT: ("與對方碰了頭，日期已定。", "送去規格。", "排班表", "日期定下來了。", "幫忙先辦了這一單。"),
    Language.EN: (
        "We met and agreed on a date.",
        "Sent the list.",
        "The rota",
        "We have a date.",
        "Moved our order up.",
    ),
}


def brief_of(name: str) -> Brief:
    return load_brief(BRIEFS[name].read_bytes(), name)


@pytest.mark.points("2.2", "1.7", "4.9")
@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("name", sorted(BRIEFS))
def test_the_request_reads_as_it_did(name, channel, golden):
    text = compose(brief_of(name), channel=channel)
    left = f"\n\n(left out: {', '.join(text.left_out)})" if text.left_out else ""
    subject = f"[{text.subject}]\n\n" if text.subject else ""
    golden(HERE / "golden" / f"{name}.{channel}.txt", f"{subject}{text}{left}\n")


@pytest.mark.points("2.8", "3.9", "3.10", "4.8")
@pytest.mark.parametrize("name", sorted(BRIEFS))
def test_the_other_texts_of_its_life_read_as_they_did(name, golden):
    brief = brief_of(name)
    words, (happened, kept, still, outcome, did) = WORDS[brief.lang], DONE[brief.lang]
    title = brief.preferred_option.title if brief.preferred_option else ""
    progress = Progress(words, title, ((date(2026, 12, 1), happened),), (kept,), ((still, "Kim", date(2026, 12, 4)),))
    closed = Progress(words, title, ((date(2026, 12, 1), happened),), (kept,), (), outcome)
    card = speaking_card(brief)
    marks = [line.text + " /" * line.pause + " //" * line.listen for line in card.lines]
    headline = leader_headline(brief)
    texts: dict[str, str | Composed] = {
        f"speaking card, {card.seconds} s": "\n".join(marks),
        "note": note(brief, brief.preferred_option, words),
        "talking points": "\n".join(talking_points(brief, None, words).points),
        "agenda": "\n".join(f"{p.minutes}  {p.text}" for p in agenda(brief, 30).points),
        "likely questions": "\n".join(f"{q.question}\n  {q.answer or '?'}" for q in likely_questions(brief)),
        "headline": f"{headline.title}\n{headline.why}",
        "report back": report_back(brief, progress),
        "report back at the end": report_back(brief, closed),
        "thanks": thanks(brief, Helper("Kim", "", did), outcome, 12),
        "after no": after_no(brief, words),
        "reminder 1": reminder(brief, 1),
        "reminder 2": reminder(brief, 2),
        "answer": answer(brief, words, words),
    }
    shown = [
        f"=== {title}" + (f" [{t.subject}]" if isinstance(t, Composed) else "") + f"\n{t}\n"
        for title, t in texts.items()
    ]
    golden(HERE / "golden" / f"{name}.life.txt", "\n".join(shown))


@pytest.mark.points("2.2")
@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("name", sorted(BRIEFS))
def test_our_own_review_finds_no_fault(name, channel):
    brief = brief_of(name)
    review = huitong.review(str(compose(brief, channel=channel)), channel=channel, language=brief.lang).to_dict()
    faults = [f for f in review["faults"] if "{{" not in f["text"]]  # a matter that is called {{x}} stays so
    assert not faults
    if name in ("zh-simple", "zh-complex", "en-complex"):
        assert len(review["elements"]) >= 6


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("name", ["zh-complex", "zh-simple", "zh-Hant-ordinary", "en-complex"])
def test_a_style_and_a_variant_sound_otherwise_and_say_the_same(name, channel, golden):
    brief = brief_of(name)
    ways = {"formal": (Style.FORMAL, 0), "brief": (Style.BRIEF, 0), "variant 1": (Style.PLAIN, 1)}
    plain = str(compose(brief, channel=channel))
    shown = []
    for way, (style, variant) in ways.items():
        text = compose(brief, channel=channel, style=style, variant=variant)
        assert huitong.review(str(text), channel=channel, language=brief.lang).to_dict()["faults"] == []
        short_already = style is Style.BRIEF and text.length.size <= (text.length.limit or text.length.size)
        assert str(text) != plain or short_already
        shown.append(f"=== {way}\n{text}\n")
    golden(HERE / "golden" / f"{name}.{channel}.ways.txt", "\n".join(shown))


def test_the_brief_style_takes_three_fifths_of_the_room():
    text = compose(brief_of("zh-complex"), channel="spoken", style="brief")
    assert text.length.size <= text.length.limit == 162


def test_a_variant_below_zero_or_an_unknown_style_is_an_error():
    with pytest.raises(ValueError, match="-1"):
        compose(brief_of("zh-sparse"), channel="chat", variant=-1)
    with pytest.raises(ValueError, match="florid"):
        compose(brief_of("zh-sparse"), channel="chat", style="florid")


def test_the_same_brief_gives_the_same_text():
    assert compose(brief_of("zh-complex"), channel="email") == compose(brief_of("zh-complex"), channel="email")


def test_what_there_was_no_room_for_is_named_by_its_path():
    text = compose(brief_of("zh-complex"), channel="chat")
    assert "situation[2]" in text.left_out
    assert "options[2]" in text.left_out  # nothing of it was told
    assert "理货员" not in str(text)
    assert compose(brief_of("zh-complex"), channel="report").left_out == ()


def test_it_can_be_called_by_either_name():
    assert str(huitong.compose(brief_of("zh-sparse"), channel="chat")) == str(
        compose(brief_of("zh-sparse"), channel="chat")
    )


def test_a_channel_that_there_is_not_is_an_error():
    with pytest.raises(ValueError, match="fax"):
        compose(brief_of("zh-sparse"), channel="fax")


@pytest.mark.points("2.10")
@pytest.mark.parametrize("name", ["zh-complex", "en-complex", "zh-Hant-ordinary"])
def test_the_note_shows_nothing_internal(name):
    brief = brief_of(name)
    text = str(note(brief, brief.preferred_option, WORDS[brief.lang])) + note(brief).subject
    inside = [
        *brief.situation,
        *brief.importance,
        *(e.result for e in brief.efforts),
        brief.improvement,
        *brief.followup,
    ]
    inside += [
        *(o.title for o in brief.options),
        *(p.what for p in brief.precedents),
        WORDS[brief.lang],
        brief.leader.name,
    ]
    assert [line for line in inside if line and line in text] == []
    assert brief.commitments[0].what.split(" ", 1)[-1] in text


@pytest.mark.points("1.8", "2.7", "4.6")
@pytest.mark.parametrize("words", ["好。\n\n 先办 ,再说!!", "“按此办”。", "{address} [x] {{y}}", " ok "])
def test_the_leaders_words_are_kept_byte_for_byte_and_come_first(words):
    brief = brief_of("zh-complex")
    back = str(report_back(brief, Progress(words, "主持一次协调会", ((date(2026, 9, 20), "开了会"),))))
    assert words in back
    assert back.index(words) < back.index(brief.matter)
    assert words in talking_points(brief, None, words).points[0]
    assert words in str(after_no(brief, words))
    assert words in str(answer(brief, words, "是"))


@pytest.mark.points("1.8", "2.7")
@pytest.mark.parametrize("name", ["zh-complex", "en-complex"])
def test_the_card_is_the_spoken_text_in_breaths_with_a_place_to_listen(name):
    brief = brief_of(name)
    card = speaking_card(brief)
    spoken = str(compose(brief, channel="spoken"))
    assert "".join("".join(line.text.split()) for line in card.lines) == "".join(spoken.split())
    assert card.seconds <= 60
    assert sum(line.listen for line in card.lines) == 1
    assert 1 <= sum(line.pause for line in card.lines) <= 3


@pytest.mark.parametrize("minutes", [1, 2, 3, 4, 5, 15, 30, 45, 90])
def test_an_agendas_minutes_add_up(minutes):
    points = agenda(brief_of("zh-complex"), minutes).points
    assert sum(p.minutes for p in points) == minutes
    assert all(p.minutes >= 1 for p in points)


def test_a_leader_is_not_reminded_a_third_time():
    with pytest.raises(ValueError, match="2 times at most"):
        reminder(brief_of("zh-simple"), 3)


def test_what_the_other_side_may_say_comes_from_our_efforts():
    points = talking_points(brief_of("zh-complex")).points
    assert any("想看单量预测后再谈" in p for p in points)
    assert any("提供 9 至 10 月退货单量预测" in p for p in points)
    assert sum(len("".join(p.split())) for p in points) <= 135
