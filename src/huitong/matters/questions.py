"""The questions of the preparing page, as data: in the order of the fifteen elements, four groups."""

import secrets
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huitong.method import Element

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Field:
    """One cell. `widget` is text, long, lines, date, minutes, email or help."""

    key: str
    label: Words
    widget: str = "text"
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A log has rows of `fields`; else each field is an answer of its own, its key the path in the brief."""

    key: str
    element: Element | None
    label: Words
    why: Words
    example: Words
    fields: tuple[Field, ...]
    log: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    title: Words
    heading: Words
    questions: tuple[Question, ...]


GROUPS: Final = (
    Group(
        "who",
        _("对方"),
        _("谁能帮上忙，要办成什么"),
        (
            Question(
                "matter",
                None,
                _("卡住的是哪件事？"),
                _("起个一看就懂的名字，往后各处都用它。"),
                _("例：新品发布会搭建物料采购"),
                (Field("matter", _("事项")),),
                required=True,
            ),
            Question(
                "leader",
                Element.GREETING,
                _("请哪位领导帮忙？"),
                _("平时怎么称呼，就怎么写。留了邮箱，才能替你送到。"),
                _("例：高翔，高总"),
                (
                    Field("leader.name", _("姓名")),
                    Field("leader.form_of_address", _("称呼")),
                    Field("leader.title", _("职务")),
                    Field("leader.email", _("邮箱"), "email"),
                ),
                required=True,
            ),
            Question(
                "other_department",
                None,
                _("卡在哪个部门？"),
                _("写清部门和人，领导才知道该找谁。对方只会看到一份中性的说明。"),
                _("例：采购部，对接人李工，负责人王经理"),
                (
                    Field("other_department.name", _("部门")),
                    Field("other_department.contact", _("对接人")),
                    Field("other_department.head", _("负责人")),
                    Field("other_department.email", _("收说明的邮箱"), "email"),
                ),
                required=True,
            ),
            Question(
                "purpose",
                Element.PURPOSE,
                _("要办成什么？"),
                _("先说目的，领导一听就知道你为何而来。"),
                _("例：确定搭建物料的交期，赶上 12 月 18 日的发布会"),
                (Field("purpose", _("目的"), "long"),),
            ),
            Question(
                "deadline",
                None,
                _("最晚哪一天要定下来？"),
                _("择时送达、提醒都以这一天为准。"),
                _("例：供应商要做 12 天，最晚 12 月 1 日下单"),
                (Field("deadline", _("日期"), "date"),),
            ),
        ),
    ),
    Group(
        "facts",
        _("现状"),
        _("把事情说清楚"),
        (
            Question(
                "situation",
                Element.SITUATION,
                _("卡在哪里？"),
                _("只写事实：日期、数目、谁说了什么。一行一条，领导据此判断轻重。"),
                _("例：11 月 3 日升级后，12 台终端有 5 台扫不出腕带。"),
                (Field("situation", _("现状"), "lines"),),
            ),
            Question(
                "importance",
                Element.IMPORTANCE,
                _("不解决会怎样？"),
                _("落到进度、费用、客户上，一两条就够。"),
                _("例：晚一周交付，合同约定每天扣 0.05%。"),
                (Field("importance", _("影响"), "lines"),),
            ),
            Question(
                "benefit",
                Element.BENEFIT,
                _("解决了有什么好处？"),
                _("对整体、对双方都好的，更容易得到支持。"),
                _("例：以后两个部门共用一份排期表。"),
                (Field("benefit", _("好处"), "lines"),),
            ),
            Question(
                "efforts",
                Element.EFFORT,
                _("你自己找过谁，结果怎样？"),
                _("让领导看到，你不是轻易开口。"),
                _("例：11 月 13 日，邮件，李工，答复需排队"),
                (
                    Field("date", _("日期"), "date"),
                    Field("channel", _("方式")),
                    Field("with", _("找了谁")),
                    Field("result", _("结果"), wide=True),
                ),
                log=True,
            ),
        ),
    ),
    Group(
        "ways",
        _("办法"),
        _("想请领导怎么帮"),
        (
            Question(
                "options",
                Element.PROPOSAL,
                _("领导可以怎样帮？"),
                _("给一两个具体的办法，写明要占多少分钟，方便领导选。更倾向的放在最前面。"),
                _("例：与王经理通个电话，10 分钟，说明时间要求，请他同意插单"),
                (
                    Field("title", _("办法")),
                    Field("kind", _("哪一类"), "help"),
                    Field("minutes", _("占领导几分钟"), "minutes"),
                    Field("what_leader_does", _("请领导做什么"), wide=True),
                    Field("benefit", _("好在哪里"), wide=True),
                ),
                log=True,
            ),
            Question(
                "precedents",
                Element.PRECEDENT,
                _("以前有过类似的事吗？"),
                _("上回领导出面后怎样了，值得提一句。"),
                _("例：今年 4 月，春季展会的展架也卡在比价，您沟通后 3 天定标"),
                (
                    Field("when", _("何时")),
                    Field("what", _("什么事"), wide=True),
                    Field("result", _("后来怎样"), wide=True),
                ),
                log=True,
            ),
        ),
    ),
    Group(
        "after",
        _("后续"),
        _("我方会做什么"),
        (
            Question(
                "commitments",
                Element.COOPERATION,
                _("你这边会做哪些配合？"),
                _("写明谁、哪天前做完。领导点头之后，会按日子提醒。"),
                _("例：提供完整规格和三家报价，许宁，11 月 26 日"),
                (
                    Field("what", _("做什么"), wide=True),
                    Field("who", _("谁")),
                    Field("by", _("哪天前"), "date"),
                ),
                log=True,
            ),
            Question(
                "improvement",
                Element.IMPROVEMENT,
                _("往后怎样沟通会更顺？"),
                _("一句就好：是诚意，不是检讨。"),
                _("例：下次大型活动，提前一个月把需求排进采购部的月度计划。"),
                (Field("improvement", _("自我改进"), "long"),),
            ),
            Question(
                "followup",
                Element.FOLLOWUP,
                _("接下来怎么走，何时汇报？"),
                _("让领导知道不用他来追。一行一条。"),
                _("例：下单当天向您汇报，之后每周五更新到货进度"),
                (Field("followup", _("后续"), "lines"),),
            ),
        ),
    ),
)

QUESTIONS: Final = {question.key: question for group in GROUPS for question in group.questions}
LOGS: Final = {key: question for key, question in QUESTIONS.items() if question.log}
SIMPLE: Final = {field.key: field for q in QUESTIONS.values() if not q.log for field in q.fields}

# Where a missing element is asked for; choice and ask come from the options. Deference and gratitude need no question.
ASKED_BY: Final = {q.element: (g.key, q.key) for g in GROUPS for q in g.questions if q.element} | {
    Element.CHOICE: ("ways", "options"),
    Element.ASK: ("ways", "options"),
}
MAX_LENGTH: Final = 10_000
MAX_ROWS: Final = 50


def new_row_id() -> str:
    """The id of a new row of a log, so that two pages can change different rows."""
    return secrets.token_hex(4)
