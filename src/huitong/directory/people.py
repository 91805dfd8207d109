"""Finding people by what a requester typed, and adding them without an account."""

from django.db.models import F

from huitong.directory import access
from huitong.records.models import Department, Person


def find(*, name: str, by: Person, email: str = "") -> Person | None:
    """The person of this name (and address, where given) whom `by` may name.

    Namesakes are never taken for each other: another address is another person, and a name alone that several people
    of the directory bear names none of them, but for the leader whom `by` reports to.
    """
    known = access.people_for(by).filter(name=name)
    own = known.filter(added_by=by)
    if email:
        return known.filter(email__iexact=email).first() or own.filter(email="").first()
    if by.leader and by.leader.name == name:
        return by.leader
    ours = list(known.filter(added_by=None)[:2])
    return ours[0] if len(ours) == 1 else own.order_by(F("email").asc(), "id").first()


def find_or_add(
    *, name: str, by: Person, email: str = "", department: str = "", form_of_address: str = "", title: str = ""
) -> Person:
    """The same, or a new entry that `by` typed in.

    An entry of the house's directory is never changed by what a requester types; their own entries are.
    """
    person = find(name=name, by=by, email=email)
    if person is None:
        person = Person(name=name, added_by=by, is_sample=by.is_sample, language=by.language, time_zone=by.time_zone)
    if person.added_by_id == by.pk:
        person.email = email or person.email
        person.form_of_address = form_of_address or person.form_of_address
        person.title = title or person.title
        if department:
            person.department = Department.objects.get_or_create(name=department)[0]
        person.save()
    return person
