"""DingTalk (钉钉): the custom robot of a group, by webhook.

Source: DingTalk Open Platform, "自定义机器人接入" (Custom robot access): 20 messages a minute to a robot, more are
limited for ten minutes, errcode 130101 or 660026; a body of at most 20000 bytes, errcode 460101.
"自定义机器人安全设置" (Security settings): the signature is HMAC-SHA256 of the timestamp in milliseconds, a line break
and the secret, its key the secret, both as parameters of the address; errcode 310000 with "sign not match", "invalid
timestamp", "keywords not in content" or "not in whitelist". "全局错误码" (Global error codes): -1 busy. A token that is
none is answered with 300001, 300005 or 400101.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote_plus

from huitong.delivery import chat
from huitong.delivery.leases import Limit

NAMES: Final = {"zh": "钉钉", "zh-Hant": "釘釘", "en": "DingTalk"}
REPEATS: Final = False
CONFIRMS: Final = True
AVAILABLE: Final = True
SECRET: Final = True
PERSONAL: Final = False
EXAMPLE: Final = "https://oapi.dingtalk.com/robot/send?access_token=…"


def _sign(address: str, secret: str, message: dict[str, Any], now: datetime) -> chat.Signed:
    if not secret:
        return address, message
    stamp = str(int(now.timestamp() * 1000))
    digest = hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256)
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}timestamp={stamp}&sign={quote_plus(base64.b64encode(digest))}", message


ROBOT: Final = chat.Robot(
    name="dingtalk",
    names=NAMES,
    hosts=("oapi.dingtalk.com",),
    path="/robot/send",
    longest=16_000,
    limit=Limit(at_once=2, a_minute=20),
    sign=_sign,
    meanings={
        310000: "signature",
        300001: "gone",
        300005: "gone",
        400101: "gone",
        400102: "gone",
        460101: "too_long",
        101002: "too_long",
        130101: "slow_down",
        660026: "slow_down",
        410100: "slow_down",
        -1: "busy",
    },
    # One code for all of the security settings; only its words tell which.
    said_means={"keywords not in content": "keyword", "not in whitelist": "network"},
    waits={130101: timedelta(minutes=10), 660026: timedelta(minutes=10), 410100: timedelta(minutes=10)},
)


send, toward, is_address = ROBOT.send, ROBOT.toward, ROBOT.is_address
