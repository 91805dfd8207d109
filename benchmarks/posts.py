"""The web process is killed in the middle of posts. Is anything half-done, or gone that was answered?

usage: python benchmarks/posts.py [--posts 500] [--database sqlite|postgres] [--seed N]

Each post goes over HTTP to a web process of its own (the desk's server, forked from a process that has everything
loaded), which is killed with -9 at a random moment: while it reads, writes, commits or answers. Posts are of three
kinds, by dice: a new matter, the answers of a page of questions, a leader's decision with all that it sets in motion.
Afterwards the rows of every table are counted by their states: all that the post does must be there, or nothing; all of
it if the person was answered. If nothing, the person posts again, and all must be there.
"""

import argparse
import http.client
import logging
import os
import random
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from house import House, house, load

TOKEN = "t" * 32  # against forged posts: the cookie and the form say the same
FACTS = {
    "matter": "新品发布会搭建物料采购",
    "leader.name": "高翔",
    "leader.email": "gao@works.example",
    "other_department.name": "采购部",
    "other_department.head": "王经理",
    "purpose": "确定搭建物料交期，赶上发布会",
    "situation": "11 月 9 日提交采购申请（单号 CG-2211），目前仍在比价",
    "importance": "物料晚到，搭建顺延，场租每天 2.4 万元",
    "options.a1.title": "召开协调会",
    "options.a1.minutes": "30",
    "options.a1.what_leader_does": "请王经理一起开会",
    "commitments.d4.what": "提供完整规格",
    "commitments.d4.who": "许宁",
}


@dataclass(frozen=True)
class Post:
    path: str
    cookie: str
    form: dict[str, str]


