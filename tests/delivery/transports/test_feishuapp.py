"""The house's own app at Feishu: its token, cards to a person, cards that change, and a platform that misbehaves."""

import json
import logging
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from django.db import transaction
from django.utils import timezone

from huitong.delivery import app, leases, outbox, transports, webhook
from huitong.delivery.transports import Receipt, feishuapp
from huitong.directory import links
from huitong.keeping.doctor import feishu as doctor
from huitong.records.models import ChatAddress, Outbox, Person, Request

MESSAGE = "om_dc13264520392913993dd051dba21dcf"
ACCEPTED = {"code": 0, "msg": "success", "data": {"message_id": MESSAGE}}


@pytest.fixture
def send(promise, robot, chat):
    """send(kind, **letter): the receipt for one new row; the leader is in Feishu."""
    robot.says(ACCEPTED)
    chat("feishuapp")

    def send(kind: str = "request", **letter: object) -> Receipt:
        row = promise(kind, **({"before": ["高总，您好。"]} | letter))
        return feishuapp.send(Outbox.objects.select_related("person", "matter__requester", "link").get(pk=row.pk))

    return send


def card_of(message: dict) -> dict:
    return json.loads(message["content"])


def text_of(card: dict) -> str:
    return "\n".join(part["text"]["content"] for part in card["elements"] if part["tag"] == "div")


def button_of(card: dict) -> str | None:
    return next((part["actions"][0]["url"] for part in card["elements"] if part["tag"] == "action"), None)


# --- a card to a person ---


def test_a_person_gets_a_card_that_can_be_changed_and_its_number_is_kept(robot, send) -> None:
    assert send(rows=[["开会", "请王经理", "30 分钟"]]) == Receipt("sent", far_id=MESSAGE)
    (message,) = robot.got
    assert robot.paths == ["/open-apis/im/v1/messages?receive_id_type=email"]
    assert (robot.methods, robot.tokens) == (["POST"], ["Bearer t-1"])
    assert (message["receive_id"], message["msg_type"]) == ("gao@feishu.example", "interactive")
    card = card_of(message)
    assert card["config"]["update_multi"] is True
    assert card["header"]["title"] == {"tag": "plain_text", "content": "请您定：搭建物料"}
    assert "高总，您好。" in text_of(card)
    assert "开会 · 请王经理 · 30 分钟" in text_of(card)


def test_the_button_leads_to_the_page_where_one_signs_in_and_never_carries_the_link(
    robot, send, leader, matter, settings
) -> None:
    request = Request.objects.create(matter=matter, number=1, leader=leader, way="mail", deliver_at=timezone.now())
    link = links.issue("decide", leader, request=request)
    send(link=link)
    assert button_of(card_of(robot.got[0])) == f"{settings.ADDRESS}/requests/{request.pk}"
    assert links.token_of(link) not in json.dumps(robot.got)


@pytest.mark.parametrize(
    ("address", "kind"), [("ou_7d8a6e6df7621556ce0d21922b676706", "open_id"), ("3e3cf96b", "user_id")]
)
def test_ids_say_what_they_are(address: str, kind: str, robot, send) -> None:
    ChatAddress.objects.update(address=address)
    send()
    assert robot.paths[0].endswith(f"?receive_id_type={kind}")
    assert robot.got[0]["receive_id"] == address


@pytest.mark.parametrize(
    ("address", "good"),
    [("gao@example.com", True), ("ou_7d8a6e6df7621556ce0d21922b676706", True), ("3e3cf96b", True), ("", False)]
    + [
        ("gao@", False),
        ("高@example.com", False),
        ("a b", False),
        ("https://open.feishu.cn/", False),
        ("x" * 65, False),
    ]
    + [("a\n@example.com", False), ("ou_1&receive_id_type=chat_id", False)],
)
def test_an_address_is_a_mail_address_or_an_id(address: str, good: bool) -> None:
    assert feishuapp.is_address(address) is good


def test_the_same_row_says_the_same_uuid_and_another_row_another(promise, robot, chat) -> None:
    robot.says(ACCEPTED)
    chat("feishuapp")
    rows = [Outbox.objects.select_related("person", "matter__requester").get(pk=promise().pk) for _ in range(2)]
    for row in (rows[0], rows[0], rows[1]):
        feishuapp.send(row)
    first, again, other = (message["uuid"] for message in robot.got)
    assert first == again != other
    assert len(first) <= 50


