"""The robots of Feishu, DingTalk and WeCom: signatures, texts, and far ends that misbehave."""

import base64
import hashlib
import hmac
import json
import logging
import socket
import time
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_network
from urllib.parse import parse_qs, urlsplit

import pytest

from huitong.delivery import transports, webhook
from huitong.delivery.networks import may_connect
from huitong.delivery.transports import Receipt
from huitong.directory import links
from huitong.records.models import ChatAddress, Outbox, Person

ACCEPTED = {"feishu": {"code": 0}, "dingtalk": {"errcode": 0}, "wecom": {"errcode": 0}}
CHATS = sorted(ACCEPTED)


@pytest.fixture
def send(promise):
    """send("feishu", title=...): the receipt for one new row."""

    def send(name: str, **letter: object) -> Receipt:
        row = promise(**({"before": ["高总，您好。", "物料还没有交期。"]} | letter))
        return transports.get(name).send(
            Outbox.objects.select_related("person", "matter__requester", "link").get(pk=row.pk)
        )

    return send


@pytest.fixture
def hurried(monkeypatch) -> None:
    monkeypatch.setattr(webhook, "EXCHANGE_SECONDS", 1)


def text_of(message: dict) -> str:
    content = message.get("content") or message["text"]
    return content.get("text") or content["content"]


# --- what is sent ---


@pytest.mark.parametrize("name", CHATS)
def test_a_robot_gets_title_text_and_the_way_to_the_desk(name: str, robot, chat, send, settings) -> None:
    robot.says(ACCEPTED[name])
    chat(name)
    assert send(name, rows=[["开会", "请王经理", "30 分钟"]]) == Receipt("sent")
    text = text_of(robot.got[0])
    assert text.startswith("请您定：搭建物料\n\n高总，您好。")
    assert "开会 · 请王经理 · 30 分钟" in text
    assert text.endswith(f"在会同里看：{settings.ADDRESS}/")


@pytest.mark.parametrize("name", CHATS)
def test_a_chat_that_others_read_never_gets_the_link_that_answers_without_sign_in(
    name, robot, chat, send, leader
) -> None:
    robot.says(ACCEPTED[name])
    chat(name)
    link = links.issue("decide", leader)
    send(name, link=link, invite="打开链接就能答复：")
    assert links.token_of(link) not in json.dumps(robot.got)
    assert "打开链接" not in text_of(robot.got[0])


def test_feishu_signs_with_timestamp_and_secret_as_its_key(robot, chat, send) -> None:
    robot.says({"code": 0})
    chat("feishu", secret="the-secret")
    send("feishu")
    message = robot.got[0]
    assert abs(int(message["timestamp"]) - time.time()) < 10
    key = f"{message['timestamp']}\nthe-secret".encode()
    assert message["sign"] == base64.b64encode(hmac.digest(key, b"", hashlib.sha256)).decode()


def test_dingtalk_signs_in_the_address(robot, chat, send) -> None:
    robot.says({"errcode": 0})
    chat("dingtalk", secret="SEC-secret")
    send("dingtalk")
    query = parse_qs(urlsplit(robot.paths[0]).query)
    assert query["token"] == ["very-secret"]
    assert abs(int(query["timestamp"][0]) / 1000 - time.time()) < 10
    signed = hmac.digest(b"SEC-secret", f"{query['timestamp'][0]}\nSEC-secret".encode(), hashlib.sha256)
    assert query["sign"] == [base64.b64encode(signed).decode()]


@pytest.mark.parametrize("name", CHATS)
def test_without_a_secret_nothing_is_signed(name: str, robot, chat, send) -> None:
    robot.says(ACCEPTED[name])
    chat(name)
    send(name)
    assert "sign" not in robot.paths[0]
    assert "sign" not in robot.got[0]


@pytest.mark.parametrize("name", CHATS)
@pytest.mark.parametrize("piece", ["物料还没有交期，场租每天 2.4 万元。", '"quoted"\\ ', "𠮷" * 7])
def test_a_long_text_ends_at_a_clause_with_the_way_to_the_rest(
    name: str, piece: str, robot, chat, send, settings
) -> None:
    robot.says(ACCEPTED[name])
    chat(name)
    send(name, title="请您定：" + "搭建" * 300, before=[piece * 4000])
    longest = transports.get(name).ROBOT.longest
    text = text_of(robot.got[0])
    assert longest * 0.5 < len(json.dumps(text, ensure_ascii=False).encode()) <= longest
    assert text.endswith(f"……（还有下文）\n\n在会同里看：{settings.ADDRESS}/")
    if "，" in piece:
        assert text.rpartition("……")[0].endswith(("交期", "万元。"))


