"""The letters of a commitment: its owner is asked, whoever has to agree is asked, and the other is told what came."""

from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.delivery import outbox
from huitong.directory import links
from huitong.directory.wording import day_text, speaking_to
from huitong.records.models import Commitment, CommitmentOffer, Outbox, Person

_LINK_DAYS: Final = 60


def link_days(by: date | None) -> int:
    """How many days a link lasts at which somebody says how it goes: a month beyond the day, two months at least."""
    return max(_LINK_DAYS, (by - timezone.localdate()).days + 30 if by else 0)


def ask_owner(commitment: Commitment, *, due_at: datetime | None = None) -> None:
    """Whether the owner takes it on. Until they do, it is no promise of theirs."""
    assert commitment.owner is not None
    _ask(commitment, commitment.owner, asking_letter(commitment, commitment.owner), due_at=due_at)


def asking_letter(commitment: Commitment, owner: Person) -> outbox.Letter:
    with speaking_to(owner):
        facts = _facts(commitment, owner)
        line = (
            _("%(requester)s想请您办一件事：“%(what)s”，%(day)s前。")
            if facts["day"]
            else _("%(requester)s想请您办一件事：“%(what)s”。")
        )
        if commitment.until:
            facts["until"] = day_text(commitment.until, relative=False)
            line = _("%(requester)s想向您借：“%(what)s”，%(day)s起用，%(until)s前归还。")
        return outbox.Letter(
            title=_("想请您办：%(what)s") % facts,
            before=[_("%(who)s，您好：") % facts, line % facts, *_done_when(commitment)],
            invite=_("能办、要换日子、该由别人办，请在这里说一声，不用登录："),
            small=_("您没有点头之前，不算您答应过。打开链接不会通知任何人。由会同代%(requester)s送出。") % facts,
        )


def tell_owner(commitment: Commitment) -> None:
    """What they said themselves was written down so; a word if it is not."""
    owner = commitment.owner
    if owner is None or not owner.email or owner.pk == commitment.matter.requester_id:
        return
    with speaking_to(owner):
        facts = _facts(commitment, owner)
        line = _("按您的答复，%(requester)s记下了：“%(what)s”，%(day)s前。")
        letter = outbox.Letter(
            title=_("按您的答复记下了：%(what)s") % facts,
            before=[_("%(who)s，您好：") % facts, line % facts, *_done_when(commitment)],
            invite=_("对的话不用回；不对，或要改日子，请在这里说一声，不用登录："),
            small=_("打开链接不会通知任何人。由会同代%(requester)s送出。") % facts,
        )
    _ask(commitment, owner, letter)


def tell_lender(back: Commitment) -> None:
    """Who has lent something is told by when it comes back, with a link at which they can say another day."""
    lender = back.asker
    if not lender.email or lender.pk == back.owner_id:
        return
    with speaking_to(lender):
        facts = _facts(back, lender)
        letter = outbox.Letter(
            title=_("谢谢您，%(day)s前归还：%(lent)s") % facts,
            before=[
                _("%(who)s，您好：") % facts,
                _("“%(lent)s”由%(owner)s负责，%(day)s前归还。到日子会提醒，不用您催。") % facts,
            ],
            invite=_("想早些要回，或者还回来了有不对的地方，在这里说，不用登录："),
            small=_("打开链接不会通知任何人。由会同代%(requester)s送出。") % facts,
        )
    _ask(back, lender, letter)


def ask_about_offer(offer: CommitmentOffer) -> None:
    """Whoever has to agree is asked, by a link: the requester or the owner for a date, the new owner for themselves."""
    commitment = offer.commitment
    receiver = answerer(offer)
    if receiver is None or not receiver.email:
        return
    with speaking_to(receiver):
        facts = _facts(commitment, receiver) | {"name": offer.by.name}
        if offer.person:
            letter = asking_letter(commitment, receiver)
            letter["before"].insert(1, _("%(name)s说这件事由您来办更合适。") % facts)
        else:
            facts["new"] = day_text(offer.day, weekday=True, relative=False) if offer.day else ""
            facts["old"] = facts["day"] or _("没有定日子")
            letter = outbox.Letter(
                title=_("想改个日子：%(what)s") % facts,
                before=[
                    _("%(who)s，您好：") % facts,
                    _("%(name)s想把“%(what)s”的日子改到%(new)s（原定：%(old)s）。") % facts,
                ],
                invite=_("合不合适，点一下就行，不用登录："),
                small=_("您点头之前，仍按原来的日子。"),
            )
        if offer.reason:
            letter["before"].append(offer.reason)
    _ask(commitment, receiver, letter)


