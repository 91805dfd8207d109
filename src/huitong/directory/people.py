"""Finding people by what a requester typed, and adding them without an account."""

from huitong.directory import access
from huitong.records.models import Department, Person


def find_or_add(
    *, name: str, added_by: Person, email: str = "", department: str = "", form_of_address: str = "", title: str = ""
) -> Person:
    """The person of this name (and address, where given) whom `added_by` may name; else a new one that they typed in.

    An entry of the house's directory is never changed by what a requester types; their own entries are.
    """
    known = access.people_for(added_by).filter(name=name)
    if email:
        person = known.filter(email__iexact=email).first() or known.filter(added_by=added_by).first()
    else:
        person = known.order_by("added_by_id").first()
    if person is None:
        person = Person(name=name, added_by=added_by, is_sample=added_by.is_sample)
        person.language, person.time_zone = added_by.language, added_by.time_zone
    if person.added_by_id == added_by.pk or person.pk is None:
        person.email = email or person.email
        person.form_of_address = form_of_address or person.form_of_address
        person.title = title or person.title
        if department:
            person.department = Department.objects.get_or_create(name=department)[0]
        person.save()
    return person
