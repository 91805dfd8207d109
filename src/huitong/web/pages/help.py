"""What Huitong is and how a matter goes through it. Anyone may read it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext as _

from huitong.method import Element, Fault
from huitong.method.words import element_name, fault_name


def help(request: HttpRequest) -> HttpResponse:
    language = "en" if (translation.get_language() or "").startswith("en") else "zh"
    steps = (
        (_("准备"), _("答几个短问题：卡在哪里、影响什么、自己试过什么、想请领导怎么帮。写一句存一句。")),
        (_("成文"), _("当面说、发聊天、发邮件、写书面汇报，各有各的篇幅；旁边说明缺什么、哪里要改。")),
        (_("择时"), _("按领导的日程和节假日，挑领导有空、不赶的时刻，并说明理由；时刻由你定。")),
        (_("送达"), _("到了那一刻，邮件自动送出，或提醒你带着讲话卡当面去说。送出以前可以改，也可以收回。")),
        (_("批示"), _("领导在一屏之内看明白，点一下就定，不用登录。原话一字不改，十分钟之内可以撤回。")),
        (_("协调"), _("照领导选的办法，开会、通话，并给对方部门一份中性的说明：不指责，也看不到内部的话。")),
        (_("跟进"), _("谁答应了什么、哪天到期，都记着，到期前后各提醒一次；办好了或要改期，点一下就行。")),
        (_("办结"), _("写下结果和用了几天，谢过帮忙的人。下回遇到类似的事，它会作为先例出现。")),
    )
    elements = (
        (Element.GREETING, _("怎么称呼，就怎么开头。")),
        (Element.PURPOSE, _("为何而来：要办成什么。")),
        (Element.SITUATION, _("卡在哪里，只写事实。")),
        (Element.IMPORTANCE, _("不解决会影响什么：进度、费用、客户。")),
        (Element.BENEFIT, _("解决了，对整体有什么好处。")),
        (Element.EFFORT, _("自己试过什么，为什么还不够。")),
        (Element.PROPOSAL, _("具体的办法，写明要占领导多少时间。")),
        (Element.CHOICE, _("不止一个办法，好让领导选。")),
        (Element.ASK, _("究竟请领导做什么。")),
        (Element.PRECEDENT, _("以前类似的事，领导出面之后怎样了。")),
        (Element.COOPERATION, _("我方会做好哪些配合。")),
        (Element.IMPROVEMENT, _("往后自己怎样沟通得更好。")),
        (Element.FOLLOWUP, _("接下来怎么走，何时汇报。")),
        (Element.DEFERENCE, _("听领导的意见；是请示，不是要求。")),
        (Element.GRATITUDE, _("真心的谢意。")),
    )
    faults = (
        (Fault.BLAME, _("评价对方部门或某个人。")),
        (Fault.COMPLAINT, _("发泄情绪，没有事实。")),
        (Fault.COMMAND, _("替领导下命令。")),
        (Fault.VAGUE, _("该有数目、日期、名字的地方没有。")),
        (Fault.EXAGGERATION, _("把话说满、说重。")),
        (Fault.ULTIMATUM, _("拿后果逼人表态。")),
        (Fault.PLACEHOLDER, _("模板里的空没有填。")),
        (Fault.OVERLOAD, _("一次求三件以上不相干的事。")),
    )
    template_keys = (
        ("[[part]]", _("一句话，或一列里的每一条各一句。照先后排。")),
        ("text", _("这句话怎么说：几种说法，从详到略。内容不全的说法跳过，篇幅不够时用短的。")),
        ("{deadline}", _("填进简报的内容。能用哪些，模板旁边都列着。")),
        ("[……]", _("可有可无的一段：里面的内容缺了，整段不写。")),
        ("each", _("对哪一列逐条说，例如 efforts、options。")),
        ("lead、between、end", _("逐条说的时候，开头、中间、结尾各加什么。")),
        ("needed", _('true：篇幅再短也留下（逐条的留一条）；"all"：每条都留。')),
        ("rank、then", _("篇幅不够时谁先得到位置，数目小的先；then 是一列里其余各条的。")),
        ("leading", _('一列里哪一条先得到位置："first" 第一条，"last" 最后一条，"weightiest" 最要紧的事实。')),
        ("when、unless", _("有某项内容才说；没有才说。")),
        ("opens", _('另起一行写 "line"，另起一段写 "paragraph"。')),
        ("heading", _("报告里这一段的小标题。")),
        ("pause、listen", _("讲话卡上在这里停一停；停下来听领导说。")),
        ("weight、question", _("议程里占多少时间；领导可能会问的那一句。")),
        ("element", _("这句话说的是哪个要素，例如 ask、situation。")),
        ("[part.formal]", _("正式语气里换成这样说；只写不同的几项。")),
        ("[[part.other]]", _("“换个说法”时轮到的说法，可以有几个。")),
        ("subject", _("主题，写在最前面，不在 [[part]] 里。")),
    )
    context = {
        "template_keys": template_keys,
        "steps": steps,
        "elements": [(element_name(code, language), text) for code, text in elements],
        "faults": [(fault_name(code, language), text) for code, text in faults],
    }
    return render(request, "help.html", context)


urlpatterns = [path("help", help, name="help")]
