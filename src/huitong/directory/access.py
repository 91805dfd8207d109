"""The one door to rows: who may see and do what. Deny by default; "not yours" and "not there" are the same answer.

TABLE is the whole of it, a line a page. The middleware refuses a page that is not in it; a test walks every address.
A person has roles towards a matter (requester, leader asked, counterpart) or towards the house (organiser, signed_in);
`nobody` is who has not signed in. Pages behind a signed link check the link themselves (web/pages/link.py);
`metrics` and `feed` look at their token.
"""

from collections.abc import Collection
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from huitong.records.models import (
    Calendar,
    Commitment,
    CommitmentOffer,
    Decision,
    Department,
    Matter,
    Note,
    Outbox,
    Person,
    Request,
    User,
)

AWAITING: Final = "awaiting"  # the stage of a matter that is with the leader
REQUESTER, LEADER, COUNTERPART, ORGANISER, SIGNED_IN, NOBODY = (
    "requester",
    "leader",
    "counterpart",
    "organiser",
    "signed_in",
    "nobody",
)
ROLES: Final = (REQUESTER, LEADER, COUNTERPART, ORGANISER, SIGNED_IN, NOBODY)

# A leader has a role towards a matter once the request has reached them, until the requester asks anew (maybe somebody
# else); a counterpart once a note was sent to them.
# An organiser keeps the directory; matters of others are closed to them too.
TABLE: Final = """
page                              requester leader counterpart organiser signed_in nobody
home                              yes       yes    yes         yes       yes       -
matters                           yes       yes    yes         yes       yes       -
matter_new                        yes       yes    yes         yes       yes       -
matter                            yes       yes    -           -         -         -
prepare                           yes       -      -           -         -         -
write                             yes       -      -           -         -         -
polish                            yes       -      -           -         -         -
document                          yes       -      -           -         -         -
time                              yes       -      -           -         -         -
speak                             yes       -      -           -         -         -
told                              yes       -      -           -         -         -
answer                            yes       -      -           -         -         -
coordinate                        yes       -      -           -         -         -
evidence                          yes       -      -           -         -         -
minutes                           yes       -      -           -         -         -
commitment                        yes       -      -           -         -         -
commitments                       yes       yes    yes         yes       yes       -
followed                          yes       yes    yes         yes       yes       -
report                            yes       -      -           -         -         -
text                              yes       -      -           -         -         -
close                             yes       -      -           -         -         -
decide                            -         yes    -           -         -         -
note                              -         -      yes         -         -         -
me                                yes       yes    yes         yes       yes       -
calendars                         yes       yes    yes         yes       yes       -
calendar_return                   yes       yes    yes         yes       yes       -
mood                              yes       yes    yes         yes       yes       -
people                            -         -      -           yes       -         -
person                            -         -      -           yes       -         -
outbox                            -         -      -           yes       -         -
rules                             -         -      -           yes       -         -
templates                         -         -      -           yes       -         -
kinds                             -         -      -           yes       -         -
template                          -         -      -           yes       -         -
mails                             yes       yes    yes         yes       yes       yes
demo                              yes       yes    yes         yes       yes       yes
help                              yes       yes    yes         yes       yes       yes
language                          yes       yes    yes         yes       yes       yes
link                              yes       yes    yes         yes       yes       yes
no_digest                         yes       yes    yes         yes       yes       yes
healthz                           yes       yes    yes         yes       yes       yes
readyz                            yes       yes    yes         yes       yes       yes
metrics                           yes       yes    yes         yes       yes       yes
feed                              yes       yes    yes         yes       yes       yes
account_login                     yes       yes    yes         yes       yes       yes
account_logout                    yes       yes    yes         yes       yes       yes
account_inactive                  yes       yes    yes         yes       yes       yes
account_change_password           yes       yes    yes         yes       yes       -
account_set_password              yes       yes    yes         yes       yes       -
account_reset_password            yes       yes    yes         yes       yes       yes
account_reset_password_done       yes       yes    yes         yes       yes       yes
account_reset_password_from_key   yes       yes    yes         yes       yes       yes
account_reset_password_from_key_done yes    yes    yes         yes       yes       yes
"""


def _read_table() -> dict[str, frozenset[str]]:
    head, *lines = (line.split() for line in TABLE.strip().splitlines())
    return {
        name: frozenset(r for r, cell in zip(head[1:], cells, strict=True) if cell == "yes") for name, *cells in lines
    }


PAGES: Final = _read_table()
# Asked by machines, some also while the database is away: who is signed in is not looked up for them.
FOR_MACHINES: Final = frozenset({"healthz", "readyz", "metrics", "feed"})


def person_of(user: User | AnonymousUser) -> Person | None:
    """The person who is signed in; None for nobody."""
    if not user.is_authenticated:
        return None
    return Person.objects.select_related("department", "leader").filter(user_id=user.pk).first()


def house_roles(person: Person | None) -> set[str]:
    if person is None:
        return {NOBODY}
    return {SIGNED_IN, ORGANISER} if person.is_organiser else {SIGNED_IN}


def matter_roles(person: Person | None, matter: Matter) -> set[str]:
    """Every role that this person has towards this matter."""
    roles = house_roles(person)
    if person is None:
        return roles
    if matter.requester_id == person.pk:
        roles.add(REQUESTER)
    if matter.requests.filter(leader=person, delivered_at__isnull=False, ended_at=None).exists():
        roles.add(LEADER)
    if matter.notes.filter(person=person).exists():
        roles.add(COUNTERPART)
    return roles