def test_what_people_type_is_plain_text_and_calls_nobody(robot, send) -> None:
    send(title="**定** <at id=all>", before=["[x](https://evil.example) <at id=all></at>"])
    card = card_of(robot.got[0])
    tags = [part["text"]["tag"] for part in card["elements"] if "text" in part] + [card["header"]["title"]["tag"]]
    assert set(tags) == {"plain_text"}
    assert "<at" not in json.dumps(card)


def test_a_card_stays_within_what_feishu_takes(robot, send) -> None:
    send(before=['物料还没有交期，"\\ ' * 9000], title="搭建" * 500)
    assert len(json.dumps(robot.got[0], ensure_ascii=False).encode()) < 30_000
    assert "还有下文" in text_of(card_of(robot.got[0]))


def test_who_has_not_set_an_app_up_reaches_nobody(robot, send, settings) -> None:
    settings.FEISHU_APP_SECRET = ""
    receipt = send()
    assert (receipt.outcome, robot.got, robot.logins) == ("refused", [], [])
    assert "HUITONG_FEISHU_APP_ID" in receipt.words


def test_the_platform_is_one_that_may_be_written_to(robot, send, settings) -> None:
    settings.FEISHU_ADDRESS = "https://evil.example"
    assert send().outcome == "refused"
    settings.FEISHU_ADDRESS = f"http://{robot.host}"
    assert send().outcome == "refused"
    assert robot.logins == []


# --- its token ---


def test_a_token_is_asked_for_once_and_kept(robot, send, settings) -> None:
    send()
    send()
    assert robot.logins == [{"app_id": settings.FEISHU_APP_ID, "app_secret": "very-secret"}]


def test_a_token_that_is_about_to_end_is_not_used(robot, send, monkeypatch) -> None:
    send()
    began = time.monotonic()
    monkeypatch.setattr(feishuapp.time, "monotonic", lambda: began + 7200 - 200)
    send()
    assert len(robot.logins) == 2


@pytest.mark.parametrize("code", [99991661, 99991663, 99991668, 99991671, 99991677])
def test_a_token_that_is_refused_is_replaced_and_the_card_sent_once(code: int, robot, send) -> None:
    send()
    robot.got.clear()

    def refuse_the_old(handler) -> None:
        robot.token["tenant_access_token"] = "t-2"
        fresh = handler.headers["Authorization"] == "Bearer t-2"
        body = ACCEPTED if fresh else {"code": code, "msg": "Invalid access token for authorization"}
        handler.answers(200 if fresh else 400, {}, json.dumps(body).encode())

    robot.behaves = refuse_the_old
    assert send() == Receipt("sent", far_id=MESSAGE)
    assert robot.got[0]["uuid"] == robot.got[1]["uuid"]
    assert (len(robot.got), len(robot.logins)) == (2, 2)


def test_a_platform_that_refuses_every_token_is_left_alone_for_a_while(robot, send) -> None:
    robot.says({"code": 99991663, "msg": "Invalid access token"}, 400)
    assert send().outcome == "later"
    assert len(robot.got) == 2


@pytest.mark.parametrize(
    ("token", "outcome"),
    [({"code": 10014, "msg": "app id not exists"}, "refused"), ({"code": 10003, "msg": "invalid param"}, "refused")]
    + [({"code": 99991400, "msg": "request trigger frequency limit"}, "later"), ({}, "later"), ([], "later")]
    + [({"code": 0}, "later"), ({"code": 0, "tenant_access_token": "t", "expire": "7200"}, "later")]
    + [({"code": 0, "tenant_access_token": "t\r\nX: 1", "expire": 7200}, "later")]
    + [({"code": 0, "tenant_access_token": 7, "expire": True}, "later")],
)
def test_without_a_token_nothing_is_sent_and_it_is_said_why(token: object, outcome: str, robot, send) -> None:
    robot.token = token
    receipt = send()
    assert (receipt.outcome, robot.got) == (outcome, [])
    assert receipt.words


