"""What people do with an agreed way of communicating: draft it, say yes or what to change, look at it after a month."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from huitong.coordination import agreements
from huitong.matters.acting import acting, decision_in_force
from huitong.matters.errors import Incomplete, NotAllowed, NotNow
from huitong.matters.named import named
from huitong.matters.stages import Action
from huitong.matters.timeline import lock, record
from huitong.records.models import Agreement, Matter, Person

LONGEST = 200
LONGEST_WHERE = 2000
_NEEDED = ("ours", "theirs", "channel", "within")


def propose(matter: Matter, by: Person, *, head: str, email: str, parts: Mapping[str, str]) -> Agreement:
    """Send both heads a first or a new version. Raises Incomplete with the field that lacks something."""
    told = {name: parts.get(name, "").strip().replace("\r\n", "\n") for name in agreements.PARTS}
    for name in _NEEDED:
        if not told[name]:
            raise Incomplete(f"a-{name}", _("这一项必填。"))
        if len(told[name]) > LONGEST:
            raise Incomplete(f"a-{name}", _("请控制在 %(limit)s 字以内。") % {"limit": LONGEST})
    if len(told["where"]) > LONGEST_WHERE:
        raise Incomplete("a-where", _("请控制在 %(limit)s 字以内。") % {"limit": LONGEST_WHERE})
    if not head.strip():
        raise Incomplete("a-head", _("请写对方负责人的姓名。"))
    with acting(matter, by, Action.COORDINATE) as matter:
        decision = decision_in_force(matter)
        assert decision is not None
        person = named(head.strip(), email=email.strip(), by=by, field="a-head")
        if not person.email:
            raise Incomplete("a-email", _("还没有对方的邮箱。"))
        if not decision.by.email:
            raise Incomplete("a-head", _("还没有领导的邮箱，请先在准备页补上。"))
        if person.pk in (decision.by_id, by.pk):
            raise Incomplete("a-head", _("请写对方部门的负责人。"))
        before = agreements.current(matter)
        if before and _same(before, person, told):
            raise Incomplete("a-where", _("和现在这一份一样，没有要改的。"))
        made = agreements.propose(matter, decision, person, told)
        record(matter, "agreement_proposed", by, to=person.name, version=made.number)
    return made


def _same(before: Agreement, head: Person, told: Mapping[str, str]) -> bool:
    review_wants_change = before.reviewed_at is not None and before.outcome == agreements.CHANGE
    same = before.head_id == head.pk and all(getattr(before, name) == told[name] for name in agreements.PARTS)
    return same and not review_wants_change


def answer(agreement: Agreement, by: Person, *, agreed: bool, words: str = "", by_name: str = "") -> None:
    """A head's yes, or what they would change in a sentence. Raises NotNow for an older version, or one that holds."""
    if not agreed and not words.strip():
        raise Incomplete("words", _("请写一句想改哪里。"))
    with transaction.atomic():
        matter, agreement = _locked(agreement, by)
        if agreement.ended_at or agreement.holds_at or matter.closed_at:
            raise NotNow("there is another version, or it holds already")
        agreements.answer(agreement, by, agreed=agreed, words=words.strip()[:LONGEST_WHERE], by_name=by_name[:100])
        kind = "agreement_agreed" if agreed else "agreement_to_change"
        record(matter, kind, by, name=by.name, words=words[:300], by_name=by_name)
        if agreement.holds_at:
            record(matter, "agreement_holds")


def review(agreement: Agreement, by: Person, *, outcome: str, words: str = "", by_name: str = "") -> None:
    """After a month: a head says how it works out; the requester says what comes of it."""
    if outcome not in agreements.OUTCOMES:
        raise Incomplete("do", _("请选一项。"))
    if outcome == agreements.CHANGE and not words.strip() and by.pk != agreement.matter.requester_id:
        raise Incomplete("words", _("请写一句想改哪里。"))
    with transaction.atomic():
        matter, agreement = _locked(agreement, by)
        if not agreements.is_to_review(agreement):
            raise NotNow("it is not to be looked at now")
        if by.pk == matter.requester_id:
            agreements.settle(agreement, outcome=outcome)
            record(matter, "agreement_settled", by, outcome=outcome)
        else:
            agreements.review(agreement, by, outcome=outcome, words=words.strip()[:LONGEST_WHERE], by_name=by_name)
            record(matter, "agreement_reviewed", by, name=by.name, outcome=outcome, words=words[:300])


def _locked(agreement: Agreement, by: Person) -> tuple[Matter, Agreement]:
    matter = lock(agreement.matter)
    related = ("head", "leader", "decision__version")
    agreement = Agreement.objects.select_related(*related).get(pk=agreement.pk)
    agreement.matter = matter
    if by.pk not in (matter.requester_id, agreement.head_id, agreement.leader_id):
        raise NotAllowed
    return matter, agreement
