"""The words of a text that may name a department, a body or a person: candidates only, many of them are not meant."""

import re
from collections.abc import Iterator
from typing import Final

from huitong.method.words import Language
from huitong.review.page import HIDDEN, Page, Place

# What a name of a body ends with.
_BODY: Final = re.compile(
    r"中心|单位|专业|代理|外包商?|分包|公司|车间|学院|医院|大队|支队|银行|集团|事务所|办公室|委员会|管委会|工作室|窗口|门店|总部|后台"
    r"|项目部|那边|那头|这边|厂家|厂商|供应商|客户|房东|物业|甲方|乙方|业主|施工方|承包商"
    r"|[厅庭房间室部科处局组办院队站所司厂课股团会班仓库行委方店校系馆段台社园区坊吧场网营协盟]"
)
_NO_NAME: Final = frozenset(
    "和跟与同找请让给对向把由在到从是被的了说问催叫约去来就也都还没不只又再已将经按为因若如但而则及或之于以得着过吗呢吧啊我你您他她它们咱"
    "这那哪每各某个位两一三四五六七八九十几多少今明昨年月时点号当凡即请"
)
_LONGEST: Final = 10
_FUNCTION: Final = re.compile(
    r"财务|采购|仓储|法务|人事|行政|后勤|信息|技术|工程|品保|品质|质检|质量|质控|安全|安环|环保|物流|运营|运维|市场|销售|客服|设备|机电|机务"
    r"|生产|计划|调度|保卫|基建|总务|教务|学工|科研|研发|产品|设计|测试|审计|合规|风控|信贷|理赔|核保|精算|护理|检验|药剂|影像|放射|病理|供应"
    r"|物资|材料|预算|造价|监理|设施|动力|电气|仪表|工艺|培训|招聘|薪酬|税务|出纳|会计|公关|媒介|策划|创意|制作|印务|印制|发行|编务|总编|灯光"
    r"|音响|舞美|道具|服装|化妆|场务|票务|保安|保洁|绿化|维修|维保|厨房|前厅|客房|餐饮|总控|资讯|业务|法规|工务|品管|品检|物管|厂务|保养|水电"
    r"|人资|行销|资安|企划|电仪|采编|冲压"
)
_PERSON: Final = re.compile(
    r"[老小阿][\u4e00-\u9fff]|[\u4e00-\u9fff]{1,2}(?:总监|总工|总|经理|主任|主管|科长|处长|部长|局长|院长|段长|厂长|校长|书记|组长|班长|队长|站长"
    r"|所长|馆长|店长|课长|襄理|协理|专员|老师|师傅|工|姐|哥|先生|小姐|女士|博士|教授|律师|医生|副理)"
)
_LATIN: Final = re.compile(r"[a-z][a-z0-9&/-]{1,15}")
_ASKED: Final = re.compile(
    r"(?:跟|找|问|催|让|请|卡在|和|与|同|给|叫|由|是|被|要|等|向|对|归|说|通知|协调)了?([\u4e00-\u9fffa-z]{2,5}?)"
    r"(?=[的那说要不还没就把去在来也都只则一这给拿认，。、：！？；\n]|$)"
)

