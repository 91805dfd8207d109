"""Feishu (飞书), a message to oneself: from the house's own app, as a card that changes with its request.

An organiser makes an app at the Feishu Open Platform, gives it the bot ability and the right im:message:send_as_bot,
opens it to who may use it, publishes it, and sets HUITONG_FEISHU_APP_ID and HUITONG_FEISHU_APP_SECRET. People then add
the mail address that they have in Feishu, or an open_id (ou_…) or user_id.

Source: Feishu Open Platform, "自建应用获取 tenant_access_token": POST auth/v3/tenant_access_token/internal, valid for
two hours at most. "发送消息": POST im/v1/messages?receive_id_type=…, at most 5 a second to one person, 230020 when it
was too much; with `uuid` the same message is sent once within an hour. "更新已发送的消息卡片": PATCH
im/v1/messages/:message_id, of cards with update_multi, for 14 days (230031), 5 a second to one message, a body of at
most 30 KB (230025). "频控策略": 429 or 400 with 99991400, and x-ogw-ratelimit-reset. "服务端错误码说明": 99991661,
99991663, 99991668, 99991671 and 99991677 for a token that is none or too old.
"""

import json
import re
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from huitong.delivery import chat, webhook
from huitong.delivery.leases import Limit
from huitong.delivery.transports import Receipt
from huitong.delivery.ways import CARD
from huitong.records.models import Outbox

NAMES: Final = {"zh": "飞书私聊", "zh-Hant": "飛書私聊", "en": "Feishu direct message"}
REPEATS: Final = False
CONFIRMS: Final = True
AVAILABLE: Final = bool(settings.FEISHU_APP_ID and settings.FEISHU_APP_SECRET)
SECRET: Final = False
PERSONAL: Final = True
EXAMPLE: Final = "name@example.com  ou_…"

ROBOT: Final = chat.Robot(
    name="feishuapp",
    names=NAMES,
    hosts=("open.feishu.cn", "open.larksuite.com"),
    path="/open-apis/",
    longest=16_000,
    limit=Limit(at_once=2, a_minute=100),
    code=lambda body: body.get("code"),
    said="msg",
    meanings={
        10003: "app",
        10014: "app",
        10015: "app",
        99991672: "app",
        230006: "app",
        230027: "app",
        230013: "not_available",
        230025: "too_long",
        230020: "slow_down",
        99991400: "slow_down",
    },
    waits={99991400: timedelta(minutes=1)},
)
_STALE: Final = (99991661, 99991663, 99991668, 99991671, 99991677)  # the token; nothing was sent
_SECONDS: Final = 45  # for all of it, a new token included; less than leases.SEND_SECONDS
_TOKEN_SECONDS: Final = 12
_EARLIER: Final = 300  # seconds before its end in which a token is not used any more
_LONGEST: Final = 7200  # seconds that a token is valid at most
_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_MESSAGE: Final = re.compile(r"om_[0-9A-Za-z_-]{1,90}")


def send(row: Outbox) -> Receipt:
    """Write a card to the person, or change one that was sent, and read what Feishu answers."""
    words, kept = chat.words_for(row, NAMES), chat.address_of(row, "feishuapp")
    if kept is None and row.kind != CARD:
        return Receipt("refused", words("no_address"))
    if not _is_set_up():
        return Receipt("refused", words("app", "HUITONG_FEISHU_APP_ID"))
    if not webhook.is_allowed(f"{settings.FEISHU_ADDRESS}{ROBOT.path}", ROBOT.hosts, ROBOT.path):
        return Receipt("refused", words("forbidden"))
    content = json.dumps(_card(row), ensure_ascii=False)
    if row.kind == CARD:
        if not _MESSAGE.fullmatch(row.far_id):
            return Receipt("refused", words("refused", "message_id"))
        receipt = _ask("PATCH", f"im/v1/messages/{row.far_id}", {"content": content}, words)
        # It says the same however often it is told so.
        return Receipt("later", receipt.words) if receipt.outcome == "unsure" else receipt
    assert kept is not None
    if not is_address(kept.address):
        return Receipt("refused", words("forbidden"))
    message = {
        "receive_id": kept.address,
        "msg_type": "interactive",
        "content": content,
        "uuid": f"huitong-{row.pk}-{row.message_id[1:17]}",
    }
    return _ask("POST", f"im/v1/messages?receive_id_type={_type_of(kept.address)}", message, words)


def toward(row: Outbox) -> tuple[str, Limit]:
    """The person; for a change the message, one at a time: the last one must come last."""
    if row.kind == CARD:
        return f"feishuapp:{row.far_id}"[:100], Limit(at_once=1, a_minute=60)
    return chat.toward(row, "feishuapp", ROBOT.limit)


def is_address(address: str) -> bool:
    """A mail address, an open_id or a user_id."""
    if "@" not in address:
        return bool(_ID.fullmatch(address))
    try:
        validate_email(address)
    except ValidationError:
        return False
    return address.isascii()


