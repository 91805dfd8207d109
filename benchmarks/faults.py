"""A full disk, a read-only database, a clock that is moved, a mail server that is away for a day: each made to happen.

usage: python benchmarks/faults.py [--only disk|read-only|clock|mail-away]

A real desk (`huitong serve` on SQLite, with its worker) and a real mail server. For each fault is shown what a person
sees on the page, what the log and `huitong doctor` say, and whether, once it is over, everything promised arrives once
without anybody's help. The disk is a small one in memory and the database's file is made immutable, for which
one must be root; clocks are moved for the worker alone (clock.c, for which there must be a C compiler).
"""

import argparse
import html
import http.cookiejar
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from house import House, MailServer, end, free_port, house, load, run, wait_for

SOURCE = Path(__file__).with_name("clock.c")
HOUR = 3600


class Person:
    """Who uses the desk by a browser without scripts."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())).open

    def goes(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """The status and the page."""
        data = None
        if form is not None:
            data = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": self.token}).encode()
        try:
            with self.open(urllib.parse.urljoin(self.address, path), data, 60) as answer:
                status, page = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, page = error.code, error.read().decode()
        if found := re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page):
            self.token = found[1]
        return status, page

    def signs_in(self, link: str) -> None:
        self.goes(link)
        self.goes(link, {})


def seen(page: str) -> str:
    """The heading and the first sentence of a page."""
    main = page[page.find("<main") :]
    parts = re.findall(r"<(h1|p)[^>]*>(.*?)</\1>", main, re.DOTALL)
    return " / ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).strip() for _, text in parts[:2])


class Desk:
    """`huitong serve` with the sample people, one of whom is signed in."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()
        links = re.findall(rf"({self.address}/\S+)$", house.log.read_text(), re.MULTILINE)
        self.person = Person(self.address)
        self.person.signs_in(next(link for link in links if link.rstrip("/") != self.address))
        self.log_from = self.house.log.stat().st_size

    def start(self) -> None:
        before = self.house.log.read_text() if self.house.log.exists() else ""
        command = ("-P", "-m", "huitong", "serve", "--port", str(self.port), "--offer-sample")
        self.process = self.house.start(*command)
        wait_for(lambda: "Ctrl-C stops it." in self.house.log.read_text()[len(before) :], "the desk's start")

    def new_matter(self) -> tuple[int, str]:
        self.person.goes("/matters/new")
        return self.person.goes("/matters/new", {"title": "展板采购"})

    def said(self) -> list[str]:
        """The kinds of lines in the log since the start, each with how often it came."""
        text = self.house.log.read_text()[self.log_from :]
        lines = [line for line in text.splitlines() if re.match(r"\d{4}-.*(WARNING|ERROR)", line)]
        kinds = Counter(re.sub(r"request=\w+|row \d+", "…", line.split(" ", 1)[1]) for line in lines)
        return [f"{count} × {line}" for line, count in kinds.items()]


def doctor(house: House) -> list[str]:
    """What is not well, by `huitong doctor`."""
    command = [sys.executable, "-P", "-m", "huitong", "doctor", "--lang", "en"]
    result = subprocess.run(command, env=house.environment, cwd=house.home, capture_output=True, text=True, timeout=60)
    lines = [line for line in result.stdout.splitlines() if not re.search(r"\bok\b|^\s*$", line, re.IGNORECASE)]
    return [*lines, f"(exit code {result.returncode})"]


def tell(what: str, lines: list[str]) -> None:
    for line in lines:
        print(f"  {what:10} {line.strip()[:300]}", flush=True)


def arrived(server: MailServer, promised: set[str]) -> bool:
    return promised <= {message_id for _, message_id in server.accepted()}


def verdict(server: MailServer, promised: set[str]) -> bool:
    times = Counter(message_id for _, message_id in server.accepted() if message_id in promised)
    lost, doubled = len(promised - set(times)), sum(count > 1 for count in times.values())
    print(f"  lost {lost}, doubled {doubled}; {load()}", flush=True)
    return not lost and not doubled


def not_writable(house: House, begin: Callable[[], None], over: Callable[[], None], *, stopped: bool) -> bool:
    """What a full disk and a read-only database have in common. `stopped`: it comes while the desk is stopped."""
    server = house.mail_server()
    house.open()
    import letters as outbox  # noqa: PLC0415 - once the desk is open

    from huitong.records.models import Matter  # noqa: PLC0415

    desk = Desk(house)
    promised = outbox.promise(outbox.people(30), outbox.matter(), due_at=outbox.tomorrow())
    outbox.all_due()
    outbox.away()
    if stopped:  # what a process has open already it can go on writing
        end(desk.process)
    begin()  # else while the first are on their way
    try:
        if stopped:
            desk.start()
        time.sleep(3)
        before, count = len(server.accepted()), Matter.objects.count()
        outbox.away()
        status, page = desk.new_matter()
        tell("page", [f"{status} {seen(page)}"])
        time.sleep(5)
        tell("doctor", doctor(house))
        tell("mail", [f"{len(server.accepted()) - before} letters went out meanwhile"])
        half_done = Matter.objects.count() != count
        outbox.away()
    finally:
        over()
    wait_for(lambda: arrived(server, promised), "the letters, once it was over", 120)
    status, page = desk.new_matter()
    tell("afterwards", [f"the page answers {status}, {'HALF' if half_done else 'nothing half'}-done"])
    time.sleep(2)
    tell("log", desk.said())
    return verdict(server, promised) and status == 200 and not half_done