_ENGLISH_BODY: Final = re.compile(
    r"\b(?:[a-z][a-z'’-]* ){0,2}(?:team|department|dept|office|desk|group|unit|crew|people|side|lot|lab|laboratory|workshop|section|services?"
    r"|control|cent(?:re|er)|division|branch|board|committee|authority|agency|company|body|house|bureau|stores?|gang|lads|folks|guys|bench"
    r"|counter|cell|wing|squad|council|hub|pool|management|reception|studio|shop|bay|shed|room)\b"
    r"|\b(?:accounts|accounting|admin|administration|archives?|assembly|audit|assessors|banqueting|bindery|biomed|box office|buying|caretakers"
    r"|catering|claims|communications|compliance|contracts|customs|data|design|despatch|dispatch|distribution|engineering|estates|events"
    r"|facilities|finance|finishing|firmware|front office|fundraising|grants|housekeeping|hr|human resources|infra|infrastructure|it|labs|leasing"
    r"|legal|licensing|lighting|linen|logistics|loss prevention|maintenance|marketing|materials|metrology|networks?|operations|ops|packaging"
    r"|payroll|pharmacy|planning|plant|plating|platform|procurement|production|props|purchasing|quality|qa|qc|radiology|receiving|records|registry"
    r"|research|rigging|safety|sales|sanitation|scheduling|security|signalling|supply|support|systems|tech|technology|testing|tooling|traffic"
    r"|training|transport|treasury|underwriting|utilities|wardrobe|warehouse|works|supplier|vendor|contractor|landlord|kitchen|clinic"
    r"|library|port|harbour|yard|ground|deployment)\b"
)
_ENGLISH_NO_NAME: Final = frozenset(
    re.findall(
        r"\S+",
        "the a an our my your his her their its this that these those and or but of to in on at by for from with i we you he she they it is are was "
        "were be been has have had do does did not no so if as when while where which who what can could would will shall may might must should "
        "please thanks thank hi hello dear good morning afternoon evening subject re regards best kind sincerely cheers yours also then there here "
        "now today tomorrow yesterday one two three four five six seven eight nine ten both either each every all any some most many much more less "
        "than after before since until till once twice just only even still yet too very about into over under out up down off again back monday "
        "tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december option "
        "because though although how why let ask purpose situation request proposal background first second third last next given having being per",
    )
)
_CAPITALS: Final = re.compile(r"[A-Z][\w'’&/-]{0,30}(?: (?:&|of|and|[A-Z][\w'’&/-]{0,30})){0,6}")
_ENGLISH_ASKED: Final = re.compile(
    r"\b(?:with|to|from|by|at|in|asked?|told|tell|ring|rang|called?|phoned?|and|emailed|mailed|chased|says|that|because|has|got|get|onto|down to"
    r"|through) (?:the |our |their )?([a-z][a-z'’-]{2,30})(?=['’]s\b|[ ,.]|$)"
)
_WORD: Final = re.compile(r"\S+")


def names(page: Page, until: int) -> list[Place]:
    """Candidates within the first `until` characters, in order; they do not overlap unless both have the name of a body."""
    found: list[Place] = []
    taken = bytearray(len(page.text) + 1)
    for place, alone in _english(page, until) if page.language is Language.EN else _chinese(page, until):
        if (
            place[0] < place[1]
            and HIDDEN not in page.folded[slice(*place)]
            and not (alone and any(taken[slice(*place)]))
        ):
            found.append(place)
            taken[slice(*place)] = b"\1" * (place[1] - place[0])
    return sorted(set(found))


def _chinese(page: Page, until: int) -> Iterator[tuple[Place, bool]]:
    """Candidates, and whether each counts only where no other one has been found."""
    folded = page.folded
    for match in _BODY.finditer(folded, 0, until):
        start = match.start()
        while (
            start
            and match.end() - start < _LONGEST
            and folded[start - 1] not in _NO_NAME
            and folded[start - 1].isalnum()
        ):
            start -= 1
        if match.end() - start > 1:
            yield (start, match.end()), False
    for pattern in (_FUNCTION, _PERSON, _LATIN):
        yield from ((m.span(), True) for m in pattern.finditer(folded, 0, until))
    for match in _ASKED.finditer(folded, 0, until):
        if not _NO_NAME.intersection(match[1]):
            yield match.span(1), True


def _english(page: Page, until: int) -> Iterator[tuple[Place, bool]]:
    for match in _CAPITALS.finditer(page.text, 0, until):
        words = [m.span() for m in _WORD.finditer(page.folded, *match.span())]
        while words and _is_no_name(page, words[0]):
            del words[0]
        while words and page.folded[slice(*words[-1])] in ("of", "and", "&"):
            del words[-1]
        if words:
            start, end = words[0][0], words[-1][1]
            yield (start, end - 2 if page.folded.endswith(("'s", "’s"), start, end) else end), False
    for match in _ENGLISH_BODY.finditer(page.folded, 0, until):
        start, end = match.span()
        for word in _WORD.finditer(page.folded, start, end):
            if word[0] not in _ENGLISH_NO_NAME:
                yield (word.start(), end), True
                break
    for match in _ENGLISH_ASKED.finditer(page.folded, 0, until):
        if match[1] not in _ENGLISH_NO_NAME:
            yield match.span(1), True


def _is_no_name(page: Page, word: Place) -> bool:
    # IT is a department, "It" is none.
    initials = word[1] - word[0] > 1 and page.text[slice(*word)].isupper()
    return page.folded[slice(*word)].strip("'’") in _ENGLISH_NO_NAME and not initials