def _is_set_up() -> bool:
    return bool(settings.FEISHU_APP_ID and settings.FEISHU_APP_SECRET)


def _type_of(address: str) -> str:
    return "email" if "@" in address else "open_id" if address.startswith("ou_") else "user_id"


def _card(row: Outbox) -> dict[str, Any]:
    """Plain text throughout: what people type is no markup, and calls nobody. Without a page it has no button."""
    language = chat.language_of(row)
    title, body, page = chat.told(row, language, ROBOT.longest)
    goes_on = row.kind != CARD or bool(row.payload.get("page"))
    elements: list[dict[str, Any]] = [{"tag": "div", "text": _plain(body)}] if body else []
    if goes_on:
        button = {"tag": "button", "type": "primary", "text": _plain(chat.TEXTS[language]["open"]), "url": page}
        elements.append({"tag": "action", "actions": [button]})
    return {
        "config": {"wide_screen_mode": True, "update_multi": True},
        "header": {"title": _plain(title), "template": "blue" if goes_on else "grey"},
        "elements": elements,
    }


def _plain(text: str) -> dict[str, str]:
    return {"tag": "plain_text", "content": text}


# --- the exchange ---


@dataclass(slots=True)
class _Token:
    """This process's token, and until when it is used, by the clock that never jumps."""

    app: str = ""
    value: str = ""
    until: float = 0.0


_token: Final = _Token()
_lock: Final = threading.Lock()


def _ask(method: str, path: str, message: dict[str, Any], words: chat.Words) -> Receipt:
    end = time.monotonic() + _SECONDS
    for attempt in (1, 2):
        token = _access(words)
        if isinstance(token, Receipt):
            return token
        try:
            body = json.dumps(message, ensure_ascii=False).encode()
            left = min(end - time.monotonic(), webhook.EXCHANGE_SECONDS)
            answer = webhook.post(_address(path), body, method=method, token=token, seconds=left)
        except webhook.Trouble as trouble:
            if trouble.arrived:
                return Receipt("unsure", words("unsure", words(trouble.code)))
            return Receipt("refused" if trouble.code == "forbidden" else "later", words(trouble.code, trouble.said))
        said = answer.json()
        if said.get("code") in _STALE:
            _forget(token)
            if attempt == 1:
                continue
            return Receipt("later", words("app", f"{said['code']}"))
        receipt = chat.understand(ROBOT, answer, words)
        data = said.get("data")
        found = str(data.get("message_id", "")) if isinstance(data, dict) else ""
        if receipt.outcome == "sent" and _MESSAGE.fullmatch(found):
            return Receipt("sent", far_id=found)
        return receipt
    raise AssertionError  # the second attempt returns


def _access(words: chat.Words) -> str | Receipt:
    """A token that is valid for some minutes, asked for if need be; or why there is none. Nothing was sent then."""
    if not _lock.acquire(timeout=_TOKEN_SECONDS):  # another thread is asking
        return Receipt("later", words("slow"))
    try:
        if _token.app == settings.FEISHU_APP_ID and time.monotonic() < _token.until:
            return _token.value
        return _new_token(words)
    finally:
        _lock.release()


def refusal(*, seconds: float = _TOKEN_SECONDS) -> str:
    """What Feishu says against the house's app, asked anew; empty if it lets it in. Raises webhook.Trouble."""
    said = _ask_for_token(seconds).json()
    return "" if _is_token(said.get("tenant_access_token")) else f"{said.get('code')} {said.get('msg')}"[:200]


def _ask_for_token(seconds: float) -> webhook.Answer:
    body = json.dumps({"app_id": settings.FEISHU_APP_ID, "app_secret": settings.FEISHU_APP_SECRET}).encode()
    return webhook.post(_address("auth/v3/tenant_access_token/internal"), body, seconds=seconds)


def _new_token(words: chat.Words) -> str | Receipt:
    try:
        answer = _ask_for_token(min(_TOKEN_SECONDS, webhook.EXCHANGE_SECONDS))
    except webhook.Trouble as trouble:
        return Receipt("refused" if trouble.code == "forbidden" else "later", words(trouble.code, trouble.said))
    said = answer.json()
    value, valid = said.get("tenant_access_token"), said.get("expire")
    receipt = chat.understand(ROBOT, answer, words)
    if receipt.outcome == "sent" and _is_token(value) and type(valid) is int:
        _token.app, _token.value = settings.FEISHU_APP_ID, str(value)
        _token.until = time.monotonic() + min(valid, _LONGEST) - _EARLIER
        return _token.value
    if receipt.outcome == "refused":
        return receipt
    return Receipt("later", words("garbage") if receipt.outcome == "sent" else receipt.words, receipt.wait)


def _is_token(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable() and 0 < len(value) < 8192


def _forget(token: str) -> None:
    with _lock:
        if _token.value == token:
            _token.until = 0.0


def _address(path: str) -> str:
    return f"{settings.FEISHU_ADDRESS}{ROBOT.path}{path}"