def disk(house: House) -> bool:
    """The disk is full."""
    folder = house.home / "desk"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], check=True)
    filler = folder / "filler"

    def fill() -> None:
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * 4096)
            except OSError as error:
                print(f"  disk       {error.strerror}", flush=True)

    try:
        return not_writable(house, fill, filler.unlink, stopped=False)
    finally:
        house.close()
        subprocess.run(["umount", "-l", str(folder)], check=False)


def read_only(house: House) -> bool:
    """The database's file cannot be written."""

    def files() -> list[str]:
        return [str(path) for path in (house.home / "desk").glob("huitong.sqlite3")]

    def immutable() -> None:
        subprocess.run(["chattr", "+i", *files()], check=True)

    def mutable() -> None:
        subprocess.run(["chattr", "-i", *files()], check=False)

    try:
        return not_writable(house, immutable, mutable, stopped=True)
    finally:
        mutable()


class Clock:
    """The clock of the processes that are started with `environment`."""

    def __init__(self, house: House) -> None:
        if not shutil.which("cc"):
            sys.exit("There is no C compiler; on Debian: apt-get install gcc libc6-dev")
        library = house.home / "clock.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE)], check=True)
        self.file = house.home / "clock"
        self.move(0)
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_MOVED": str(self.file)}

    def move(self, seconds: int) -> None:
        part = self.file.with_suffix(".part")
        part.write_text(str(seconds))
        os.replace(part, self.file)


def clock(house: House) -> bool:
    """The clock is moved by an hour, forward and back, while letters are on their way."""
    moving = Clock(house)
    server = house.mail_server(milliseconds=400)
    house.open()
    import letters as outbox  # noqa: PLC0415

    matter, promised = outbox.matter(), set()
    house.worker(**moving.environment)
    house.worker(**moving.environment)
    wait_for(lambda: outbox.alive() == 2, "the workers' first look at the outbox")
    for seconds, said in ((HOUR, "an hour forward"), (0, "back again"), (-HOUR, "an hour back"), (0, "right again")):
        new = outbox.promise(outbox.people(40), matter, name=said)
        promised |= new
        time.sleep(1.5)
        moving.move(seconds)
        time.sleep(8)
        waits = len(new - {message_id for _, message_id in server.accepted()})
        tell("clock", [f"{said}: {waits} of the 40 that were due wait 8 seconds later"])
        if seconds == -HOUR:
            late = outbox.promise(outbox.people(5), matter, name="late")
            promised |= late
            time.sleep(4)
            tell("clock", [f"due now by the true clock: {len(late)} wait, by the worker's they are due in an hour"])
            assert not arrived(server, late)
            tell("doctor", [line for line in doctor(house) if "clock." in line or "worker." in line])
    wait_for(lambda: arrived(server, promised), "the letters, once the clock was right", 240)
    return verdict(server, promised)


def mail_away(house: House) -> bool:
    """The mail server is away for a day; the worker's clock goes fast."""
    fast = Clock(house)
    server = house.mail_server()
    house.open()
    import letters as outbox  # noqa: PLC0415
    from django.db.models import Q  # noqa: PLC0415

    from huitong.records.models import Outbox  # noqa: PLC0415

    port = int(server.url.rpartition(":")[2])
    server.stop()
    promised = outbox.promise(outbox.people(30), outbox.matter())
    house.worker(**fast.environment)
    minutes = [0, 2, 8, 24, 56, *range(120, 24 * 60 + 1, 60)]
    for tries, minute in enumerate(minutes, 1):
        fast.move(minute * 60)
        under_way = Q(tries__lt=tries) | Q(begun__gt=0)
        wait_for(lambda: not Outbox.objects.filter(under_way).exists(), f"try {tries}", 240)  # noqa: B023
    rows = Outbox.objects.all()
    states = Counter(rows.values_list("state", flat=True))
    tell("outbox", [f"after a day and {tries} tries: {dict(states)}; {rows[0].last_error}"])
    tell("doctor", [line for line in doctor(house) if "mail" in line.lower()])
    server.start(port)
    fast.move((24 * 60 + 61) * 60)
    wait_for(lambda: arrived(server, promised), "the letters, within the hour after", 120)
    return verdict(server, promised)


FAULTS = {"disk": disk, "read-only": read_only, "clock": clock, "mail-away": mail_away}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=FAULTS)
    name = parser.parse_args().only
    if name is None:  # a process each: a program can open one desk
        results = [run(*sys.argv, "--only", each) for each in FAULTS]
        sys.exit(any(results))
    fault = FAULTS[name]
    print(f"{name}: {fault.__doc__}", flush=True)
    with house() as ours:
        try:
            well = fault(ours)
        except Exception:
            print(ours.log.read_text()[-9000:], file=sys.stderr)
            raise
    print(f"  {'recovered by itself' if well else 'NOT AS IT SHOULD BE'}", flush=True)
    sys.exit(not well)


if __name__ == "__main__":
    main()
