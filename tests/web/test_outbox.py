"""The organiser's outbox: what waits and why, without what it says; send now, cancel, send again."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huitong.delivery import leases, outbox, ways
from huitong.directory import links
from huitong.matters import agenda
from huitong.records.models import Event, Outbox, Person, Request
from huitong.web.pages.outbox import A_PAGE, KINDS

from .conftest import People

AsPerson = Callable[..., Client]


@pytest.fixture
def organiser(as_: AsPerson, people: People) -> Client:
    return as_(people.organiser)


@pytest.fixture
def row(asked: Request, people: People) -> Outbox:
    """A thanks to the leader that waits until tomorrow."""
    return put(asked, people.leader, "thanks", due_at=timezone.now() + timedelta(days=1))


def put(asked: Request, to: Person, kind: str, **more: object) -> Outbox:
    letter = outbox.Letter(title="机密标题", before=["机密正文"])
    with transaction.atomic():
        key = f"{kind}:{Outbox.objects.count()}"
        return outbox.put(kind, to, letter, key=key, matter=asked.matter, **more)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.replace("\u00a0", " ")))


def test_it_says_to_whom_of_what_kind_and_what_it_waits_for_but_not_what_it_says(
    organiser: Client, row: Outbox
) -> None:
    page = organiser.get("/outbox").content.decode()
    assert "感谢：高翔" in text_of(page)
    assert "定在明天" in text_of(page)
    for private in ("机密标题", "机密正文", row.matter.title, row.message_id):
        assert private not in page


def test_a_matters_number_is_shown_to_who_has_a_part_in_it(as_: AsPerson, people: People, row: Outbox) -> None:
    address = f"/matters/{row.matter_id}"
    assert address not in as_(people.organiser).get("/outbox").content.decode()
    Person.objects.filter(pk=people.requester.pk).update(is_organiser=True)
    assert address in as_(people.requester).get("/outbox").content.decode()
    Person.objects.filter(pk=people.leader.pk).update(is_organiser=True)
    assert address in as_(people.leader).get("/outbox").content.decode()


def test_every_kind_of_row_has_a_name() -> None:
    assert set(KINDS) == {kind for kinds in ways.NEWS.values() for kind in kinds} | set(ways.AS_WRITTEN)


@pytest.mark.parametrize(
    ("facts", "state", "said"),
    [
        ({"reason": "quiet"}, "waiting", "高翔这时免打扰，明天"),
        ({"reason": "limit"}, "waiting", "一时收不下这么多，明天"),
        ({"tries": 2, "last_error": "服务器没有答复。"}, "waiting", "第 2 次没有送成，明天"),
        ({"due": -1}, "waiting", "马上就送"),
        ({"begun": 1, "lease": 1, "due": -1}, "waiting", "正在送（邮件）"),
        ({"state": "failed", "tries": 8, "last_error": "没有这个地址。"}, "failed", "没有送到，试了 8 次"),
        ({"state": "failed", "reason": "fault", "tries": 3}, "failed", "会同自己出了错，试了 3 次，放在一边了"),
        ({"state": "failed", "reason": "cancelled"}, "failed", "管理员取消了，没有送出"),
        ({"state": "sent", "sent": 0, "transport": "feishu"}, "sent", "送出（飞书）"),
        ({"state": "withdrawn"}, "withdrawn", "不再需要，收回了"),
        ({"first_transport": "feishu", "first_error": "签名不对。"}, "instead", "改走邮件，因为：签名不对。"),
    ],
)
def test_each_state_says_why(facts: dict, state: str, said: str, organiser: Client, row: Outbox) -> None:
    now = timezone.now()
    moments = {"due": "due_at", "lease": "lease_until", "sent": "sent_at"}
    changed = {moments.get(k, k): now + timedelta(minutes=v) if k in moments else v for k, v in facts.items()}
    Outbox.objects.filter(pk=row.pk).update(**changed)
    page = text_of(organiser.get(f"/outbox?state={state}").content.decode())
    assert said in page
    assert facts.get("last_error", "") in page


def test_sample_letters_and_real_ones_do_not_meet(organiser: Client, row: Outbox) -> None:
    Person.objects.filter(pk=row.person_id).update(is_sample=True)
    assert "感谢" not in organiser.get("/outbox").content.decode()
    assert organiser.post("/outbox", {"row": row.pk, "do": "cancel"}).status_code == 409
    row.refresh_from_db()
    assert row.state == "waiting"


def test_send_now(organiser: Client, row: Outbox) -> None:
    page = organiser.post("/outbox", {"row": row.pk, "do": "now"}, follow=True).content.decode()
    row.refresh_from_db()
    assert row.due_at <= timezone.now()
    assert "马上就送" in page


def test_what_was_cancelled_comes_back_to_who_waits_for_it(organiser: Client, row: Outbox, people: People) -> None:
    organiser.post("/outbox", {"row": row.pk, "do": "cancel"})
    row.refresh_from_db()
    assert (row.state, row.reason) == ("failed", "cancelled")
    assert row in agenda.came_back(people.requester)
    assert "管理员管梅取消了" in Event.objects.get(kind="mail_failed").data["error"]


def test_a_cancel_that_comes_too_late_says_so(organiser: Client, row: Outbox) -> None:
    Outbox.objects.filter(pk=row.pk).update(due_at=timezone.now())
    leases.claim("w", now=timezone.now(), limit=1)
    held = leases.begin(row.pk, "w", now=timezone.now())
    response = organiser.post("/outbox", {"row": row.pk, "do": "cancel"})
    assert response.status_code == 409
    assert "来不及了：这一封正在送出。" in response.content.decode()
    leases.settle_sent(held, "w")
    again = organiser.post("/outbox", {"row": row.pk, "do": "cancel"})
    assert "已经不是刚才的样子" in again.content.decode()
    row.refresh_from_db()
    assert row.state == "sent"


def test_a_failed_letter_goes_again_to_a_corrected_address(organiser: Client, row: Outbox, people: People) -> None:
    Outbox.objects.filter(pk=row.pk).update(state="failed", last_error="没有这个地址。", tries=8)
    organiser.post("/outbox?state=failed", {"row": row.pk, "do": "again", "email": " gao.xiang@example.com "})
    row.refresh_from_db()
    people.leader.refresh_from_db()
    assert (row.state, row.tries, people.leader.email) == ("waiting", 0, "gao.xiang@example.com")


def test_what_is_no_address_is_refused_and_not_lost(organiser: Client, row: Outbox, people: People) -> None:
    Outbox.objects.filter(pk=row.pk).update(state="failed")
    response = organiser.post("/outbox?state=failed", {"row": row.pk, "do": "again", "email": "gao at example"})
    assert response.status_code == 422
    assert 'value="gao at example"' in response.content.decode()
    row.refresh_from_db()
    people.leader.refresh_from_db()
    assert (row.state, people.leader.email) == ("failed", "gao@example.com")


@pytest.mark.parametrize("state", ["waiting", "sent", "withdrawn"])
def test_only_what_failed_goes_again(state: str, organiser: Client, row: Outbox) -> None:
    Outbox.objects.filter(pk=row.pk).update(state=state)
    assert organiser.post("/outbox", {"row": row.pk, "do": "again", "email": "a@example.com"}).status_code == 409
    row.refresh_from_db()
    assert row.state == state


def test_a_letter_whose_link_no_longer_opens_anything_is_not_sent_again(organiser: Client, asked: Request) -> None:
    row = Outbox.objects.get(kind="request")
    Outbox.objects.filter(pk=row.pk).update(state="failed")
    links.Link.objects.filter(pk=row.link_id).update(revoked_at=timezone.now())
    response = organiser.post("/outbox?state=failed", {"row": row.pk, "do": "again", "email": "gao@example.com"})
    assert response.status_code == 409
    row.refresh_from_db()
    assert row.state == "failed"


@pytest.mark.parametrize("number", ["", "x", "999999", "-1", "9" * 30, "１"])
def test_a_row_that_is_not_there_changes_nothing(number: str, organiser: Client, row: Outbox) -> None:
    assert organiser.post("/outbox", {"row": number, "do": "cancel"}).status_code == 409
    row.refresh_from_db()
    assert row.state == "waiting"


@pytest.mark.parametrize("role", ["requester", "leader", "counterpart", "stranger"])
def test_nobody_else_looks_or_acts(role: str, as_: AsPerson, people: People, row: Outbox) -> None:
    client = as_(getattr(people, role))
    assert client.get("/outbox").status_code == 404
    assert client.post("/outbox", {"row": row.pk, "do": "cancel"}).status_code == 404
    row.refresh_from_db()
    assert row.state == "waiting"


@pytest.mark.parametrize("after", ["x", "_", "2026-01-01_5", "2026-13-01T00:00:00+00:00_5", "_" * 300, "%00", "a_１"])
@pytest.mark.parametrize("state", ["waiting", "failed", "nonsense"])
def test_a_bent_address_shows_the_first_page(after: str, state: str, organiser: Client, row: Outbox) -> None:
    assert organiser.get("/outbox", {"state": state, "after": after}).status_code == 200


# --- many rows ---


def fill(asked: Request, to: Person, count: int, state: str) -> None:
    now = timezone.now()
    Outbox.objects.bulk_create(
        (
            Outbox(
                key=f"{state}:{n}", kind="thanks", person=to, matter=asked.matter, payload={}, message_id="<x>",
                due_at=now + timedelta(minutes=n // 3), state=state, created_at=now,
            )
            for n in range(count)
        ),
        batch_size=5000,
    )  # fmt: skip


def shown(page: str) -> list[str]:
    return re.findall(r'name="row" value="(\d+)"', page)


@pytest.mark.parametrize("state", ["waiting", "failed"])
def test_leafing_shows_every_row_once_also_where_many_are_due_at_one_time(
    state: str, organiser: Client, asked: Request, people: People
) -> None:
    fill(asked, people.leader, 2 * A_PAGE + 5, state)
    address, seen, pages = f"/outbox?state={state}", [], 0
    while address:
        page = organiser.get(address).content.decode()
        seen += shown(page)
        pages += 1
        further = re.search(r'rel="next" href="([^"]+)"', page)
        address = "/outbox" + further[1].replace("&amp;", "&") if further else ""
    assert pages == 3
    assert sorted(seen, key=int) == [str(pk) for pk in Outbox.objects.filter(state=state).values_list("pk", flat=True)]


def test_a_hundred_thousand_rows_cost_no_more_than_thirty(organiser: Client, asked: Request, people: People) -> None:
    def queries(address: str) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            assert organiser.get(address).status_code == 200
        return [query["sql"] for query in captured.captured_queries]

    fill(asked, people.leader, A_PAGE + 1, "waiting")
    few = {state: len(queries(f"/outbox?state={state}")) for state in ("waiting", "failed", "instead", "sent")}
    for state in ("failed", "sent"):
        fill(asked, people.leader, 50_000, state)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for state, count in few.items():
        made = queries(f"/outbox?state={state}")
        assert len(made) <= count + 1  # which matters are open to the reader
        (listing,) = [sql for sql in made if 'FROM "records_outbox"' in sql]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {listing}")
            plan = " ".join(str(line[3]) for line in cursor.fetchall())
        assert "USING INDEX outbox_" in plan, (state, plan)
        assert "TEMP B-TREE" not in plan or state == "waiting", (state, plan)