class Web:
    """Web processes that can be killed one by one."""

    def __init__(self) -> None:
        import waitress  # noqa: PLC0415 - once the desk is open

        from huitong.web.wsgi import application  # noqa: PLC0415

        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self.serve = lambda listening: waitress.create_server(application, sockets=[listening], threads=4).run()

    def post(self, post: Post, seconds: float | None) -> int | None:
        """The status of the answer; None if the process, killed after so many seconds, gave none."""
        from django.db import connections  # noqa: PLC0415

        connections.close_all()
        # A socket for each: what a killed process had not yet taken must not be answered by the next.
        listening = socket.create_server(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        child = os.fork()
        if child == 0:
            try:
                self.serve(listening)
            finally:
                os._exit(1)
        listening.close()
        form = urlencode(post.form | {"csrfmiddlewaretoken": TOKEN})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        headers["Cookie"] = f"csrftoken={TOKEN}; sessionid={post.cookie}"
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("POST", post.path, form, headers)
            if seconds is not None:
                time.sleep(seconds)
                os.kill(child, signal.SIGKILL)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def state() -> Counter[tuple[str, ...]]:
    """How many rows each table of matters has, by what they say of themselves."""
    from django.apps import apps  # noqa: PLC0415

    counted: Counter[tuple[str, ...]] = Counter()
    for model in apps.get_app_config("records").get_models():
        names = {field.name for field in model._meta.concrete_fields}
        columns = [name for name in ("kind", "state", "stage", "verdict") if name in names]
        for values in model.objects.values_list(*columns) if columns else [()] * model.objects.count():
            counted[(model.__name__, *map(str, values))] += 1
    return counted


def kinds() -> dict[str, Callable[[], Post]]:
    """What makes a post of each kind, with the rows that it needs."""
    from django.conf import settings  # noqa: PLC0415
    from django.db import transaction  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from huitong.matters import prepare  # noqa: PLC0415
    from huitong.matters.request import delivered_by_mail, latest_version, schedule  # noqa: PLC0415
    from huitong.records.models import Department, Outbox, Person, User  # noqa: PLC0415

    department = Department.objects.create(name="市场部")

    def person(name: str, email: str, **more: object) -> tuple[Person, str]:
        user = User.objects.create_user(email)
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        made = Person.objects.create(name=name, email=email, department=department, user=user, **more)
        return made, client.cookies[settings.SESSION_COOKIE_NAME].value

    leader, leaders = person("高翔", "gao@works.example")
    requester, requesters = person("许宁", "xu@works.example", leader=leader)

    def a_new_matter() -> Post:
        return Post("/matters/new", requesters, {"title": "展板采购"})

    def answers() -> Post:
        matter = prepare.open_matter(requester, title="展板采购")
        empty = prepare.mark("")
        typed = {"purpose": FACTS["purpose"], "other_department.name": "采购部", "other_department.head": "王经理"}
        was = {f"was:{name}": empty for name in typed}
        return Post(f"/matters/{matter.pk}/prepare", requesters, typed | was | {"do": "next"})

    def a_decision() -> Post:
        matter = prepare.open_matter(requester)
        deadline = (timezone.localdate() + timedelta(days=21)).isoformat()
        typed = {name: (text, prepare.mark("")) for name, text in (FACTS | {"deadline": deadline}).items()}
        prepare.save_answers(matter, requester, typed)
        matter.refresh_from_db()
        request = schedule(matter, requester, way="mail", deliver_at=timezone.now())
        for row in Outbox.objects.filter(matter=matter, kind="request").select_related("link"):
            with transaction.atomic():
                Outbox.objects.filter(pk=row.pk).update(state="sent", sent_at=timezone.now())
                delivered_by_mail(row)
        request.refresh_from_db()
        form = {"version": str(latest_version(request).number), "option": "1", "verdict": "agree", "words": "可以"}
        return Post(f"/requests/{request.pk}", leaders, form)

    return {"a new matter": a_new_matter, "answers": answers, "a decision": a_decision}


def run(house: House, options: argparse.Namespace, dice: random.Random) -> int:
    house.use(database=options.database)
    house.open()
    web, makers = Web(), kinds()
    for make in makers.values():
        _load(make())
    whole: dict[str, Counter[tuple[str, ...]]] = {}
    longest: dict[str, float] = {}
    for kind, make in makers.items():  # how much each does, and how long it takes
        for _ in range(3):
            post, before, begun = make(), state(), time.monotonic()
            status = web.post(post, None)
            longest[kind] = time.monotonic() - begun
            whole[kind] = _difference(state(), before)
        if status != 302 or not whole[kind]:
            sys.exit(f"{kind}: answered {status}, and did {dict(whole[kind])}")
        print(f"{kind}: {1000 * longest[kind]:.0f} ms, changes {len(whole[kind])} counts of rows", flush=True)

    found: Counter[str] = Counter()
    half = 0
    for number in range(options.posts):
        kind = dice.choice(list(makers))
        post, before = makers[kind](), state()
        status = web.post(post, dice.uniform(0, 1.1 * longest[kind]))
        did = _difference(state(), before)
        if did == whole[kind]:
            found["whole, answered" if status else "whole, not answered"] += 1
        elif not did and status is None:
            found["nothing, and whole when posted again"] += 1
            web.post(post, None)
            did = _difference(state(), before)
        if did != whole[kind]:
            half += 1
            print(f"post {number}, {kind}, answered {status}: did {dict(did)}, not {dict(whole[kind])}", flush=True)
        if not (number + 1) % 100:
            print(f"{number + 1} posts: {dict(found)}", flush=True)
    print(f"{load()}; {dict(found)}")
    print(f"posts {options.posts}, half-done {half}")
    return int(bool(half))


def _load(post: Post) -> None:
    """Let this process load what such a post needs, so that those forked from it are killed at work."""
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies[settings.SESSION_COOKIE_NAME] = post.cookie
    client.post(post.path, post.form)


def _difference(after: Counter[tuple[str, ...]], before: Counter[tuple[str, ...]]) -> Counter[tuple[str, ...]]:
    return Counter({key: count for key in after | before if (count := after[key] - before[key])})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=500)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    options = parser.parse_args()
    print(f"{options.posts} posts, {options.database}, seed {options.seed}", flush=True)
    with house() as ours:
        status = run(ours, options, random.Random(options.seed))
    sys.exit(status)


if __name__ == "__main__":
    main()
