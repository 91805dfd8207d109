"""What holds for each folder in transports/, also for one that is added tomorrow."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from huitong.delivery import chat, transports
from huitong.records.models import Matter, Outbox, Person

NAMES = transports.names()
ANSWERS = sorted(Path(transports.__file__).parent.glob("*/answers/*.json"))
RELATED = ("person", "matter__requester", "link")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("language", "word"), [("zh", "请"), ("zh-Hant", "請"), ("en", "Add")])
def test_who_cannot_be_reached_is_refused_for_good_and_the_requester_told_what_to_do(
    name: str, language: str, word: str, promise, leader: Person, matter: Matter
) -> None:
    Person.objects.filter(pk=matter.requester.pk).update(language=language)
    Person.objects.filter(pk=leader.pk).update(email="")
    row = promise()
    row.refresh_from_db()
    receipt = transports.get(name).send(row)
    assert receipt.outcome == "refused"
    assert "高岚" in receipt.words
    assert word in receipt.words


@pytest.mark.parametrize("name", ["fax", "", "../mail", "mail.letter"])
def test_what_is_no_folder_is_no_transport(name: str) -> None:
    with pytest.raises(LookupError):
        transports.get(name)


@pytest.mark.parametrize("file", ANSWERS, ids=[f"{file.parts[-3]}-{file.stem}" for file in ANSWERS])
def test_each_documented_answer_is_understood(file: Path, robot, chat, promise) -> None:
    name, answer = file.parts[-3], json.loads(file.read_text(encoding="utf-8"))
    robot.says(answer["body"], answer["status"], **answer.get("headers", {}))
    chat(name, secret="SEC-secret")
    row = promise(before=["高总，您好。"])
    receipt = transports.get(name).send(Outbox.objects.select_related(*RELATED).get(pk=row.pk))
    assert receipt.outcome == answer["outcome"]
    assert answer.get("words", "") in receipt.words
    assert bool(receipt.words) == (receipt.outcome != "sent")
    assert "very-secret" not in receipt.words
    assert len(robot.got) == 1


@pytest.mark.parametrize("name", sorted({file.parts[-3] for file in ANSWERS}))
def test_each_chat_brings_an_acceptance_a_refusal_and_a_limit(name: str) -> None:
    outcomes = {json.loads(f.read_text(encoding="utf-8"))["outcome"] for f in ANSWERS if f.parts[-3] == name}
    assert outcomes == {"sent", "refused", "later"}


@pytest.mark.parametrize(
    ("name", "answer", "minutes"),
    [("feishu", {"code": 11232}, 1), ("dingtalk", {"errcode": 130101}, 10), ("wecom", {"errcode": 45009}, 1)],
)
def test_a_limit_is_waited_out_as_long_as_the_documents_say(name: str, answer, minutes, robot, chat, promise) -> None:
    robot.says(answer)
    chat(name)
    row = promise()
    receipt = transports.get(name).send(Outbox.objects.select_related(*RELATED).get(pk=row.pk))
    assert receipt.wait == timedelta(minutes=minutes)


def test_every_language_of_the_chats_says_all_that_the_others_say() -> None:
    assert chat.TEXTS["zh"].keys() == chat.TEXTS["zh-Hant"].keys() == chat.TEXTS["en"].keys()
