"""The help page, for everybody."""

from django.test import Client

from huitong.method import Element, Fault
from huitong.method.words import element_name, fault_name


def test_it_can_be_read_without_signing_in_and_names_every_word(client: Client, db: None) -> None:
    page = client.get("/help").content.decode()

    assert all(element_name(code, "zh") in page for code in Element)
    assert all(fault_name(code, "zh") in page for code in Fault)


def test_it_speaks_english_too(client: Client, db: None) -> None:
    page = client.get("/help", headers={"accept-language": "en"}).content.decode()

    assert all(element_name(code, "en") in page for code in Element)
