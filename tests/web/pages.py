"""What the tests of pages behind a link share: browsers without scripts, forms as a page shows them, frozen clocks."""

import re
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from huitong.directory import links
from huitong.records.models import Link, Person

# Both languages, on a phone and a desk.
LIVES = [("zh", "large phone"), ("en", "desktop"), ("zh", "desktop"), ("en", "large phone")]


def path_of(link: Link) -> str:
    """The path that the mail carries."""
    return "/" + links.token_of(link)


def link_to(person: Person, purpose: str = "decide") -> Link:
    """The latest link that this person was sent."""
    return Link.objects.filter(person=person, purpose=purpose).order_by("-id")[0]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
        elif self.forms and tag == "input" and has.get("name"):
            chosen = has.get("type") not in ("radio", "checkbox") or "checked" in has
            if chosen:
                self.forms[-1][has["name"]] = has.get("value", "")
        elif tag == "textarea":
            self.area, self.forms[-1][has["name"]] = has["name"], ""

    def handle_data(self, data: str) -> None:
        if self.area:
            text = self.forms[-1][self.area]
            self.forms[-1][self.area] = text + (data.removeprefix("\n") if not text else data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = None


def form_of(response: Any, number: int = 0) -> dict[str, str]:
    """What the page's form would send if its reader changed nothing."""
    forms = _Forms()
    forms.feed(response.content.decode())
    return {k: v for k, v in forms.forms[number].items() if k != "csrfmiddlewaretoken"}


def confirm(client: Client, path: str, response: Any, *, who: str = "self", **more: str) -> Any:
    """Answer the page that asks once more."""
    assert "sealed" in form_of(response), response.content.decode()
    return client.post(path, form_of(response) | {"who": who, "step": "confirm"} | more)


def answer(client: Client, path: str, *, who: str = "self", by_name: str = "", **fields: str) -> Any:
    """Send the page's form with these fields, and confirm if asked."""
    response = client.post(path, form_of(client.get(path)) | fields)
    if response.status_code == 200 and "sealed" in response.content.decode():
        return confirm(client, path, response, who=who, by_name=by_name)
    return response


def title_of(response: Any) -> str:
    """The page's heading, without its tags."""
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", response.content.decode(), re.DOTALL)
    assert heading
    return re.sub(r"<[^>]+>", "", heading[1]).strip()


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """From here on it is this moment."""
    monkeypatch.setattr(timezone, "now", lambda: moment)


def later(monkeypatch: pytest.MonkeyPatch, **time: float) -> None:
    """Some time passes: later(monkeypatch, minutes=9)."""
    at(monkeypatch, timezone.now() + timedelta(**time))


def fits(page: Page) -> bool:
    """Whether nothing of the page lies beside the screen; what a tap leads to may not be there yet."""
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def second_look(page: Page) -> None:
    page.wait_for_load_state()  # what a tap leads to may not be there yet
    if page.locator("input[name=who][value=self]").count():
        page.check("input[name=who][value=self]")
        page.click("button[name=step][value=confirm]")


def say(page: Page, do: str, **fields: str) -> None:
    """Answer the form of a commitment's page."""
    page.check(f"input[name=do][value={do}]")
    for name, value in fields.items():
        page.fill(f"form:has(input[name=do]) [name={name}]", value)
    page.locator("form:has(input[name=do]) .actions button").last.click()
    second_look(page)


def day(days: int) -> str:
    """The day in so many days, as a form has it."""
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def asking(person: Person) -> str:
    """The path of the last link about a commitment that this person was sent."""
    return path_of(link_to(person, "commitment"))


def insist(path: str, **fields: str) -> int:
    """Send an answer that the page no longer offers, and confirm it. Returns the status that comes of it."""
    client = Client()
    return int(confirm(client, path, client.post(path, fields)).status_code)