def answerer(offer: CommitmentOffer) -> Person | None:
    """Who has to say yes or no to it."""
    if offer.person:
        return offer.person
    asker = offer.commitment.asker
    return offer.commitment.owner if offer.by_id == asker.pk else asker


def tell(commitment: Commitment, receiver: Person | None, said: str, words: str = "", *, at_once: bool = False) -> None:
    """Tell what came, once it can no longer be taken back. `said` is one of SAID."""
    if receiver is None or not receiver.email:
        return
    now = timezone.now()
    with speaking_to(receiver):
        facts = _facts(commitment, receiver)
        title = sentence(said) % facts
        letter = outbox.Letter(title=title, before=[_("%(who)s，您好：") % facts, title + _("。")])
        if words.strip():
            letter["before"].append(words)
        letter["invite"] = _("在这里看，不用登录：")
    link = links.issue("commitment", receiver, commitment=commitment, days=60)
    key = f"commitment:{commitment.pk}:news:{receiver.pk}:{now.isoformat()}"
    wait = timedelta() if at_once else timedelta(minutes=settings.UNDO_MINUTES)
    outbox.put("commitment_news", receiver, letter, key=key, matter=commitment.matter, link=link, due_at=now + wait)


def sentence(said: str) -> str:
    """What happened, as a title."""
    return {
        "accepted": _("%(owner)s答应了：%(what)s"),
        "kept": _("%(owner)s办好了：%(what)s"),
        "broken": _("%(owner)s说办不成：%(what)s"),
        "moved": _("日子改好了：%(what)s，%(day)s前"),
        "not_moved": _("日子不改，仍是%(day)s前：%(what)s"),
        "handed": _("交给%(owner)s了：%(what)s"),
        "not_handed": _("没有交成，仍由%(owner)s办：%(what)s"),
        "dropped": _("这件事不用办了：%(what)s"),
        "reopened": _("还没有办完，接着办：%(what)s"),
    }[said]


def withdraw_asking(commitment: Commitment) -> None:
    """What was asked no longer stands."""
    _withdraw(f"commitment:{commitment.pk}:ask:")


def withdraw_news(commitment: Commitment) -> None:
    """What happened was a slip, and nobody hears of it."""
    _withdraw(f"commitment:{commitment.pk}:news:")


def _withdraw(begin: str) -> None:
    Outbox.objects.filter(key__startswith=begin, state__in=("waiting", "failed")).update(state="withdrawn")


def _ask(commitment: Commitment, receiver: Person, letter: outbox.Letter, *, due_at: datetime | None = None) -> None:
    link = links.issue("commitment", receiver, commitment=commitment, days=90)
    begin = f"commitment:{commitment.pk}:ask:"
    count = Outbox.objects.filter(key__startswith=begin).count()
    outbox.put(
        "commitment_ask", receiver, letter, key=f"{begin}{count}", matter=commitment.matter, link=link, due_at=due_at
    )


def _done_when(commitment: Commitment) -> list[str]:
    return [_("怎样算办成：%(done_when)s") % {"done_when": commitment.done_when}] if commitment.done_when else []


def _facts(commitment: Commitment, receiver: Person) -> dict[str, str]:
    return {
        "what": commitment.what,
        "day": day_text(commitment.by, relative=False) if commitment.by else "",
        "owner": commitment.owner_name,
        "lent": commitment.returns.what if commitment.returns else commitment.what,
        "requester": commitment.matter.requester.name,
        "who": receiver.address,
    }
