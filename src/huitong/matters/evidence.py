"""Evidence beside the options: files that the requester adds for the leader, or for both sides."""

from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.documents.evidence import UnusableFile, read_file
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.timeline import lock, record
from huitong.records.models import Evidence, EvidencePage, Matter, Person

LEADER, BOTH = "leader", "both"
AUDIENCES: Final = (LEADER, BOTH)
MOST: Final = 10  # files of one matter
_LONGEST_NAME: Final = 200


def add(matter: Matter, by: Person, *, name: str, content: bytes, audience: str) -> Evidence:
    """Take a file. Raises Incomplete in words that name the file and say why it is not taken."""
    _check(matter, by)
    name = " ".join(name.replace("/", "／").split())[-_LONGEST_NAME:] or _("没有名字的文件")
    if audience not in AUDIENCES:
        raise Incomplete("audience", _("请选给谁看。"))
    if is_too_large(len(content)):
        raise Incomplete("file", why_not_taken(name, "large"))
    if matter.evidence.count() >= MOST:  # before the work; once more under the lock
        raise Incomplete("file", why_not_taken(name, "many"))
    try:
        seen = read_file(name, content)
    except UnusableFile as error:
        raise Incomplete("file", why_not_taken(name, error.code)) from None
    with transaction.atomic():
        matter = lock(matter)
        _check(matter, by)
        if matter.evidence.count() >= MOST:
            raise Incomplete("file", why_not_taken(name, "many"))
        made = Evidence.objects.create(
            matter=matter,
            name=name,
            kind=seen.kind,
            audience=audience,
            text=seen.text,
            left_out=seen.left_out,
            added_by=by,
            added_at=timezone.now(),
        )
        EvidencePage.objects.bulk_create(
            EvidencePage(evidence=made, number=n, picture=p.picture, small=p.small, width=p.width, height=p.height)
            for n, p in enumerate(seen.pages, start=1)
        )
        record(matter, "evidence_added", by, name=name)
    return made


def is_too_large(size: int) -> bool:
    return size > int(settings.EVIDENCE_MB) * 1_000_000


def remove(matter: Matter, by: Person, *, evidence: int) -> None:
    """Take it away from everybody."""
    with transaction.atomic():
        matter = lock(matter)
        _check(matter, by)
        found = matter.evidence.filter(pk=evidence).first()
        if found is None:
            raise NotNow("it is gone already")
        found.delete()
        record(matter, "evidence_removed", by, name=found.name)


def show_to(matter: Matter, by: Person, *, evidence: int, audience: str) -> None:
    """Let it be for the leader only, or for both sides."""
    if audience not in AUDIENCES:
        raise Incomplete("audience", _("请选给谁看。"))
    with transaction.atomic():
        matter = lock(matter)
        _check(matter, by)
        if not matter.evidence.filter(pk=evidence).update(audience=audience):
            raise NotNow("it is gone already")


def evidence_of(matter: Matter, *, both: bool = False) -> QuerySet[Evidence]:
    """What is laid beside the request; with `both` only what the other side sees too."""
    rows = matter.evidence.order_by("pk")
    return rows.filter(audience=BOTH) if both else rows


def _check(matter: Matter, by: Person) -> None:
    if matter.requester_id != by.pk:
        raise NotAllowed
    if matter.closed_at:
        raise NotNow("the matter is closed")


def why_not_taken(name: str, code: str) -> str:
    """Why this file is not taken, and what to do instead."""
    why = {
        "empty": _("是空的。"),
        "large": _("太大了，最多 %(most)s MB。请缩小，或只留要看的几页。") % {"most": settings.EVIDENCE_MB},
        "many": _("没有收：一件事最多放 %(most)s 份。请先移走一份。") % {"most": MOST},
        "office": _("是 Word 或 Excel 文件。请另存为 PDF 再添，手机上也好读。"),
        "macros": _("带有宏，不收。请另存为 PDF 再添。"),
        "archive": _("是压缩包，不收。请把里面要看的图片或 PDF 单独添进来。"),
        "program": _("是程序，不收。"),
        "markup": _("是网页或矢量图，里面可能有程序，不收。请存成 PDF 或截图。"),
        "unknown": _("不是能放的类型。可以放图片（PNG、JPEG、GIF、WebP）、PDF 和纯文本。"),
        "ending": _("的内容同扩展名对不上，不收。请用原来的程序重新导出。"),
        "broken": _("打不开，文件可能坏了。请重新导出一份。"),
        "locked": _("有密码，打不开。请去掉密码再添。"),
        "heavy": _("太复杂，没能在限定的时间和内存里打开。请截图，或导出简单一些的 PDF。"),
        "busy": _("没有打开：正忙着打开别的文件。请过一分钟再添。"),
        "long": _("太长了。请只留要看的部分。"),
    }[code]
    return _("“%(name)s”%(why)s") % {"name": name, "why": why}
