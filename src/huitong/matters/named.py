"""People as a requester types them in."""

from typing import Final

from django.utils.translation import gettext as _

from huitong.directory import people
from huitong.matters.errors import Incomplete
from huitong.records.models import Person

LONGEST: Final = 100  # characters; as long as records.Person holds


def named(
    name: str,
    *,
    by: Person,
    field: str,
    email: str = "",
    department: str = "",
    form_of_address: str = "",
    title: str = "",
) -> Person:
    """Whom `by` means, added if need be. Raises Incomplete for `field` if what was typed is too long to be kept."""
    if max(map(len, (name, department, form_of_address, title))) > LONGEST:
        raise Incomplete(field, _("太长了，请控制在 100 字以内。"))
    return people.find_or_add(
        name=name, by=by, email=email, department=department, form_of_address=form_of_address, title=title
    )
