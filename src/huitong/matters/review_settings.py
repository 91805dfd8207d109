"""The house's own review: what its organisers switch off, and the names that are theirs."""

from django.db import transaction

from huitong.matters.errors import Incomplete, NotAllowed
from huitong.method.errors import HouseError
from huitong.records.models import Department, Person, ReviewSettings
from huitong.review import House, read_house

KINDS = ("departments", "products", "titles")


def review_settings(person: Person) -> ReviewSettings:
    """The settings of this person's house; the defaults if nobody has set any. Not saved by reading."""
    found = ReviewSettings.objects.filter(is_sample=person.is_sample).first()
    return found or ReviewSettings(is_sample=person.is_sample)


def review_house(person: Person) -> House:
    """What the review of this person's texts is to know: the settings, and the directory's departments."""
    row = review_settings(person)
    known = Department.objects.filter(person__is_sample=person.is_sample).distinct().values_list("name", flat=True)
    departments = list(dict.fromkeys([*row.departments, *known]))
    return read_house({"off": row.off, "departments": departments, "products": row.products, "titles": row.titles})


def set_review(by: Person, *, off: list[str], words: dict[str, list[str]]) -> None:
    """Keep the house's settings. `words` maps departments, products and titles to their lists.

    Raises NotAllowed unless `by` is an organiser, Incomplete with the field that can't be kept as it is.
    """
    if not by.is_organiser:
        raise NotAllowed
    try:
        house = read_house({"off": off, **words})
    except HouseError as error:
        problem = error.problems[0]
        raise Incomplete(problem.path.removeprefix("review.").partition("[")[0], problem.zh) from None
    with transaction.atomic():
        ReviewSettings.objects.update_or_create(
            is_sample=by.is_sample,
            defaults={"off": sorted(map(str, house.off))} | {kind: list(getattr(house, kind)) for kind in KINDS},
        )
