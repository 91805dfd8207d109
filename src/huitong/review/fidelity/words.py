"""The words by which facts are known (their lists are words.toml): what is counted, what stands beside, titles."""

import re
import tomllib
from importlib import resources
from typing import Any, Final

_LISTS: Final[dict[str, Any]] = tomllib.loads(
    resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
)


def _listed(name: str) -> frozenset[str]:
    return frozenset(_LISTS[name].split())


CLAIMS: Final[dict[str, list[re.Pattern[str]]]] = {
    kind: [re.compile(group, re.IGNORECASE) for group in groups] for kind, groups in _LISTS["claims"].items()
}
PARTICLES: Final = frozenset("".join(_listed("particles")))
NO_UNITS: Final = _listed("no_units")
ENGLISH_STARTS: Final = _listed("starts")
COMMON: Final = _listed("common")
HAN_IDIOMS: Final = re.compile(
    r"([\u4e00-\u9fff])一\1|十分(?!钟|之)|千万(?!元|人|级|美|台|件)|"
    + "|".join(sorted(_listed("idioms"), key=len, reverse=True))
)

UNITS: Final = re.compile(
    r" ?(个(?:工作日|自然日|交易日|小时|钟头|月|星期|礼拜|百分点|季度|部门|人)|工作日|自然日|百分点|分钟|小时|季度|星期|礼拜|人次|人天"
    r"|(?:美|欧|港|日|英|台币|人民)?(?:元|币)|块钱?|[％%℃‰]|平方米|立方米|公里|公斤|千克|厘米|毫米|[\u3400-\u9fff]|[A-Za-z]{1,4}(?![A-Za-z]))"
)

# Directly before a number or a day.
LEFT: Final = re.compile(
    r"(?:(?P<about>大约|大概|约|将近|近|about|around|approximately|roughly|nearly|almost|some)"
    r"|(?P<over>超过|逾|高于|多于|大于|over|more than|above|exceeding)"
    r"|(?P<under>不到|不足|低于|少于|小于|未满|under|less than|fewer than|below)"
    r"|(?P<least>至少|起码|最少|不少于|不低于|at least|no less than|no fewer than)"
    r"|(?P<most>至多|最多|不超过|不多于|up to|at most|no more than|not more than)"
    r"|(?P<only>只有|仅有|仅|只|just|only)"
    r"|(?P<by>by|截至|截止|no later than)|(?P<before>before|ahead of)|(?P<after>after|following)|(?P<within>within)"
    r"|(?P<until>until|till|through|到|至)|(?P<since>since|自从|自)|(?P<from_>from|从)|(?P<to>(?<=[ \d])to|[-–—~～])"
    r"|(?P<per>每个?(?:工作日|小时|星期|[天日周月年季人次台份吨件箱平晚])|(?:each|every|per|an?) (?:day|week|month|year|hour|night))"
    r"|(?P<every>每隔?|平均|each|every|average(?: of)?)"
    r"|(?P<up>增加|上升|提高|增长|涨|增至|升至|提前|increased?|rose|up)"
    r"|(?P<down>减少|下降|降低|缩短|跌|降至|减至|推迟|延后|decreased?|fell|down)"
    r") ?(?:the |了|至 ?|到 ?|在 ?|达 ?|by )?\s*$",
    re.IGNORECASE,
)
# Directly behind it; a remark in brackets may stand between: 9 月 25 日（周五）前.
RIGHT: Final = re.compile(
    r"\s*(?:（[^（）]{1,6}）|\([^()]{1,12}\))?\s*(?:(?P<before>之前|以前|前(?!往|来|去|面|期)|before)"
    r"|(?P<after>之后|以后|后(?!续|面|勤|期)|after|later)"
    r"|(?P<within>之内|以内|内(?!部|容))|(?P<since>起(?!来|草)|onwards?|and after)|(?P<about>左右|上下|or so)"
    r"|(?P<over>以上|or more|and more|and above)|(?P<under>以下|or less|or fewer)|(?P<until>为止|止)"
    r"|(?P<ago>ago|earlier)|(?P<late>at the latest)|(?P<more>多|余)"
    r"|(?P<per>/ ?[天日周月年人次台份吨件晚]|(?:each|every|per|an?) (?:day|week|month|year|hour|night|person)))",
    re.IGNORECASE,
)

TITLES: Final = re.compile(
    rf"[{''.join(_listed('surnames'))}](?:总(?![是共之体结计数部监经裁量要会算得])|总监|总经理|经理|主任|主管"
    r"|工(?![作程期序艺厂人时种具地资])|科长|处长|部长|局长|院长|校长|所长|组长|厂长|店长|队长|董事长|董(?!事)|书记|老师|师傅|博士"
    r"|教授|律师|医生|护士长|姐|哥|小姐|先生|女士|秘书|助理)"
)
ORGANISATIONS: Final = re.compile(
    r"(?![全内外局干总各两本我贵该])[\u4e00-\u9fff]{2}(?<![全内外局干各])"
    r"(?:部(?![分门署位])|中心(?![思点])|公司|小组|委员会|办公室|事业部|集团|学院|医院|银行|支行|分局|门店|车间|项目部|工程处|管理处"
    r"|办事处|财务科|供应商)"
)

# Words of someone who talks about the text instead of writing it.
CHATTER: Final = re.compile(
    r"润色|潤色|改写|改寫|重写|重寫|修改后|修改版|优化后|原文|译文|以下是|下面是|如下文|草稿|指令|提示词"
    r"|作为(?:一[个名])?(?:ai|人工智能|语言模型|助手)|希望(?:对您有|能)帮助|如需(?:进一步)?(?:修改|调整)"
    r"|\b(?:rewrit\w+|rewrote|revised (?:version|text|draft)|polished|rephras\w+|paraphras\w+|draft|here(?:'s|’s| is| are)"
    r"|sure[,!]|certainly[,!]|of course[,!]|as an ai|language model|instructions?|prompt|let me know if|i hope this|feel free"
    r"|note that)",
    re.IGNORECASE,
)

COURTESY: Final = re.compile(
    r"感谢|谢谢|谢意|多谢|致谢|添麻烦|麻烦您|辛苦|打扰|百忙|妥否|当否|请批示|请指示|请审阅|请指正|您好|此致|敬礼|敬上|敬请|静候|盼复"
    r"|尊意|\b(?:thank|grateful|gratitude|appreciat|regards|sincerely|hello|dear|good (?:morning|afternoon)|sorry to"
    r"|look(?:ing)? forward|trouble you|for your (?:time|help|support))",
    re.IGNORECASE,
)

DOERS: Final = re.compile(
    r"(?P<i>我|\b(?:I|we|my|our|me|us)\b)|(?P<you>您|你|\b(?:you|your)\b)"
    r"|(?P<they>他|她|对方|\b(?:they|he|she|their|his|her|him|them)\b)",
    re.IGNORECASE,
)
