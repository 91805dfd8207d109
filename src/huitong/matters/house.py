"""The house's directory: what its organisers keep, whom they invite, and what each person sets for themselves."""

from dataclasses import dataclass
from typing import Final
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.delivery import digest, outbox
from huitong.directory import access, links
from huitong.directory.wording import TO_DJANGO, speaking_to
from huitong.matters.errors import Incomplete, NotAllowed
from huitong.records.models import Department, Link, Outbox, Person, Phrase, User

_LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class Details:
    """An entry of the directory as an organiser types it. `leader` is whom they report to."""

    name: str
    department: str = ""
    title: str = ""
    form_of_address: str = ""
    email: str = ""
    language: str = "zh"
    time_zone: str = "Asia/Shanghai"
    leader: Person | None = None
    is_organiser: bool = False
    for_all: bool = True  # an entry that a requester typed in becomes everybody's


def save_person(by: Person, person: Person | None, details: Details) -> Person:
    """Change this entry, or add one. Raises Incomplete with the field that can't be kept as it is."""
    if not by.is_organiser or (person and person.is_sample != by.is_sample):
        raise NotAllowed
    if not details.name.strip():
        raise Incomplete("name", _("请写姓名。"))
    for field in ("name", "department", "title", "form_of_address"):
        if len(getattr(details, field)) > _LONGEST:
            raise Incomplete(field, _("太长了，请控制在 100 字以内。"))
    _check_email(details.email)
    _check_words(details.language, details.time_zone)
    with transaction.atomic():
        # All entries of organisers are locked, so that the last two can't both step down at once.
        organisers = list(access.directory_for(by).filter(is_organiser=True).select_for_update(of=("self",)))
        person = Person.objects.get(pk=person.pk) if person else Person(is_sample=by.is_sample)
        if person.is_organiser and not details.is_organiser and organisers == [person]:
            raise Incomplete("is_organiser", _("至少要留一位管理员。请先加一位管理员，再取消这一位。"))
        _check_line(person, details.leader, by)
        name = " ".join(details.department.split())
        person.department = Department.objects.get_or_create(name=name)[0] if name else None
        person.name, person.title = details.name.strip(), details.title.strip()
        person.form_of_address, person.email = details.form_of_address.strip(), details.email.strip()
        person.language, person.time_zone = details.language, details.time_zone
        person.leader, person.is_organiser = details.leader, details.is_organiser
        if details.for_all:
            person.added_by = None
        person.save()
        digest.follow(person)
    return person


def invite(person: Person, by: Person | None) -> Link:
    """Send the person a letter by which they choose a password. An earlier invitation no longer works.

    `by` is an organiser, or None for whoever has the command line. Raises Incomplete without an address, or if they can
    sign in already.
    """
    if by and (not by.is_organiser or person.is_sample != by.is_sample):
        raise NotAllowed
    if not person.email:
        raise Incomplete("email", _("先填上邮箱，邀请要寄到那里。"))
    with transaction.atomic():
        person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
        if can_sign_in(person):
            raise Incomplete("invite", _("%(name)s已经有账号，可以登录了。") % {"name": person.name})
        if person.user is None:
            user = User.objects.filter(email__iexact=person.email).first()
            if user and Person.objects.filter(user=user).exists():
                raise Incomplete("email", _("这个邮箱已经是别人的账号了，请换一个。"))
            person.user = user or User.objects.create_user(person.email)
            person.save(update_fields=["user"])
        elif person.user.email.lower() != person.email.lower():
            _move_account(person.user, person.email)
        now = timezone.now()
        earlier = Link.objects.filter(person=person, purpose="invite", revoked_at=None)
        Outbox.objects.filter(link__in=earlier, state="waiting").update(state="withdrawn")
        earlier.update(revoked_at=now)
        link = links.issue("invite", person)
        with speaking_to(person):
            letter = outbox.Letter(
                title=_("邀请您使用会同"),
                before=[_("事情卡在部门之间时，会同帮您把请示写清楚、说得体，再一直跟到办结。")],
                invite=_("打开链接设一个密码，就能用了："),
            )
        outbox.put("invite", person, letter, key=f"invite:{link.pk}", link=link)
    return link


def can_sign_in(person: Person) -> bool:
    """Whether they have an account with a password of their own."""
    return person.user is not None and person.user.is_active and person.user.has_usable_password()


def last_invitation(person: Person) -> Outbox | None:
    """The letter of the invitation that still stands."""
    rows = Outbox.objects.filter(person=person, kind="invite", link__isnull=False, link__revoked_at=None).exclude(
        state="withdrawn"
    )
    return rows.select_related("link").order_by("-id").first()


def set_own(person: Person, *, language: str, time_zone: str, form_of_address: str) -> None:
    """What a person sets for themselves."""
    _check_words(language, time_zone)
    if len(form_of_address) > _LONGEST:
        raise Incomplete("form_of_address", _("太长了，请控制在 100 字以内。"))
    person.language, person.time_zone, person.form_of_address = language, time_zone, form_of_address.strip()
    with transaction.atomic():
        person.save(update_fields=["language", "time_zone", "form_of_address"])
        digest.follow(person)


def drop_phrase(person: Person, text: str) -> None:
    """The phrase is no longer a tap away."""
    Phrase.objects.filter(person=person, text=text).delete()


def _check_email(email: str) -> None:
    if not email.strip():
        return
    try:
        validate_email(email.strip())
    except ValidationError:
        raise Incomplete("email", _("“%(email)s”不是邮箱地址，请写成 name@example.com。") % {"email": email}) from None


def _check_words(language: str, time_zone: str) -> None:
    if language not in TO_DJANGO:
        raise Incomplete("language", _("请选一种语言。"))
    if time_zone not in available_timezones():
        raise Incomplete(
            "time_zone", _("没有“%(zone)s”这个时区，请写 Asia/Shanghai 这样的名称。") % {"zone": time_zone[:64]}
        )


def _check_line(person: Person, leader: Person | None, by: Person) -> None:
    """Nobody reports to themselves, however long the way round."""
    seen = {person.pk}
    while leader is not None:
        if leader.is_sample != by.is_sample:
            raise NotAllowed
        if leader.pk in seen:
            raise Incomplete("leader", _("这样绕一圈，成了自己领导自己。请另选一位领导。"))
        seen.add(leader.pk)
        leader = leader.leader


def _move_account(user: User, email: str) -> None:
    """Nobody has signed in to this account yet: it follows the corrected address."""
    if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        raise Incomplete("email", _("这个邮箱已经是别人的账号了，请换一个。"))
    user.email = email
    user.save(update_fields=["email"])