def may(page: str, roles: set[str]) -> bool:
    return bool(PAGES.get(page, frozenset()) & roles)


def matter_for(page: str, person: Person | None, matter_id: int) -> Matter | None:
    """The matter, if this person may open this page of it."""
    matter = Matter.objects.select_related("requester", "requester__department").filter(pk=matter_id).first()
    if matter is None or not may(page, matter_roles(person, matter)):
        return None
    if person and matter.requester_id == person.pk and _is_held_back(matter):
        matter.stage = AWAITING
    return matter


def _is_held_back(matter: Matter) -> bool:
    """Whether the leader has answered and may still take it back: until then no page of the requester tells what."""
    held = Decision.objects.filter(request__matter=matter, request__ended_at=None, effective_at__gt=timezone.now())
    return held.filter(undone_at=None, superseded_at=None).exists()


def request_for(page: str, person: Person | None, request_id: int) -> Request | None:
    """The request, if it has reached this person as the leader asked and they may open this page of it."""
    if person is None or not may(page, {LEADER}):
        return None
    return requests_to(person).filter(pk=request_id).first()


def note_for(page: str, person: Person | None, note_id: int) -> Note | None:
    """The note, if it was sent to this person and they may open this page of it."""
    if person is None or not may(page, {COUNTERPART}):
        return None
    return notes_to(person).filter(pk=note_id).first()


def matters_of(person: Person) -> QuerySet[Matter]:
    """The matters that this person opened."""
    return Matter.objects.filter(requester=person)


def requests_to(person: Person) -> QuerySet[Request]:
    """The requests that have reached this person as the leader asked."""
    return Request.objects.filter(leader=person, delivered_at__isnull=False, ended_at=None).select_related(
        "leader", "matter", "matter__requester"
    )


def notes_to(person: Person) -> QuerySet[Note]:
    return Note.objects.filter(person=person).select_related("person__department", "matter__requester__department")


def commitments_of(person: Person) -> QuerySet[Commitment]:
    """Their own, and those that they are asked to take on in somebody's place; none of a decision not in force yet."""
    asked = CommitmentOffer.objects.filter(commitment=OuterRef("pk"), person=person, answered_at=None)
    rows = Commitment.objects.filter(Q(owner=person) | Exists(asked))
    rows = rows.exclude(decision__effective_at__gt=timezone.now())
    return rows.select_related("matter__requester", "owner")


def shared_commitments(note: Note) -> QuerySet[Commitment]:
    """What the other department sees of our commitments: those that were shared, once they stand."""
    rows = Commitment.objects.filter(matter=note.matter_id, shared=True, state__in=("open", "kept")).exclude(
        owner=note.person_id
    )
    return rows.exclude(side="theirs").exclude(decision__effective_at__gt=timezone.now())


def commitments_to_say(person: Person) -> QuerySet[Commitment]:
    """Commitments of which this person can say something: their own, those offered to them, those of their matters."""
    asked = CommitmentOffer.objects.filter(commitment=OuterRef("pk"), person=person, answered_at=None)
    owed = Q(matter__requester=person) | Q(returns__owner=person)  # who has lent something says whether it is back
    rows = Commitment.objects.filter(Q(owner=person) | owed | Exists(asked))
    return rows.exclude(decision__effective_at__gt=timezone.now()).select_related("matter__requester", "owner")


def calendar_of(person: Person, number: str) -> Calendar | None:
    """The calendar of their own that a form names; those of others are nobody else's to see."""
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return Calendar.objects.select_related("person").filter(person=person, pk=int(number)).first()


def people_for(person: Person) -> QuerySet[Person]:
    """Whom this person may name: the house's directory, and those they typed in themselves."""
    return Person.objects.filter(Q(added_by=None) | Q(added_by=person), is_sample=person.is_sample).select_related(
        "department"
    )


def directory_for(organiser: Person) -> QuerySet[Person]:
    """Everyone whom the organiser keeps. Sample people and real ones never meet."""
    return Person.objects.filter(is_sample=organiser.is_sample).select_related("department", "leader")


def departments_for(person: Person) -> QuerySet[Department]:
    return Department.objects.filter(person__is_sample=person.is_sample).distinct()


def letters_for(person: Person | None, *, on_loopback: bool) -> QuerySet[Outbox]:
    """Letters kept as files that this reader may see: their own, and on this machine those of sample matters."""
    own = Q(person=person) if person else Q(pk=None)
    sample = Q(person__is_sample=True) if on_loopback else Q(pk=None)
    return Outbox.objects.filter(own | sample, state="sent").select_related("person", "matter")


def outbox_for(organiser: Person) -> QuerySet[Outbox]:
    """What an organiser may look after: to whom, of what kind and how it went; never what it says."""
    rows = Outbox.objects.filter(person__is_sample=organiser.is_sample)
    if not organiser.is_organiser:
        rows = rows.none()
    return rows.defer("payload", "message_id", "key").select_related("person", "matter__requester")


def matters_open_to(person: Person, matter_ids: Collection[int]) -> set[int]:
    """Which of these matters this person may open by a role of their own."""
    asked = Q(requests__leader=person, requests__delivered_at__isnull=False, requests__ended_at=None)
    rows = Matter.objects.filter(Q(requester=person) | asked, pk__in=matter_ids)
    return set(rows.values_list("pk", flat=True))
