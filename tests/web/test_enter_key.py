"""The Enter key in a field sends no mail and closes no matter."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from huitong.matters import close, decide
from huitong.matters.decide import Choice, Verdict
from huitong.records.models import Event, Outbox, Request

from .conftest import People


@pytest.mark.django_db(transaction=True)
def test_enter_in_a_field_sends_nothing(asked: Request, people: People, browse: Callable[..., Page]) -> None:
    decision = decide.decide(asked, Choice(Verdict.AGREE, 1, option=0), by=people.leader, how="account")
    decide.send_now(decision, by=people.leader)
    at = f"/matters/{asked.matter.pk}"
    page = browse(people.requester, at)
    before = Outbox.objects.count(), Event.objects.count()

    def press_enter(path: str, fields: list[str]) -> None:
        for field in fields:
            page.goto(page.url.partition("/matters")[0] + at + path)
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            page.locator(field).first.press("Enter")
            page.wait_for_timeout(200)
            assert page.url.endswith(path)
            assert (Outbox.objects.count(), Event.objects.count()) == before

    press_enter("/report", ["input[name=subject]"])
    press_enter("/coordinate", ["input[name=name]", "input[name=email]", "input[name=place]"])
    press_enter("/close", ["input[name=days]"])
    close.close(asked.matter, people.requester, outcome="办成了", settled=True, days=3)
    before = Outbox.objects.count(), Event.objects.count()
    press_enter("/close", ["input[name=subject]"])
