"""One card a request: what was sent into a chat that can change it says what has become of the request."""

from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.delivery import outbox
from huitong.directory.wording import moment_text, speaking_to
from huitong.matters.verdicts import FINAL, TOLD, verdict_text
from huitong.records.models import Decision, Outbox, Request


def change(request: Request) -> None:
    """Let every card of this request say how it stands now. Called in the transaction of what has changed it.

    What an earlier change was to say is taken back, unless it is on its way: the far end gets them one at a time.
    """
    brought = Outbox.objects.filter(link__request=request, state="sent").exclude(far_id="").select_related("person")
    cards = list(brought.order_by("id"))
    if not cards:
        return
    changes = Outbox.objects.filter(key__startswith=f"card:{request.pk}:")
    waiting = changes.filter(state="waiting")
    waiting.exclude(pk__in=outbox.going(waiting, timezone.now())).update(state="withdrawn")
    turn = changes.count()
    for number, card in enumerate(cards, start=turn):
        with speaking_to(card.person):
            letter = _letter(request, card)
        key = f"card:{request.pk}:{number}"
        outbox.put("card", card.person, letter, key=key, transport=card.transport, far_id=card.far_id)


def _letter(request: Request, card: Outbox) -> outbox.Letter:
    """What the card says now. Without a page it has no button."""
    title, page = str(card.payload.get("title", "")), f"/requests/{request.pk}"
    decisions = request.decisions.select_related("by", "version").filter(undone_at=None, superseded_at=None)
    decision = decisions.first()
    if decision:
        before = [_decided(decision, request), *([decision.words] if decision.words else [])]
        settled = decision.verdict in FINAL and not (decision.how == TOLD and decision.confirmed_at is None)
        ended = request.ended_at or request.matter.closed_at
        return outbox.Letter(title=title, before=before, page="" if settled or ended else page)
    name = {"name": request.matter.requester.name}
    if request.ended_at:
        return outbox.Letter(title=title, before=[_("不用再批示了：%(name)s另作了请示。") % name])
    if request.matter.closed_at:
        return outbox.Letter(title=title, before=[_("不用再批示了：%(name)s已经把这件事办结。") % name])
    latest = request.versions.order_by("-number").first()
    if latest and latest.created_at > card.created_at:
        return outbox.Letter(title=title, before=[_("%(name)s改过了，请看新的一版。") % name], page=page)
    said = card.payload
    rows, before, after = said.get("rows", []), said.get("before", []), said.get("after", [])
    return outbox.Letter(title=title, before=before, rows=rows, after=after, page=page)


def _decided(decision: Decision, request: Request) -> str:
    facts = {
        "who": decision.by_name or decision.by.address,
        "name": request.matter.requester.name,
        "when": moment_text(decision.decided_at, relative=False),
        "verdict": verdict_text(decision),
    }
    if decision.how == TOLD and decision.confirmed_at is None:
        return _("%(name)s %(when)s 记下您的意见：%(verdict)s") % facts
    return _("%(who)s %(when)s 批示：%(verdict)s") % facts