@pytest.mark.parametrize("name", CHATS)
def test_what_people_type_calls_nobody(name: str, robot, chat, send) -> None:
    robot.says(ACCEPTED[name])
    chat(name)
    send(name, before=['<at user_id="all">所有人</at> < AT id=all> <@all> <!channel> @everyone\x07'])
    text = text_of(robot.got[0])
    assert "<at" not in text.lower()
    for call in ("<@", "<!", "@everyone"):
        assert call not in text
    assert "\x07" not in text


@pytest.mark.parametrize(("language", "words"), [("en", "In Huitong: "), ("zh-Hant", "在會同裡看：")])
def test_the_frame_is_in_the_receivers_language(language: str, words: str, robot, chat, send) -> None:
    robot.says({"code": 0})
    chat("feishu")
    Person.objects.update(language=language)
    send("feishu")
    assert words in text_of(robot.got[0])


# --- far ends that misbehave ---


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


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    for _ in range(40):
        time.sleep(0.1)
        handler.wfile.write(b"x")
        handler.wfile.flush()


def flood(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(1000):
        handler.wfile.write(b" " * 65536)


def half(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"code": 0')


def no_http(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"220 mail.example.com ESMTP\r\n")


@pytest.mark.parametrize("behaves", [hang, drop, drip, drip_headers, flood, half, no_http])
@pytest.mark.parametrize("name", CHATS)
def test_what_was_read_and_never_answered_may_have_arrived(name, behaves, robot, chat, send, hurried) -> None:
    robot.behaves = behaves
    chat(name)
    began = time.monotonic()
    receipt = send(name)
    assert receipt.outcome == "unsure"
    assert "可能已经到了" in receipt.words
    assert time.monotonic() - began < 2.5
    assert len(robot.got) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Sign in</html>", b"[]", b"null", b"{}", b'{"code": "0", "errcode": "0"}', b"[" * 60_000]
    + [b'{"code": true, "errcode": false}', b"\xff\xfe"],
)
@pytest.mark.parametrize("name", CHATS)
def test_an_answer_that_is_not_the_services_is_never_taken_for_yes(name: str, body: bytes, robot, chat, send) -> None:
    robot.says(body)
    chat(name)
    assert send(name).outcome == "unsure"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(301, "refused"), (302, "refused"), (307, "refused"), (308, "refused"), (400, "refused"), (403, "refused")]
    + [(404, "refused"), (429, "later"), (503, "later"), (500, "unsure"), (502, "unsure"), (504, "unsure")],
)
@pytest.mark.parametrize("name", CHATS)
def test_each_status_is_understood_and_no_redirect_is_followed(name, status, outcome, robot, chat, send) -> None:
    robot.says(ACCEPTED[name], status, Location=f"https://{robot.host}/elsewhere")
    chat(name)
    assert send(name).outcome == outcome
    assert len(robot.paths) == 1


@pytest.mark.parametrize(("header", "seconds"), [("52", 52), ("0", 0), ("99999999", 86_400), ("-1", 60), ("soon", 60)])
def test_the_wait_that_is_asked_for_is_kept_within_a_day(header: str, seconds: int, robot, chat, send) -> None:
    robot.says({}, 429, **{"x-ogw-ratelimit-reset": header})
    chat("feishu")
    assert send("feishu").wait.total_seconds() == (seconds or 60)