def test_many_rows_at_once_ask_for_one_token(robot, chat, promise) -> None:
    robot.says(ACCEPTED)
    chat("feishuapp")
    rows = [Outbox.objects.select_related("person", "matter__requester").get(pk=promise().pk) for _ in range(6)]
    for row in rows:
        row.link, row.person._prefetched_objects_cache = None, {}
    kept = ChatAddress.objects.get()
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(6) as pool:
        patch.setattr(feishuapp.chat, "address_of", lambda row, name: kept)
        assert {receipt.outcome for receipt in pool.map(feishuapp.send, rows)} == {"sent"}
    assert (len(robot.got), len(robot.logins)) == (6, 1)


# --- a platform that misbehaves ---


def hang(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(3)


def drop(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
    for _ in range(40):
        time.sleep(0.1)
        handler.wfile.write(b" ")
        handler.wfile.flush()


@pytest.mark.parametrize("behaves", [hang, drop, drip])
def test_what_was_read_and_never_answered_may_have_arrived(behaves, robot, send, monkeypatch) -> None:
    monkeypatch.setattr(webhook, "EXCHANGE_SECONDS", 1)
    robot.behaves = behaves
    receipt = send()
    assert (receipt.outcome, len(robot.got)) == ("unsure", 1)
    assert "可能已经到了" in receipt.words


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"code": "0"}', b"[" * 60_000, b"\xff"])
def test_an_answer_that_is_not_feishus_is_never_taken_for_yes(body: bytes, robot, send) -> None:
    robot.says(body)
    assert send().outcome == "unsure"


@pytest.mark.parametrize(
    "data", [None, [], {}, {"message_id": 7}, {"message_id": "../x"}, {"message_id": "om_" + "x" * 99}]
)
def test_a_card_without_a_number_is_sent_all_the_same_and_never_changed(data: object, robot, send) -> None:
    robot.says({"code": 0, "data": data})
    assert send() == Receipt("sent")


def test_the_wait_that_is_asked_for_is_kept(robot, send) -> None:
    robot.says({"code": 99991400}, 429, **{"x-ogw-ratelimit-reset": "52"})
    assert send().wait == timedelta(seconds=52)


def test_secret_and_token_are_in_no_log_and_in_no_words(robot, send, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    robot.says({"code": 230001, "msg": "no"}, 400)
    said = send().words
    robot.behaves = drop
    said += send().words + caplog.text
    assert "very-secret" not in said
    assert "t-1" not in said


# --- cards that change ---


def change(leader: Person, n: int = 0, **letter: object) -> Outbox:
    said = outbox.Letter(**({"title": "请您定：搭建物料", "before": ["高总批示：同意"]} | letter))
    with transaction.atomic():
        return outbox.put("card", leader, said, key=f"card:1:{n}", transport="feishuapp", far_id=MESSAGE)


def carry(row: Outbox) -> Outbox:
    Outbox.objects.filter(pk=row.pk, state="waiting").update(due_at=timezone.now())
    leases.claim("worker", now=timezone.now(), limit=100)
    app.carry(row.pk, "worker")
    row.refresh_from_db()
    return row


@pytest.mark.django_db(transaction=True)
def test_the_number_is_kept_with_the_row_and_a_change_goes_to_that_message(promise, robot, chat, leader) -> None:
    robot.says(ACCEPTED)
    chat("feishuapp")
    row = carry(promise())
    assert (row.state, row.transport, row.far_id) == ("sent", "feishuapp", MESSAGE)
    ChatAddress.objects.all().delete()  # a card is changed where it is, wherever the person is by now
    changed = carry(change(leader))
    assert (changed.state, robot.methods) == ("sent", ["POST", "PATCH"])
    assert robot.paths[1] == f"/open-apis/im/v1/messages/{MESSAGE}"
    card = card_of(robot.got[1])
    assert set(robot.got[1]) == {"content"}
    assert (text_of(card), button_of(card), card["header"]["template"]) == ("高总批示：同意", None, "grey")
    assert card["config"]["update_multi"] is True


@pytest.mark.django_db(transaction=True)
def test_a_change_that_leaves_something_to_do_keeps_its_button(robot, chat, leader, settings) -> None:
    robot.says({"code": 0})
    chat("feishuapp")
    carry(change(leader, page="/requests/1"))
    assert button_of(card_of(robot.got[0])) == f"{settings.ADDRESS}/requests/1"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("code", [230031, 230011, 230001])
def test_a_card_that_can_no_longer_be_changed_fails_for_the_organiser_alone(code, robot, chat, leader, matter) -> None:
    robot.says({"code": code, "msg": "Message can only be modified within 14 days after sending."}, 400)
    chat("feishuapp")
    row = carry(change(leader))
    assert (row.state, row.first_transport) == ("failed", "")
    assert str(code) in row.last_error
    assert not matter.events.exists()


@pytest.mark.django_db(transaction=True)
def test_an_unclear_answer_to_a_change_is_asked_again_and_never_mailed(robot, chat, leader) -> None:
    robot.says(b"<html>")
    chat("feishuapp")
    row = change(leader)
    for _ in range(4):
        row = carry(row)
        assert (row.state, row.transport) == ("waiting", "feishuapp")
    robot.says({"code": 0})
    assert carry(row).state == "sent"


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_died_over_a_change_leaves_it_to_the_next(robot, chat, leader) -> None:
    robot.says({"code": 0})
    chat("feishuapp")
    row = change(leader)
    leases.claim("dead", now=timezone.now(), limit=1)
    assert leases.begin(row.pk, "dead", now=timezone.now())
    leases.release("dead")
    assert carry(row).state == "sent"


@pytest.mark.django_db(transaction=True)
def test_two_changes_of_one_card_go_one_after_the_other(robot, chat, leader) -> None:
    robot.says({"code": 0})
    chat("feishuapp")
    first, second = change(leader, 0), change(leader, 1)
    leases.claim("w", now=timezone.now(), limit=9)
    row = leases.begin(first.pk, "w", now=timezone.now())
    toward, limit = feishuapp.toward(row)
    assert leases.take_place(row, "w", transport="feishuapp", toward=toward, limit=limit) is None
    app.carry(second.pk, "w")
    second.refresh_from_db()
    assert (second.state, second.reason, robot.got) == ("waiting", "limit", [])


@pytest.mark.django_db(transaction=True)
def test_what_the_app_may_not_bring_goes_by_mail(promise, robot, chat, settings, listen, inbox) -> None:
    settings.SMTP_URL = listen()
    robot.says({"code": 230013, "msg": "Bot has NO availability to this user."}, 400)
    chat("feishuapp")
    row = carry(carry(promise()))
    assert (row.state, row.transport, row.first_transport, row.far_id) == ("sent", "mail", "feishuapp", "")
    assert "飞书私聊" in inbox.accepted[0].get_body(("plain",)).get_content()


def test_it_is_offered_only_where_an_app_is_set_up() -> None:
    assert "feishuapp" in transports.names()
    assert "feishuapp" not in transports.chats()


# --- huitong doctor ---


def examined() -> list[tuple[str, str]]:
    return [(found.level, found.code) for found in doctor.check()]


def test_the_doctor_says_nothing_where_no_app_is_set_up() -> None:
    assert examined() == []


def test_the_doctor_names_the_half_that_is_missing(settings) -> None:
    settings.FEISHU_APP_ID = "cli_1"
    [found] = doctor.check()
    assert found.code == "feishu.half"
    assert "HUITONG_FEISHU_APP_SECRET" in found.zh


def test_the_doctor_tries_the_app_and_sends_no_message(robot, chat) -> None:
    chat("feishuapp")
    assert examined() == [("ok", "feishu.well")]
    robot.token = {"code": 10014, "msg": "app secret invalid"}
    [found] = doctor.check()
    assert found.code == "feishu.refused"
    assert "10014 app secret invalid" in found.en
    assert "very-secret" not in found.en + found.zh
    assert robot.got == []


def test_the_doctor_says_that_the_platform_cannot_be_reached(chat, settings) -> None:
    chat("feishuapp")
    settings.FEISHU_ADDRESS = settings.CHAT_HOSTS[0] = "127.0.0.1:1"
    settings.FEISHU_ADDRESS = "https://127.0.0.1:1"
    assert examined() == [("failure", "feishu.away")]
