"""One entry of the directory: details, reporting line, invitation, calendar."""

from collections.abc import Callable

from django.test import Client

from huitong.directory import links
from huitong.records.models import Busy, Link, Outbox, Person, User

from .conftest import People
from .test_calendars import calendar

AsPerson = Callable[..., Client]


def details(person: Person, **changes: str) -> dict[str, str]:
    """What the page's form would send."""
    typed = {
        "do": "save",
        "name": person.name,
        "department": person.department.name if person.department else "",
        "title": person.title,
        "form_of_address": person.form_of_address,
        "email": person.email,
        "leader": str(person.leader_id or ""),
        "language": person.language,
        "time_zone": person.time_zone,
        "has_organiser": "1",
    }
    if person.is_organiser:
        typed["is_organiser"] = "on"
    return typed | changes


def test_an_organiser_changes_the_details(as_: AsPerson, people: People) -> None:
    person = people.stranger

    response = as_(people.organiser).post(
        f"/people/{person.pk}",
        details(person, form_of_address="路工", department="物流部", leader=str(people.leader.pk), language="en"),
    )

    person.refresh_from_db()
    assert response.status_code == 302
    assert (person.address, str(person.department), person.leader, person.language) == (
        "路工",
        "物流部",
        people.leader,
        "en",
    )


def test_a_form_without_a_field_leaves_it_as_it_is(as_: AsPerson, people: People) -> None:
    as_(people.organiser).post(f"/people/{people.requester.pk}", {"do": "save", "title": "专员"})

    people.requester.refresh_from_db()
    assert (people.requester.title, people.requester.leader, people.requester.email) == (
        "专员",
        people.leader,
        "xu@example.com",
    )


def test_nobody_else_opens_it(as_: AsPerson, people: People) -> None:
    client = as_(people.requester)

    assert client.get(f"/people/{people.requester.pk}").status_code == 404
    client.post(f"/people/{people.requester.pk}", details(people.requester, is_organiser="on"))

    people.requester.refresh_from_db()
    assert not people.requester.is_organiser


def test_a_reporting_line_never_goes_in_a_circle(as_: AsPerson, people: People) -> None:
    client = as_(people.organiser)

    for person, leader in ((people.leader, people.requester), (people.leader, people.leader)):
        response = client.post(f"/people/{person.pk}", details(person, leader=str(leader.pk)))
        assert response.status_code == 422
        assert 'id="leader-error"' in response.content.decode()

    people.leader.refresh_from_db()
    assert people.leader.leader is None


def test_the_last_organiser_stays_one(as_: AsPerson, people: People) -> None:
    client, me = as_(people.organiser), people.organiser
    typed = details(me)
    del typed["is_organiser"]

    refused = client.post(f"/people/{me.pk}", typed)
    assert refused.status_code == 422
    assert "至少要留一位管理员" in refused.content.decode()

    client.post(f"/people/{people.leader.pk}", details(people.leader, is_organiser="on"))
    client.post(f"/people/{me.pk}", typed)
    assert list(Person.objects.filter(is_organiser=True)) == [people.leader]


def test_an_entry_of_a_requester_becomes_everybodys_only_when_that_is_ticked(as_: AsPerson, people: People) -> None:
    entry = Person.objects.create(name="吴律师", added_by=people.requester)
    client = as_(people.organiser)

    client.post(f"/people/{entry.pk}", details(entry, title="律师") | {"has_for_all": "1"})
    entry.refresh_from_db()
    assert (entry.title, entry.added_by) == ("律师", people.requester)

    client.post(f"/people/{entry.pk}", details(entry) | {"has_for_all": "1", "for_all": "on"})
    entry.refresh_from_db()
    assert entry.added_by is None


def test_an_invitation_is_a_letter_with_a_link(as_: AsPerson, people: People) -> None:
    person = Person.objects.create(name="吴律师", email="wu@example.com")
    client = as_(people.organiser)

    page = client.post(f"/people/{person.pk}", {"do": "invite"}, follow=True).content.decode()

    person.refresh_from_db()
    letter = Outbox.objects.get(kind="invite")
    assert person.user is not None
    assert not person.user.has_usable_password()
    assert (letter.person, letter.link.purpose, letter.state) == (person, "invite", "waiting")
    assert links.is_open(letter.link)
    assert "邀请正在寄出" in page


def test_a_second_invitation_ends_the_first(as_: AsPerson, people: People) -> None:
    client = as_(people.organiser)
    client.post(f"/people/{people.stranger.pk}", {"do": "invite"})
    first = Link.objects.get()

    client.post(f"/people/{people.stranger.pk}", {"do": "invite"})

    first.refresh_from_db()
    assert not links.is_open(first)
    assert Outbox.objects.filter(kind="invite", state="waiting").count() == 1
    assert User.objects.filter(email="lu@example.com").count() == 1


def test_who_can_sign_in_or_has_no_address_is_not_invited(as_: AsPerson, people: People) -> None:
    people.stranger.user.set_password("a-long-password-of-ours")
    people.stranger.user.save()
    nobody = Person.objects.create(name="无邮箱")
    client = as_(people.organiser)

    for person in (people.stranger, nobody):
        assert client.post(f"/people/{person.pk}", {"do": "invite"}).status_code == 422

    assert not Outbox.objects.exists()


def test_another_persons_account_is_never_given_away(as_: AsPerson, people: People) -> None:
    double = Person.objects.create(name="另一位", email="LU@example.com")

    response = as_(people.organiser).post(f"/people/{double.pk}", {"do": "invite"})

    double.refresh_from_db()
    assert response.status_code == 422
    assert double.user is None


def test_a_corrected_address_takes_the_unused_account_along(as_: AsPerson, people: People) -> None:
    client, person = as_(people.organiser), people.stranger
    client.post(f"/people/{person.pk}", {"do": "invite"})
    client.post(f"/people/{person.pk}", details(person, email="lu.yuan@example.com"))

    client.post(f"/people/{person.pk}", {"do": "invite"})

    assert User.objects.get(pk=person.user_id).email == "lu.yuan@example.com"


def test_an_organiser_puts_in_a_leaders_calendar(as_: AsPerson, people: People) -> None:
    client = as_(people.organiser)

    client.post(f"/people/{people.leader.pk}", {"do": "calendar", "calendar": calendar(1, 2)})
    assert Busy.objects.filter(calendar__person=people.leader).count() == 2
    client.post(f"/people/{people.leader.pk}", {"do": "no_calendar"})

    assert not Busy.objects.exists()
