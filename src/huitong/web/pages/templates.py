"""Every template that the house's texts are composed by, in plain words, and which of them are its own."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from huitong.directory.wording import spoken
from huitong.matters.templates import is_behind, template_rows
from huitong.method import Language
from huitong.web.desk import DeskRequest

LANGUAGES: Final = {Language.ZH: "简体中文", Language.ZH_HANT: "繁體中文", Language.EN: "English"}
# What each text is called, and when it is used, in the order of a matter's life.
TEXTS: Final = {
    "email": (_("邮件"), _("写给领导的请示，带主题")),
    "chat": (_("聊天"), _("发给领导的请示，一屏看完")),
    "spoken": (_("口头"), _("当面说的请示，一分钟；讲话卡也用它")),
    "report": (_("报告"), _("书面请示，写得全")),
    "headline": (_("批示页的标题"), _("领导打开链接最先看到的两行")),
    "questions": (_("领导可能会问的"), _("讲话卡下面的问和答")),
    "reminder": (_("提醒"), _("领导还没有答复时，最多两次")),
    "answer": (_("答复"), _("领导问了一句，答给领导")),
    "after_no": (_("领导没有同意之后"), _("道谢，说下一步")),
    "note": (_("给对方的说明"), _("请对方部门协助，不露内情")),
    "talk": (_("通话要点"), _("领导与对方负责人谈之前看")),
    "agenda": (_("会议议程"), _("两边都看得到，不露内情")),
    "minutes": (_("会议纪要"), _("开过会以后，两边都看")),
    "warning": (_("再请示之前"), _("答应的没有等到，先告诉答应的人")),
    "escalation": (_("再请示"), _("说了以后还没有回音，再请领导定")),
    "report_back": (_("进展汇报"), _("批示之后，向领导汇报")),
    "thanks": (_("感谢"), _("办成以后，谢过每个帮忙的人")),
}


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    when: str
    url: str
    own: bool
    behind: bool


def templates(request: DeskRequest) -> HttpResponse:
    changed = template_rows(request.person)
    groups = []
    for language, shown in LANGUAGES.items():
        rows = []
        for name, (title, when) in TEXTS.items():
            row = changed.get((language, name))
            own = row is not None and bool(row.source)
            url = reverse("template", args=[language.value, name])
            rows.append(Row(str(title), str(when), url, own, row is not None and is_behind(row)))
        groups.append((language.value, shown, rows, sum(row.own for row in rows)))
    return render(request, "templates.html", {"groups": groups, "open": spoken()})


urlpatterns = [path("templates", templates, name="templates")]
