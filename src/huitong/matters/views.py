"""Both sides: the other department's own view, beside the requester's, before the leader decides.

The requester asks for it by a short letter that says whom it goes to and nothing of the request. What is written is
read by the leader and the requester, word for word; it can be changed until the leader has decided.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.delivery import outbox
from huitong.directory import links
from huitong.directory.wording import speaking_to
from huitong.matters.decide import standing_decision, take_up_again
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.named import named
from huitong.matters.request import current_request
from huitong.matters.timeline import lock, record
from huitong.matters.verdicts import FINAL, MAX_WORDS
from huitong.records.models import Matter, Outbox, Person, Request, View

MOST = 3  # views of one request


def views(request: Request) -> list[View]:
    """All that were asked for, in that order."""
    return list(request.views.select_related("person").order_by("asked_at", "pk"))


def is_open(view: View) -> bool:
    """Whether it can be given or changed: the request stands, and nothing final is decided about it."""
    request = view.request
    return not (request.ended_at or request.matter.closed_at or _is_decided(request))


def may_ask(matter: Matter) -> bool:
    """Whether a view still helps: a request is set or with the leader, and not decided."""
    request = current_request(matter)
    if request is None or matter.closed_at or _is_decided(request):
        return False
    return request.views.count() < MOST


def _is_decided(request: Request) -> bool:
    """Whether a final answer is in force. While it can be taken back, nobody can tell from here that there is one."""
    standing = standing_decision(request)
    return standing is not None and standing.verdict in FINAL and standing.effective_at <= timezone.now()


def ask(matter: Matter, by: Person, *, name: str, email: str) -> View:
    """Ask this person for their view. Raises Incomplete with view_name or view_email, NotNow once it is decided."""
    if matter.requester_id != by.pk:
        raise NotAllowed
    if not name.strip():
        raise Incomplete("view_name", _("请写明请谁说。"))
    with transaction.atomic():
        matter = lock(matter)
        request = current_request(matter)
        if request is None or not may_ask(matter):
            raise NotNow("nothing is asked of a leader, or it is decided")
        request.matter = matter
        person = named(name.strip(), email=email.strip(), by=by, field="view_name")
        if person.pk in (by.pk, request.leader_id):
            raise Incomplete("view_name", _("请写对方部门的人。"))
        if not person.email:
            raise Incomplete("view_email", _("还没有对方的邮箱。"))
        if request.views.filter(person=person).exists():
            raise Incomplete("view_name", _("已经问过%(name)s了。") % {"name": person.name})
        view = View.objects.create(request=request, person=person, asked_at=timezone.now())
        with speaking_to(person):
            facts = {"name": by.name, "leader": request.leader.address, "matter": matter.title, "who": person.address}
            letter = outbox.Letter(
                title=_("想听听您那边的情况：%(matter)s") % facts,
                before=[
                    _("%(who)s，您好：") % facts,
                    _("为“%(matter)s”，%(name)s想请%(leader)s帮着协调。定之前，也想听听您这边的情况。") % facts,
                    _("有什么难处，怎样安排对您最方便，几句话就行。"),
                ],
                invite=_("在这里写，不用登录："),
                small=_("%(leader)s和%(name)s会看到您写的原话。不写也没有关系。打开链接不会通知任何人。") % facts,
            )
        link = links.issue("view", person, view=view)
        outbox.put("view_ask", person, letter, key=f"view:{view.pk}", matter=matter, link=link)
        record(matter, "view_asked", by, to=person.name)
    return view


def check(text: str) -> None:
    """Raises Incomplete for a view that is empty or too long."""
    if not text.strip():
        raise Incomplete("text", _("请写几句您这边的情况。"))
    if len(text) > MAX_WORDS or "\x00" in text:
        raise Incomplete("text", _("请控制在 %(limit)s 字以内。") % {"limit": MAX_WORDS})


def give(view: View, by: Person, *, text: str, by_name: str = "") -> None:
    """What the person says. It brings back at once what the leader had put off. Raises NotNow once it is decided."""
    if view.person_id != by.pk:
        raise NotAllowed
    check(text)
    with transaction.atomic():
        matter = lock(view.request.matter)
        view = View.objects.select_related("request__leader", "person").get(pk=view.pk)
        view.request.matter = matter
        if view.text == text and view.given_by == by_name:
            return  # a second tap
        if not is_open(view):
            raise NotNow("it is decided")
        first = view.given_at is None
        view.text, view.given_by, view.given_at = text, by_name[:100], timezone.now()
        view.save(update_fields=["text", "given_by", "given_at"])
        record(matter, "view_given", by, name=by.name, words=text[:300], by_name=by_name)
        if first and view.request.delivered_at:
            take_up_again(view.request)
        _tell(view)


def forget(matter: Matter) -> None:
    """The matter is closed: letters that have not gone out stay here."""
    keys = [f"view:{pk}" for pk in View.objects.filter(request__matter=matter).values_list("pk", flat=True)]
    Outbox.objects.filter(key__in=keys, state__in=("waiting", "failed")).update(state="withdrawn")


def _tell(view: View) -> None:
    """The requester hears of it; so does a leader who has the request already."""
    request, matter = view.request, view.request.matter
    for person in (matter.requester, request.leader):
        own = person.pk == matter.requester_id
        if not own and (request.delivered_at is None or not person.email):
            continue
        with speaking_to(person):
            facts = {"who": view.person.address, "matter": matter.title}
            letter = outbox.Letter(
                title=_("%(who)s说了那边的情况：%(matter)s") % facts,
                before=[_("%(who)s说：") % facts, view.text],
                invite=_("在这里看：") if own else _("请在这里批示，不用登录："),
            )
            if own:
                letter["page"] = f"/matters/{matter.pk}"
        link = None if own else links.issue("decide", person, request=request)
        key = f"view:{view.pk}:{person.pk}:{view.given_at.isoformat() if view.given_at else ''}"
        outbox.put("view_given", person, letter, key=key, matter=matter, link=link)
