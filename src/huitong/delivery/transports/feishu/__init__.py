"""Feishu (飞书): the custom bot of a group, by webhook.

Source: Feishu Open Platform, "自定义机器人使用指南" (Custom bot usage guide): a body of at most 20 KB, 100 messages a
minute and 5 a second to a robot, code 11232 when it was too much; the signature is HMAC-SHA256 of nothing, its key
the timestamp in seconds, a line break and the secret; codes 19021, 19022, 19024. "频控策略" (Rate limits): 429 with
99991400, and x-ogw-ratelimit-reset, the seconds to wait. Some robots answer `StatusCode` in place of `code`, or both.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any, Final

from huitong.delivery import chat
from huitong.delivery.leases import Limit

NAMES: Final = {"zh": "飞书", "zh-Hant": "飛書", "en": "Feishu"}
REPEATS: Final = False
CONFIRMS: Final = True
AVAILABLE: Final = True
SECRET: Final = True
PERSONAL: Final = False
EXAMPLE: Final = "https://open.feishu.cn/open-apis/bot/v2/hook/…"


def _sign(address: str, secret: str, message: dict[str, Any], now: datetime) -> chat.Signed:
    if not secret:
        return address, message
    stamp = str(int(now.timestamp()))
    digest = hmac.digest(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256)
    return address, {"timestamp": stamp, "sign": base64.b64encode(digest).decode(), **message}


def _message(text: str) -> dict[str, Any]:
    return {"msg_type": "text", "content": {"text": text}}


def _code(body: dict[str, Any]) -> object:
    codes = [body[name] for name in ("code", "StatusCode") if name in body]
    return next((code for code in codes if code != 0), codes[0] if codes else None)


ROBOT: Final = chat.Robot(
    name="feishu",
    names=NAMES,
    hosts=("open.feishu.cn", "open.larksuite.com"),
    path="/open-apis/bot/v2/hook/",
    longest=16_000,
    limit=Limit(at_once=2, a_minute=100),
    sign=_sign,
    message=_message,
    code=_code,
    said="msg",
    meanings={
        19021: "signature",
        19022: "network",
        19024: "keyword",
        19001: "gone",
        9499: "refused",
        11232: "slow_down",
        99991400: "slow_down",
    },
    waits={11232: timedelta(minutes=1), 99991400: timedelta(minutes=1)},
)


send, toward, is_address = ROBOT.send, ROBOT.toward, ROBOT.is_address
