"""What holds for each folder in transports/, also for one that is added tomorrow."""

import pkgutil

import pytest

from huitong.delivery import transports
from huitong.records.models import Matter, Person

NAMES = [module.name for module in pkgutil.iter_modules(transports.__path__)]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("language", "word"), [("zh", "请"), ("zh-Hant", "請"), ("en", "Add")])
def test_who_cannot_be_reached_is_refused_for_good_and_the_requester_told_what_to_do(
    name: str, language: str, word: str, promise, leader: Person, matter: Matter
) -> None:
    Person.objects.filter(pk=matter.requester.pk).update(language=language)
    Person.objects.filter(pk=leader.pk).update(email="")
    row = promise()
    row.refresh_from_db()
    receipt = transports.get(name).send(row)
    assert receipt.outcome == "refused"
    assert "高岚" in receipt.words
    assert word in receipt.words


@pytest.mark.parametrize("name", ["fax", "", "../mail", "mail.letter"])
def test_what_is_no_folder_is_no_transport(name: str) -> None:
    with pytest.raises(LookupError):
        transports.get(name)