def test_nobody_there_is_tried_again(robot, chat, send, settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        host = f"127.0.0.1:{closed.getsockname()[1]}"
    settings.CHAT_HOSTS = [host]
    chat("feishu", host=host)
    receipt = send("feishu")
    assert (receipt.outcome, "连不上飞书" in receipt.words) == ("later", True)


def test_who_drops_the_line_before_the_request_has_got_nothing(scripted, robot, chat, send, settings) -> None:
    host = urlsplit(scripted(lambda connection: None)).netloc
    settings.CHAT_HOSTS = [host]
    chat("feishu", host=host)
    assert send("feishu").outcome == "later"


def test_a_certificate_that_nobody_vouches_for_gets_nothing(robot, chat, send, monkeypatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    chat("feishu")
    receipt = send("feishu")
    assert (receipt.outcome, robot.got) == ("later", [])
    assert "证书" in receipt.words


# --- where it may go ---


def test_a_loopback_or_private_number_is_not_connected_to_unless_it_is_allowed(robot, chat, send, settings) -> None:
    settings.CHAT_NETWORKS = []
    chat("feishu")
    receipt = send("feishu")
    assert (receipt.outcome, robot.got) == ("refused", [])
    assert "HUITONG_CHAT_NETWORKS" in receipt.words


def test_a_name_that_has_come_to_mean_a_private_number_is_refused_at_the_moment_of_connecting(
    robot, chat, send, settings, monkeypatch
) -> None:
    asked = []

    def now_private(host: str, port: int, **more: object) -> list:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", robot.server_port))]

    monkeypatch.setattr(socket, "getaddrinfo", now_private)
    settings.CHAT_NETWORKS, settings.CHAT_HOSTS = [], []
    kept = chat("feishu")
    ChatAddress.objects.filter(pk=kept.pk).update(address="https://open.feishu.cn/open-apis/bot/v2/hook/x")
    assert send("feishu").outcome == "refused"
    # Looked up once: what was checked is what would have been connected to.
    assert (asked, robot.got) == (["open.feishu.cn"], [])


@pytest.mark.parametrize(
    ("number", "may"),
    [("8.8.8.8", True), ("2001:4860:4860::8888", True), ("127.0.0.1", False), ("10.1.2.3", False), ("0.0.0.0", False)]
    + [("192.168.0.1", False), ("172.16.0.1", False), ("169.254.169.254", False), ("100.64.0.1", False), ("::1", False)]
    + [("fe80::1%eth0", False), ("fc00::1", False), ("::ffff:127.0.0.1", False), ("::ffff:8.8.8.8", True)]
    + [("64:ff9b::7f00:1", False), ("64:ff9b::808:808", True), ("2002:7f00:1::", False), ("224.0.0.1", False)]
    + [("10.2.0.7", True), ("::ffff:10.2.0.7", True), ("255.255.255.255", False), ("ff02::1", False), ("::", False)],
)
def test_only_public_numbers_and_allowed_networks_are_connected_to(number: str, may: bool) -> None:
    assert may_connect(number, [ip_network("10.2.0.0/16")]) is may


FEISHU = "https://open.feishu.cn/open-apis/bot/v2/hook/abc"


@pytest.mark.parametrize(
    ("address", "good"),
    [
        (FEISHU, True),
        ("https://open.larksuite.com/open-apis/bot/v2/hook/abc", True),
        ("https://chat.example.com/x", True),
    ]
    + [("https://10.0.0.7:8443/x", True), ("https://10.0.0.7/x", False), ("http://chat.example.com/x", False)]
    + [(FEISHU.replace("https", "http"), False), (FEISHU.replace("/bot/v2/hook/", "/im/v1/"), False)]
    + [(FEISHU.replace(".cn", ".cn:8443"), False), (FEISHU.replace("open.", "me@open."), False), (FEISHU + "#x", False)]
    + [("https://open.feishu.cn.example.com/open-apis/bot/v2/hook/abc", False), ("https://evil.example/x", False)]
    + [("https://open.feishu.cn/open-apis/bot/v2/hook/../../../x", False), ("file:///etc/passwd", False), ("", False)]
    + [("https://open.feishu.cn\\@evil.example/", False), (FEISHU + "\r\nX: 1", False), (FEISHU + "é", False)]
    + [(FEISHU + "a" * 500, False), ("https://[::1/x", False), ("https://open.feishu.cn:x/", False), ("飞书", False)],
)
def test_an_address_is_https_at_a_known_host(address: str, good: bool, settings) -> None:
    settings.CHAT_HOSTS = ["chat.example.com", " 10.0.0.7:8443", ""]
    assert transports.chats()["feishu"].is_address(address) is good


@pytest.mark.parametrize("behaves", [hang, drop, no_http])
def test_the_address_is_in_no_log_and_in_no_words(behaves, robot, chat, send, caplog, hurried) -> None:
    caplog.set_level(logging.DEBUG)
    robot.behaves = behaves
    kept = chat("dingtalk", secret="SEC-secret")
    said = send("dingtalk").words + caplog.text + str(kept) + repr(kept)
    assert "very-secret" not in said
    assert "SEC-secret" not in said


def test_a_text_with_a_page_leads_there(robot, chat, send, settings) -> None:
    robot.says({"code": 0})
    chat("feishu")
    send("feishu", page="/matters/7")
    assert text_of(robot.got[0]).endswith(f"{settings.ADDRESS}/matters/7")
