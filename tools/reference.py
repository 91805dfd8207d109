"""The pages that are made from the code: docs/access.md, settings.md, commands.md and transports.md.

`python -m tools.reference` writes them; tests/house/test_reference.py compares.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

os.environ.setdefault("HUITONG_HOME", tempfile.gettempdir())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huitong.settings")

import django

django.setup()

from huitong import cli, settings  # noqa: E402
from huitong.delivery import transports, ways, webhook  # noqa: E402
from huitong.directory import access  # noqa: E402

DOCS: Final = Path(__file__).parent.parent / "docs"


def access_page() -> str:
    lines = [
        "# Who sees what",
        "",
        "Made from the table in `src/huitong/directory/access.py` (`python -m tools.reference`). What is not in it is",
        'refused, and "not yours" answers like "not there": 404. Who has not signed in is led to the sign-in.',
        "",
        "A leader has a role towards a matter once the request has reached them, a counterpart once a note was sent to",
        "them. An organiser keeps the directory; other people's matters are closed to them too. Pages behind a signed",
        "link (`link`) show one thing to the one person that the link was made for; of those invited to a meeting only",
        "its host sees there what the others answered. `feed` shows whoever has its secret address when its owner's",
        "meetings and commitments are, never what they are about.",
        "",
        "| page | " + " | ".join(r.replace("_", " ") for r in access.ROLES) + " |",
        "| --- |" + " --- |" * len(access.ROLES),
    ]
    for name, roles in access.PAGES.items():
        lines.append(f"| `{name}` | " + " | ".join("yes" if r in roles else "" for r in access.ROLES) + " |")
    return "\n".join(lines) + "\n"


def settings_page() -> str:
    lines = [
        "# Settings",
        "",
        "Environment variables, read when a process starts. Made from `src/huitong/settings.py`",
        "(`python -m tools.reference`).",
        "",
        "| name | default | what it is |",
        "| --- | --- | --- |",
    ]
    for name, (default, what) in sorted(settings.SETTINGS.items()):
        lines.append(f"| `{name}` | {f'`{default}`' if default else ''} | {what} |")
    lines += ["", "`HUITONG_SAMPLE=no` starts an empty desk without offering the sample organisation.", ""]
    return "\n".join(lines)


def commands_page() -> str:
    lines = ["# Commands", "", "Made from the commands' own help (`python -m tools.reference`)."]
    plain = {**os.environ, "COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"}
    for name in cli.COMMANDS:
        asked = [sys.executable, "-m", "huitong", name, "--help"]
        shown = subprocess.run(asked, env=plain, capture_output=True, text=True, check=True).stdout
        lines += ["", f"## huitong {name}", "", "```text", *(x.rstrip() for x in shown.strip().splitlines()), "```"]
    return "\n".join(lines) + "\n"


TRANSPORTS: Final = """\
# Transports

By what a letter reaches its receiver. Made from the folders in `src/huitong/delivery/transports/` (`python -m
tools.reference`); a folder is all that a new one needs (see the end).

## Who is reached how

Everybody gets mail. Who can sign in may add robots of chats on their own page and choose for each kind of news;
letters about an account and meeting invitations always go by mail. In a person's quiet hours their news wait; an
organiser's "send now" does not. What waits, why, how often it was tried and what became of it is on the organiser's
page `/outbox`.

| kind of news | what is in it |
| --- | --- |
{news}

## When a chat fails

- A refusal (wrong signature, no keyword, robot gone) sends **the same row** by mail at once; the mail says so, the
  organiser sees the service's own words.
- "Too fast" and "busy" wait as long as the service asks, then it is tried again; after {tries} failures it goes by
  mail.
- No answer, or one that is not the service's (hung, dropped after the request was read, a foreign page, a body past
  64 KB): **it may have arrived**. It is not written there again; the mail says that it may have come twice. The same
  if a worker dies while the robot has it.
- Who has no mail address is tried like mail; what may have arrived fails, and the words say so.

So a chat shows a letter at most once, mail shows it at least once; with mail alone the rule of [decision
1](decisions/0001-the-row-is-the-promise.md) holds: twice only if a worker died after the server had accepted it.

## What goes into a chat

Title, paragraphs and options as plain text, and the desk's address: a group may be read by others, so a chat never
gets a link that answers without signing in. What is too long ends at a clause and says that there is more. `<at …>`
and `<@…>` in people's words call nobody.

## Where it may go

A robot's address is a secret: kept in the database, never logged, never shown whole again. It is https at one of its
service's hosts, or at a host of `HUITONG_CHAT_HOSTS`. The name is looked up once, and the very number that was
checked is connected to; loopback, private, link-local and other numbers that are not public are refused unless
`HUITONG_CHAT_NETWORKS` has them. No redirect is followed, no proxy asked; connecting takes {connect} seconds at
most, all of it {seconds}.

## How much at once

A robot gets what its service takes (below); what is more waits as "limit", and holds nobody else up.
`HUITONG_MAIL_AT_ONCE` and `HUITONG_MAIL_A_MINUTE` do the same for each receiving domain.

## A new one

A folder with `__init__.py`: `NAMES`, `REPEATS`, `CONFIRMS`, `send(row) -> Receipt`, `toward(row)`; for a chat also
`SECRET`, `EXAMPLE`, `is_address(address)`. With a robot by webhook that is one `chat.Robot` (see `feishu/`). Its
documented answers lie beside it in `answers/`, where `tests/delivery/transports/test_every_transport.py` finds and
plays them.
"""


def transports_page() -> str:
    news = "\n".join(f"| {kind} | {', '.join(f'`{row}`' for row in rows)} |" for kind, rows in ways.NEWS.items())
    facts = {"tries": ways.CHAT_TRIES, "connect": webhook.CONNECT_SECONDS, "seconds": webhook.EXCHANGE_SECONDS}
    lines = [TRANSPORTS.format(news=news, **facts)]
    for name in transports.names():
        transport = transports.get(name)
        lines += [f"## {transports.called(name, 'en')} (`{name}`)", "", str(transport.__doc__).strip(), ""]
        robot = getattr(transport, "ROBOT", None)
        if robot:
            hosts = ", ".join(f"`{host}`" for host in robot.hosts)
            lines += [f"Hosts: {hosts}, path `{robot.path}`. At once: {robot.limit.at_once}.", ""]
        if files := sorted(Path(str(transport.__file__)).parent.glob("answers/*.json")):
            lines += ["| answer | what it means |", "| --- | --- |"]
            answers = [json.loads(file.read_text(encoding="utf-8")) for file in files]
            for answer in answers:
                shown = json.dumps(answer["body"], ensure_ascii=False)
                shown = shown if len(shown) < 90 else shown[:88] + "…"
                lines.append(f"| {answer['status']} `{shown}` | {answer['outcome']} |")
            lines.append("")
    return "\n".join(lines)


PAGES: Final = {
    "access.md": access_page,
    "settings.md": settings_page,
    "commands.md": commands_page,
    "transports.md": transports_page,
}

if __name__ == "__main__":
    for file, make in PAGES.items():
        (DOCS / file).write_text(make(), encoding="utf-8")
