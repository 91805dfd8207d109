"""What a decision's kind of help asks for on the page of coordination: what is borrowed, and the next steps."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huitong.coordination import agreements, loans
from huitong.matters import agree, promises, steps
from huitong.matters.brief import answers_of, counterpart_of
from huitong.matters.errors import NotNow
from huitong.matters.kinds import MOST_STEPS
from huitong.matters.understood import plan_of
from huitong.method import Help
from huitong.records.models import Decision, Matter, Person, Talk
from huitong.web import standing
from huitong.web.desk import address_of
from huitong.web.fields import day_of, text_of

LOAN_DAYS: Final = 5  # for what is borrowed, where nobody has said by when it comes back


def act(row: Matter, person: Person, post: QueryDict) -> str | None:
    """Carry out what one of the forms here asks for. Returns what to say of it; None if it is none of them."""
    if (done := standing.act(row, person, post)) is not None:
        return done
    if post.get("do") == "borrow":
        made = promises.promise(
            row,
            person,
            side="theirs",
            owner_name=text_of(post, "lender", 200),
            owner_email=address_of(post.get("lender_email", "")),
            what=text_of(post, "thing", 2000),
            day=day_of(post.get("from")),
            until=day_of(post.get("until")) or day_of(post.get("from")),
        )
        if made.state == "proposed":
            return _("正在问%(name)s；点头之后才算借到。") % {"name": made.owner_name}
        return _("记下了，到日子会提醒归还。")
    if post.get("do") == "steps":
        made_steps = steps.promise_steps(row, person, typed(post))
        return ngettext("记下了 %(n)s 步。", "记下了 %(n)s 步。", len(made_steps)) % {"n": len(made_steps)}
    if post.get("do") == "agreement":
        parts = {name: post.get(f"a-{name}", "") for name in agreements.PARTS}
        agree.propose(
            row, person, head=text_of(post, "a-head", 200), email=address_of(post.get("a-email", "")), parts=parts
        )
        return _("正在请两位负责人看；都同意了才算。")
    if post.get("do") == "agreement_review":
        agreement = agreements.current(row)
        if agreement is None:
            raise NotNow("nothing was agreed")
        agree.review(agreement, person, outcome=post.get("outcome", ""))
        return _("记下了，正在告诉两位负责人。")
    return None


def typed(post: QueryDict) -> list[steps.Step]:
    """The steps that are ticked, as typed."""
    return [
        steps.Step(
            text_of(post, f"what-{n}", 2000),
            "theirs" if post.get(f"side-{n}") == "theirs" else "ours",
            text_of(post, f"owner-{n}", 200),
            address_of(post.get(f"email-{n}", "")),
            day_of(post.get(f"by-{n}")),
        )
        for n in range(MOST_STEPS + 1)
        if post.get(f"on-{n}")
    ]


def context(row: Matter, decision: Decision, post: QueryDict) -> dict[str, Any]:
    plan, answers = plan_of(decision), answers_of(row)
    lender, lender_email = counterpart_of(answers)
    borrowed = list(row.commitments.filter(until__isnull=False).select_related("return_of").order_by("by", "id"))
    lends = plan.kind == Help.RESOURCE or bool(borrowed)
    talked = row.talks.filter(decision=decision, outcome__in=("agreed", "partly")).order_by("-pk").first()
    guides = plan.kind == Help.GUIDANCE or talked is not None
    since = talked.held_at if talked else decision.effective_at
    today = timezone.localdate()
    return {
        "lends": lends,
        "borrowed": borrowed,
        "out": loans.out(row).count() if borrowed else 0,
        "loan": post
        if post.get("do") == "borrow"
        else {
            "thing": plan.title,
            "lender": lender,
            "lender_email": lender_email,
            "from": today.isoformat(),
            "until": (today + timedelta(days=LOAN_DAYS)).isoformat(),
        },
        **_agreement(row, plan.kind, post, answers),
        **standing.context(row, wanted=plan.kind == Help.STANDING, post=post, answers=answers),
        "guides": guides,
        "own_kind": bool((plan.option or {}).get("steps")),
        "talked": talked,
        "steps": _rows(row, decision, talked, post) if guides else [],
        "steps_made": guides and row.commitments.filter(made_at__gte=since).exists(),
    }


def _agreement(row: Matter, kind: Help, post: QueryDict, answers: Mapping[str, Any]) -> dict[str, Any]:
    agreement = agreements.current(row)
    if kind != Help.AGREEMENT and agreement is None:
        return {"agrees": False}
    if post.get("do") == "agreement":
        parts = {name: post.get(f"a-{name}", "") for name in ("head", "email", *agreements.PARTS)}
    elif agreement:
        parts = agreements.spoken_of(agreement)
        parts |= {"head": agreement.head.name, "email": agreement.head.email}
    else:
        parts = {
            "head": answers.get("other_department.head") or "",
            "email": answers.get("other_department.email") or "",
            "ours": row.requester.name,
            "theirs": answers.get("other_department.contact") or "",
        }
    if agreement is None:
        return {"agrees": True, "agreement": None, "parts": parts}
    agreement.matter = row
    to_review = agreements.is_to_review(agreement)
    people = agreements.heads(agreement)
    said = [(head, agreements.answer_of(agreement, head)) for head in people]
    return {
        "agrees": True,
        "agreement": agreement,
        "agreement_sides": agreements.sides(agreement),
        "agreement_heads": said,
        "agreement_reviews": [(head, agreements.answer_of(agreement, head, is_review=True)) for head in people],
        "agreement_to_change": agreement.outcome == agreements.CHANGE
        or any(each and each.answer == agreements.CHANGE for _head, each in said),
        "to_review": to_review,
        "figures": agreements.figures(agreement) if to_review else None,
        "parts": parts,
    }


def _rows(row: Matter, decision: Decision, talked: Talk | None, post: QueryDict) -> list[dict[str, Any]]:
    """One row more than there are steps, for what nobody has said."""
    if post.get("do") == "steps":
        return [
            {"n": n} | {name: post.get(f"{name}-{n}", "") for name in ("on", "what", "side", "owner", "email", "by")}
            for n in range(MOST_STEPS + 1)
            if f"what-{n}" in post
        ]
    offered = steps.agreed_in(talked) if talked else steps.offered(decision)
    extra = steps.Step("", owner=row.requester.name, by=offered[0].by if offered else None)
    return [
        {"n": n, "on": bool(step.what), "what": step.what, "side": step.side, "owner": step.owner, "email": step.email}
        | {"by": step.by.isoformat() if step.by else ""}
        for n, step in enumerate([*offered, extra])
    ]
