"""Finding people by what a requester typed, and adding them without an account."""

from huitong.directory import access
from huitong.records.models import Department, Person


def find(*, name: str, by: Person, email: str = "") -> Person | None:
    """The person of this name (and address, where given) whom `by` may name."""
    known = access.people_for(by).filter(name=name)
    if email:
        return known.filter(email__iexact=email).first() or known.filter(added_by=by).first()
    return known.order_by("added_by_id", "id").first()


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
