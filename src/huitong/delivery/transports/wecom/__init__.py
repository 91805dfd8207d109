"""WeCom (企业微信): the robot of a group, by webhook.

Source: WeCom developer centre, "消息推送配置说明" (path 91770, formerly "群机器人配置说明"): 20 messages a minute to a
robot, a text of at most 2048 bytes, no signature: the key in the address is all.
"全局错误码" (Global error codes): 45009 api freq out of limit, 40058 exceed max length, 93000 invalid webhook url,
93004 robot disabled, 93008 not in the group, -1 busy.
"""

from datetime import timedelta
from typing import Final

from huitong.delivery import chat
from huitong.delivery.leases import Limit

NAMES: Final = {"zh": "企业微信", "zh-Hant": "企業微信", "en": "WeCom"}
REPEATS: Final = False
CONFIRMS: Final = True
AVAILABLE: Final = True
SECRET: Final = False
PERSONAL: Final = False
EXAMPLE: Final = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…"


ROBOT: Final = chat.Robot(
    name="wecom",
    names=NAMES,
    hosts=("qyapi.weixin.qq.com",),
    path="/cgi-bin/webhook/send",
    longest=2_048,
    limit=Limit(at_once=2, a_minute=20),
    meanings={
        93000: "gone",
        93004: "gone",
        93008: "gone",
        40058: "too_long",
        45009: "slow_down",
        45033: "slow_down",
        -1: "busy",
    },
    waits={45009: timedelta(minutes=1), 45033: timedelta(minutes=1)},
)


send, toward, is_address = ROBOT.send, ROBOT.toward, ROBOT.is_address
