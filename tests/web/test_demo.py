"""The sample organisation, and entering it as one of its people."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from huitong.cli import demo, demo_people
from huitong.directory import sample
from huitong.matters.whereabouts import whereabouts_of
from huitong.records.models import Busy, Department, Event, Matter, Outbox, Person

LOCAL = {"HTTP_HOST": "127.0.0.1"}


@pytest.fixture
def house(db: None, tmp_path, settings) -> None:
    settings.MAIL_FOLDER = tmp_path
    with transaction.atomic():
        demo.load(timezone.now())


def test_it_has_four_departments_fourteen_people_and_six_matters_in_different_stages(house: None) -> None:
    assert Department.objects.count() == 4
    assert Person.objects.count() == 14
    assert len(set(Matter.objects.values_list("stage", flat=True))) == 6
    assert Busy.objects.values("calendar__person").distinct().count() == 3
    assert not Event.objects.filter(at__gt=timezone.now()).exists()
    assert len(whereabouts_of(Matter.objects.all())) == 6


def test_nothing_of_it_is_mailed_when_the_worker_starts(house: None) -> None:
    soon = timezone.now() + timedelta(minutes=1)
    assert not Outbox.objects.filter(state="waiting", due_at__lte=soon).exists()


@pytest.mark.parametrize(("label", "address"), [("requester", "xu@"), ("leader", "gao@"), ("organiser", "guan@")])
def test_a_printed_link_signs_in_as_its_person_after_one_press(house: None, label: str, address: str) -> None:
    link = next(link for text, link in demo_people.sign_in_links("http://127.0.0.1") if f" {label}," in text)
    client = Client(**LOCAL)
    path = link.removeprefix("http://127.0.0.1")
    assert client.get(path).status_code == 200
    assert client.get("/").status_code == 302  # looking at it signed nobody in
    assert client.post(path).status_code == 302
    page = client.get("/me").content.decode()
    assert Person.objects.get(email__startswith=address).name in page


@pytest.mark.parametrize("elsewhere", [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}])
def test_from_elsewhere_there_is_no_such_page(house: None, elsewhere: dict[str, str]) -> None:
    token = sample.sign(Person.objects.first())
    assert Client(**LOCAL).post(f"/demo/{token}", **elsewhere).status_code == 404


def test_a_desk_with_a_public_address_has_no_such_page(house: None, settings) -> None:
    settings.ADDRESS = "https://desk.example.com"
    token = sample.sign(Person.objects.first())
    assert Client(**LOCAL).post(f"/demo/{token}").status_code == 404


def test_a_real_person_cannot_be_entered_so(house: None) -> None:
    person = Person.objects.first()
    token = sample.sign(person)
    Person.objects.filter(pk=person.pk).update(is_sample=False)
    assert Client(**LOCAL).post(f"/demo/{token}").status_code == 404
