"""Which kind of help an option asks for, guessed from its words; the requester can say otherwise."""

import re
from typing import Final

from huitong.method import Help

_CUES: Final = (
    (Help.STANDING, r"例会|周会|定期|每周|每月|standing|weekly|every (week|month|monday|friday)"),
    (
        Help.MEETING,
        r"会议|會議|[协短例座商]\w{0,2}[会會]|[开開]\w{0,2}[会會]|碰头|碰頭|召集|召[开開]|主持|联席|聯席|meeting|meet\b|convene|host",
    ),
    (
        Help.AGREEMENT,
        r"(沟通|工作|协作|对接|合作)(机制|機制|方式|办法|约定|规则)|接口人|way of (working|communicating)",
    ),
    (Help.TALK, r"电话|沟通|商量|打招呼|面谈|當面|電話|溝通|talk|speak|call|ring|word with|agree with|ask \w+ for"),
    (
        Help.RESOURCE,
        r"调配|借[调調用给給]|出借|抽调|资源|人手|设备|預算|预算|支援|lend|borrow|resource|budget|engineer|staff|capacity",
    ),
    (Help.AGREEMENT, r"流程|机制|约定|分工|接口人|口径|機制|process|agreement|way of working|who does what"),
)


def kind_of(title: str, what_leader_does: str = "") -> Help:
    """The first kind whose cue the title holds, else the description; guidance if none does."""
    for text in (title, what_leader_does):
        for kind, cues in _CUES:
            if re.search(cues, text, re.IGNORECASE):
                return kind
    return Help.GUIDANCE
