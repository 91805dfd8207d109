"""A mail scanner in a real browser opens every link, presses every button, submits every form. Nothing happens."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page

from huitong.matters import coordinate, decide
from huitong.matters.request import schedule
from huitong.records.models import Commitment, CommitmentMove, Decision, Device, Event, Link, Matter, Note, Outbox, Talk
from tests.mail_house import mail_of

from .conftest import People

DEPTH = 2
PRESSABLE = "button, input[type=submit], summary"

# It writes into every field, and picks each of every set of choices in turn.
FILL = """
for (const field of document.querySelectorAll("input, textarea")) {
    if (field.type === "radio" || field.type === "checkbox") field.click();
    else if (field.type === "date") field.value = "2099-01-05";
    else if (field.type !== "hidden") field.value = "scanner";
}
"""
SUBMIT = "number => document.forms[number].submit()"
PRESS = """([selector, number]) => document.querySelectorAll(selector)[number].click()"""


class Robot:
    """It knows no bounds: hidden buttons, forms without their buttons, and then all of it on the page that comes."""

    def __init__(self, page: Page, *, fills: bool) -> None:
        self.page, self.fills = page, fills
        self.seen: set[str] = set()  # the headings of the pages that it came to
        self.known: set[tuple[str, int, int]] = set()

    def scan(self, address: str) -> None:
        for _ in range(2):
            self.page.goto(address)
        for href in self.page.eval_on_selector_all("main a[href]", "links => links.map(link => link.href)"):
            self.page.goto(href)
        self._explore(address, ())

    def _explore(self, address: str, way: tuple[tuple[str, int], ...]) -> None:
        self._walk(address, way)
        heading = self.page.locator("h1").inner_text().replace("\n", "").replace("\xa0", " ")
        self.seen.add(heading)
        buttons, forms = self.page.locator(PRESSABLE).count(), self.page.locator("form").count()
        if len(way) == DEPTH or (heading, buttons, forms) in self.known:
            return
        self.known.add((heading, buttons, forms))
        for step in [(PRESSABLE, n) for n in range(buttons)] + [("form", n) for n in range(forms)]:
            self._explore(address, (*way, step))

    def _walk(self, address: str, way: tuple[tuple[str, int], ...]) -> None:
        """From the link's page by these buttons, as there is no other way to the pages behind a form."""
        self.page.goto(address)
        for kind, number in way:
            if self.fills:
                self.page.evaluate(FILL)
            if kind == "form":
                with self.page.expect_navigation():
                    self.page.evaluate(SUBMIT, number)
            elif self.page.locator(kind).nth(number).evaluate("item => item.tagName") == "SUMMARY":
                self.page.evaluate(PRESS, [kind, number])
            else:
                with self.page.expect_navigation():
                    self.page.evaluate(PRESS, [kind, number])


def everything() -> dict[str, list[object]]:
    """What an answer would change."""
    tables = (Decision, Note, Commitment, CommitmentMove, Device, Event, Link, Talk, Outbox, Matter)
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in tables}


@pytest.fixture
def scanned(browse: Callable[..., Page], live_server: object) -> Iterator[Callable[..., set[str]]]:
    """scanned(path, fills=True): let the robot loose; what headings it saw. Nothing may have changed."""

    def scan(path: str, *, fills: bool) -> set[str]:
        before = everything()
        robot = Robot(browse(None, path, screen="phone"), fills=fills)
        robot.scan(live_server.url + path)
        assert everything() == before
        return robot.seen

    return scan


def mailed(kind: str) -> str:
    """The one path that the latest mail of this kind links to; it holds no form and asks nothing of any other host."""
    row = Outbox.objects.filter(kind=kind).order_by("-id").select_related("person", "link", "matter")[0]
    mail = mail_of(row)
    plain, html = (mail.get_body((form,)).get_content() for form in ("plain", "html"))
    assert not re.search(r"<(form|input|button|script|img)\b", html)
    addresses = set(re.findall(r"https?://[^\s\"<>]+", plain + html))
    assert len(addresses) == 1
    address = addresses.pop()
    assert address in plain.splitlines()  # alone on its line
    return address.removeprefix(settings.ADDRESS)


@pytest.mark.parametrize("fills", [False, True], ids=["presses", "fills-and-presses"])
def test_a_robot_decides_nothing_and_the_leaders_link_still_works(
    asked: object, browse: Callable[..., Page], scanned: Callable[..., set[str]], fills: bool
) -> None:
    path = mailed("request")
    seen = scanned(path, fills=fills)
    assert {"同意方案一：召开协调会", "暂不同意"} & seen  # it has come to the page that asks once more
    assert ("什么都没有记下" in seen) is fills
    assert not Decision.objects.exists()

    page = browse(None, path, screen="phone")
    page.get_by_label("您的话").fill("可以，我来打电话。")
    page.get_by_role("radio", name="与王经理通个电话").check()
    page.get_by_role("button", name="按方案二办").click()
    page.get_by_role("radio", name="我是高总").check()
    page.get_by_role("button", name="确认").click()
    page.get_by_role("heading", name="记下了：同意方案二：与王经理通个电话").wait_for()
    decision = Decision.objects.get()
    assert (decision.verdict, decision.option, decision.words) == ("agree", 1, "可以，我来打电话。")


@pytest.mark.parametrize("fills", [False, True], ids=["presses", "fills-and-presses"])
def test_a_robot_neither_undoes_nor_hurries_a_decision(
    asked: object, people: People, scanned: Callable[..., set[str]], fills: bool
) -> None:
    choice = decide.Choice(decide.Verdict.AGREE, 1, option=1)
    decision = decide.decide(asked, choice, by=people.leader, how="link")
    seen = scanned(mailed("receipt"), fills=fills)
    assert {"撤回这次批示：同意方案二：与王经理通个电话", "不用等，现在就发出：同意方案二：与王经理通个电话"} <= seen
    decision.refresh_from_db()
    assert decision.undone_at is None
    assert decision.effective_at > timezone.now()


@pytest.mark.parametrize("fills", [False, True], ids=["presses", "fills-and-presses"])
def test_a_robot_confirms_nothing_that_was_told(
    matter: Matter, people: People, scanned: Callable[..., set[str]], fills: bool
) -> None:
    schedule(matter, people.requester, way="person", deliver_at=timezone.now())
    decide.tell(matter, people.requester, decide.Choice(decide.Verdict.AGREE, 1, option=0))
    assert "许宁记得对：同意方案一：召开协调会" in scanned(mailed("confirm"), fills=fills)


@pytest.mark.parametrize("fills", [False, True], ids=["presses", "fills-and-presses"])
def test_a_robot_answers_no_note_and_changes_no_promise(
    asked: object, people: People, scanned: Callable[..., set[str]], fills: bool
) -> None:
    decision = decide.decide(asked, decide.Choice(decide.Verdict.AGREE, 1, option=1), by=people.leader, how="account")
    decide.send_now(decision, by=people.leader)
    coordinate.send_note(
        asked.matter, people.requester, name="王经理", email="wang@example.com", subject="请协助", text="您好"
    )
    coordinate.promise(
        asked.matter,
        people.requester,
        side="theirs",
        owner_name="王经理",
        owner_email="wang@example.com",
        what="下单",
        day=timezone.localdate() + timedelta(days=5),
    )
    came_to = [scanned(mailed(kind), fills=fills) for kind in ("note", "commitment_ask", "talk")]
    if fills:
        expected = ("眼下有难处；日期：2099", "办不成：下单", "谈话的结果：还没谈成")
        for seen, heading in zip(came_to, expected, strict=True):
            assert any(text.startswith(heading[:4]) for text in seen)
