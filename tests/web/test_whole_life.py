"""One matter, its whole life, as three people in real browsers: the desk as `huitong serve` starts it, with its worker.

With `pytest --update` the pictures of docs/pictures/ are taken anew.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import psycopg
import pytest
from playwright.sync_api import Page, expect


@dataclass(frozen=True, slots=True)
class Told:
    """What is typed in this walk, in its language."""

    language: str
    requester: str
    matter: str
    purpose: str
    situation: str
    importance: str
    benefit: str
    effort: tuple[str, str, str]
    options: tuple[tuple[str, str, str], tuple[str, str, str]]
    promise: str
    blame: str
    words: str
    outcome: str


TOLD: Final = (
    Told(
        language="zh-hans",
        requester="许小样",
        matter="开放日展板采购",
        purpose="确定展板交期，赶上开放日",
        situation="8 天前提交采购申请（单号 CG-2307），目前仍在比价\n供应商要做 9 天",
        importance="展板误期，开放日 3 个展区没有说明，已请 120 位客人",
        benefit="大型活动可以提前进采购部的月度排期",
        effort=("邮件", "李试用", "答复需排队，暂不能给出日期"),
        options=(
            ("与王经理通个电话", "10", "说明时间要求，请他同意插单"),
            ("召开协调会", "30", "请王经理一起定下交期和责任人"),
        ),
        promise="提供完整规格",
        blame="采购部一直推诿。",
        words="可以。我下班前给老王打电话，规格你先发他一份。",
        outcome="三天定标，展板提前一天到场",
    ),
    Told(
        language="en",
        requester="Sam Sample",
        matter="Test phones for the release",
        purpose="Have 12 test phones before the release",
        situation="We ordered 12 phones 9 days ago (order IT-311)\nNone has been set up yet",
        importance="Without the phones the release cannot be tested; 3 partners wait for it",
        benefit="Both teams will have one list of devices",
        effort=("email", "周测试", "They will see when they have time"),
        options=(
            ("Talk to 郑演示", "10", "Ask for one engineer for a day"),
            ("Host a short meeting", "20", "Agree on a day with 郑演示"),
        ),
        promise="Write the list of apps",
        blame="IT never answers anyone.",
        words="Fine. I will ring him before lunch; send him the list first.",
        outcome="All 12 phones were set up in 4 days",
    ),
)


@dataclass(slots=True)
class Desk:
    """The running desk: its address, its sign-in links, the folder of its mails."""

    address: str
    links: dict[str, str]
    mails: Path
    log: Path

    def letter(self, kind: str, *, to: str, after: int = 0) -> tuple[str, str]:
        """The text and the signed link of the newest letter of this kind, once the worker has sent it."""
        for _ in range(100):
            for path in sorted(self.mails.glob(f"*-{kind}.eml"), reverse=True):
                message = message_from_bytes(path.read_bytes(), policy=default)
                if to in str(message["To"]) and int(path.name[:6]) > after:
                    text = message.get_body(("plain",)).get_content()
                    link = re.search(rf"^{re.escape(self.address)}/\w+", text, re.MULTILINE)
                    return text, link[0] if link else ""
            time.sleep(0.2)
        raise AssertionError(f"no letter {kind} to {to} in {sorted(p.name for p in self.mails.glob('*'))}")

    def newest(self) -> int:
        return max((int(p.name[:6]) for p in self.mails.glob("0*.eml")), default=0)


@pytest.fixture(params=TOLD, ids=lambda t: t.language)
def told(request: pytest.FixtureRequest) -> Told:
    return request.param


@pytest.fixture
def desk(told: Told, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """The Chinese life runs on SQLite, the English one on PostgreSQL; or on a desk that `make scale-test` runs."""
    if many := os.environ.get("DESK_OF_MANY"):
        running = json.loads(Path(many).read_text(encoding="utf-8"))
        yield Desk(running["address"], running["links"], Path(running["mails"]), Path(running["log"]))
        return
    home = tmp_path
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HUITONG_", "DJANGO_"))}
    if told.language == "en":
        # A database of its own: the sample is offered to an empty desk alone.
        server = request.getfixturevalue("postgres")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("CREATE DATABASE whole_life")
        environment["HUITONG_DATABASE_URL"] = server.rpartition("/")[0] + "/whole_life"
    talkative = {"HUITONG_LOG_LEVEL": "DEBUG", "HUITONG_LOG_FORMAT": "json"}
    log = tmp_path / "log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "huitong", "serve", "--port", "0", "--offer-sample"],
            env=environment | talkative | {"HUITONG_HOME": str(home), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if "Ctrl-C" in line:
            break
    address = re.search(r"ready: (http\S+?)/?\s", said)
    assert address, said + log.read_text()
    links = dict(re.findall(r"^\s+(.*?)\s+(http\S+)$", said, re.MULTILINE))
    yield Desk(address[1], links, home / "mail", log)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0


def enter(desk: Desk, page: Page, who: str, language: str) -> None:
    page.context.add_cookies([{"name": "language", "value": language, "url": desk.address}])
    page.goto(next(link for label, link in desk.links.items() if who in label))
    page.click("main form button")
    page.wait_for_url(desk.address + "/")


def day(offset: int) -> str:
    """So many days from today, where the sample people live."""
    return (datetime.now(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=offset)).isoformat()


def confirm(page: Page) -> None:
    """The second page that a device gets which has not answered before."""
    page.check("input[name=who][value=self]")
    page.click("button[name=step][value=confirm]")


@pytest.mark.points(
    "1.2",
    "1.3",
    "1.4",
    "1.5",
    "1.6",
    "1.8",
    "2.2",
    "2.3",
    "2.4",
    "2.5",
    "2.6",
    "2.7",
    "2.8",
    "3.2",
    "3.3",
    "3.4",
    "3.5",
)
@pytest.mark.points("3.6", "3.8", "3.9", "3.10", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7", "4.8", "4.10")
def test_one_matter_goes_its_whole_life(
    told: Told, desk: Desk, open_page: Callable[..., Page], picture: Callable[..., None]
) -> None:
    chinese = told.language != "en"
    leader, other = ("高大例", "王示范") if chinese else ("Ella Example", "郑演示")
    department, mail = ("采购部", "wang") if chinese else ("信息部", "zheng")
    locale = "zh-CN" if chinese else "en-GB"
    mine = open_page("desktop", locale=locale)
    enter(desk, mine, told.requester, told.language)
    picture(mine, "home", told.language)

    # 1. Prepare: short questions, kept as they are typed.
    mine.goto(desk.address + "/matters/new")
    mine.fill("input[name=title]", told.matter)
    mine.click("main form button.button")
    matter = re.search(r"/matters/(\d+)", mine.url)[1]
    here = f"{desk.address}/matters/{matter}"
    for field, text in {
        "other_department.name": department,
        "other_department.head": other,
        "other_department.email": f"{mail}@sample.example",
        "purpose": told.purpose,
        "deadline": day(20),
    }.items():
        mine.fill(f"[name='{field}']", text)
    mine.click("button[name=do][value=next]")
    mine.fill("[name=situation]", told.situation)
    mine.fill("[name=importance]", told.importance)
    mine.fill("[name=benefit]", told.benefit)
    for column, text in zip(("channel", "with", "result"), told.effort, strict=True):
        mine.locator(f"[name^='efforts.'][name$='.{column}']").last.fill(text)
    mine.locator("[name^='efforts.'][name$='.date']").first.fill(day(-4))
    picture(mine, "prepare", told.language)
    expect(mine.locator("#kept")).to_have_text(re.compile(r"\d\d:\d\d"))
    mine.reload()
    expect(mine.locator("[name=situation]")).to_have_value(told.situation)
    mine.click("button[name=do][value=next]")
    for row, option in enumerate(told.options):
        for column, text in zip(("title", "minutes", "what_leader_does"), option, strict=True):
            mine.locator(f"[name^='options.'][name$='.{column}']").nth(row).fill(text)
        mine.click("button[name=do][value='row:options']")
    mine.click("button[name=do][value=next]")
    mine.locator("[name^='commitments.'][name$='.what']").first.fill(told.promise)
    mine.locator("[name^='commitments.'][name$='.who']").first.fill(told.requester)
    mine.locator("[name^='commitments.'][name$='.by']").first.fill(day(3))
    mine.click("button[name=do][value=next]")

    # 2. Compose: the text, reviewed as one types; the blame is underlined and mended.
    expect(mine.locator("#text")).to_have_value(re.compile(re.escape(told.options[0][0])))
    composed = mine.input_value("#text")
    assert told.benefit.split()[-1] in composed
    mine.fill("#text", composed + "\n" + told.blame)
    expect(mine.locator("#under mark")).to_have_count(1)
    picture(mine, "write", told.language)
    mine.fill("#text", composed)
    expect(mine.locator("#under mark")).to_have_count(0)
    mine.click("button[name=do][value=next]")

    # 3. Time: suggested moments with reasons; this once, now.
    expect(mine.locator("input[name=moment]").first).to_be_attached()
    picture(mine, "time", told.language)
    before = desk.newest()
    mine.check("input[name=way][value=mail]")
    mine.click("button[name=go][value=now]")

    # 4. Deliver: the worker sends the mail; the link stands alone on its line.
    letter, link = desk.letter("request", to=leader, after=before)
    assert told.matter in letter
    assert re.fullmatch(rf"{re.escape(desk.address)}/[0-9A-Za-z]{{1,39}}", link)

    # 5. Decide, on the leader's phone.
    phone = open_page("large phone", locale=locale)
    phone.context.add_cookies([{"name": "language", "value": told.language, "url": desk.address}])
    phone.goto(link + ".")
    expect(phone.locator(".bar button")).to_have_count(5)
    picture(phone, "decide", told.language)
    phone.check("input[name=option][value='1']")
    phone.fill("textarea[name=words]", told.words)
    phone.click("button[name=verdict][value=agree]")
    picture(phone, "confirm", told.language)
    confirm(phone)
    expect(phone.locator(".said blockquote")).to_have_text(told.words)
    picture(phone, "decided", told.language)
    desk.letter("receipt", to=leader, after=before)
    mine.goto(here)
    expect(mine.locator("main")).not_to_contain_text(told.words)  # not before the leader lets it go
    phone.click("button[name=do][value=now]")
    desk.letter("decision", to=told.requester, after=before)
    desk.letter("talk", to=leader, after=before)

    # 6. Coordinate: a neutral note to the other department, a promise of theirs.
    mine.goto(here + "/coordinate")
    expect(mine.locator(".said blockquote")).to_have_text(told.words)
    picture(mine, "coordinate", told.language)
    mine.locator("form:has(input[value=note]) button.button:not(.bare)").click()
    note, theirs = desk.letter("note", to=other, after=before)
    for internal in (told.words, told.options[1][0], told.effort[2], told.importance[:12]):
        assert internal not in note
    their_phone = open_page("phone", locale="zh-CN")
    their_phone.goto(theirs)
    picture(their_phone, "note", told.language)
    their_phone.check("input[name=answer][value=yes]")
    their_phone.click("main form button.button")
    confirm(their_phone)
    desk.letter("note-answer", to=told.requester, after=before)
    mine.goto(here + "/coordinate")
    mine.fill("#p-what", told.promise + " 2")
    mine.fill("#p-by", day(5))
    mine.locator("form:has(input[value=promise]) button.button").click()

    # 7. Follow up: what was promised is done; the leader hears of it.
    mine.goto(here)
    mine.click("button[name=do][value=follow_up]")
    for _ in range(2):
        mine.goto(here)
        mine.locator("aside .state:not(.done) + p a").first.click()
        mine.check("input[name=do][value=kept]")
        mine.click("main form button.button")
    expect(mine.locator("aside .state.done")).to_have_count(2)
    mine.goto(here + "/report")
    assert told.words in mine.input_value("#text-progress")
    mine.click("main form button.button:not(.bare)")
    desk.letter("report", to=leader, after=before)

    # 8. Close: the outcome, thanks by name; and the matter is found again as a precedent.
    mine.goto(here + "/close")
    mine.fill("#outcome", told.outcome)
    mine.click("main form button.button")
    thanks = mine.locator("main form:has(input[name=to])")
    expect(thanks).to_have_count(2)
    picture(mine, "thanks", told.language)
    for _ in range(2):
        thanks.locator("button.button:not(.bare)").first.click()
    desk.letter("thanks", to=leader, after=before)
    desk.letter("thanks", to=other, after=before)
    mine.goto(here)
    picture(mine, "matter", told.language)
    expect(mine.locator("main")).to_contain_text(told.outcome)
    mine.goto(desk.address + "/matters/new")
    mine.fill("input[name=title]", told.matter + " 2")
    mine.click("main form button.button")
    expect(mine.locator("aside")).to_contain_text(told.outcome)

    # And the log of all that tells what happened by name and number, and nothing of what was said, by whom, to whom.
    told_by_log = desk.log.read_text(encoding="utf-8")
    events = [json.loads(line) for line in told_by_log.splitlines()]
    assert {"home", "prepare", "write", "link", "close"} <= {e["route"] for e in events if e["event"] == "request"}
    assert {"request", "receipt", "note", "thanks"} <= {e["kind"] for e in events if e["event"] == "letter"}
    typed = [
        told.matter,
        told.purpose,
        told.importance,
        told.benefit,
        told.promise,
        told.blame,
        told.words,
        told.outcome,
    ]
    typed += [
        *told.situation.splitlines(),
        *told.effort,
        *(part for option in told.options for part in option if len(part) > 2),
    ]
    for word in [*typed, told.requester, leader, other, "@", "http", *tokens_of(desk)]:
        assert word not in told_by_log


def tokens_of(desk: Desk) -> set[str]:
    """The secret part of every link that was mailed in this life."""
    letters = [message_from_bytes(p.read_bytes(), policy=default) for p in desk.mails.glob("*.eml")]
    texts = [letter.get_body(("plain",)).get_content() for letter in letters]
    found = {
        token
        for text in texts
        for token in re.findall(rf"^{re.escape(desk.address)}/([0-9A-Za-z]{{24}})\b", text, re.M)
    }
    assert found
    return found
