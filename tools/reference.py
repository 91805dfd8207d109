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
from huitong.delivery import digest, transports, ways, webhook  # noqa: E402
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
        "link (`link`) show one thing to the one person that the link was made for, or all that a mail with everything",
        "at once brought them; `no_digest` ends such mails, for who has its link. Of those invited to a meeting only",
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

Everybody gets mail. Who can sign in may add chats on their own page, groups' robots or the house's own app, and choose
for each kind of news; letters about an account and meeting invitations always go by mail. In a person's quiet hours
their news wait; an organiser's "send now" does not. What waits, why, how often it was tried and what became of it is on
the organiser's page `/outbox`.

| kind of news | what is in it |
| --- | --- |
{news}

## Everything at once

Who wants it sets a time on their own page, with the kinds of news that it gathers; off until then. A row of these
kinds that falls due is hung onto the next digest: on working days, by the person's own clock, outside their quiet
hours. One mail brings up to {shown} things with one line and one link each, what is to be decided first; "and N more"
leads to the list of all, with their whole texts. What must be answered before the next one comes at once and says so;
receipts never wait. Nothing to say, no mail; one mail a day, also if the time was changed after it.

Nothing is lost or doubled by it: hanging is one transaction; nothing is hung onto a digest that was ever begun, so a
second try says no more than the first; all that it brought is sent with its receipt, in one transaction; if it fails,
each goes by itself. The requester sees only when their request goes.

It carries `List-Unsubscribe` and, where the desk's address is https, `List-Unsubscribe-Post` (RFC 2369, RFC 8058): a
mail program's POST ends it without sign-in, a GET only asks. RFC 8058 wants both under the DKIM signature (below).

## Mail that arrives, and reads well

Plain text and HTML; tables and padded cells that Outlook's Word engine sets right, colours for light and dark that also
stand a program's own inversion, Chinese fonts of each system. All letters of a matter stand in one thread, by
`References` to a root that is never sent. `Auto-Submitted` (RFC 3834) and `X-Auto-Response-Suppress` keep
out-of-office answers away; the `Message-ID` is the row's, so that a repeat is recognised.

Receiving servers believe mail whose domain vouches for it. That is done at the house's mail server and its DNS, for
the domain of `HUITONG_MAIL_FROM`, say `desk.example.com`:

1. SPF (RFC 7208), who may send: `desk.example.com. TXT "v=spf1 include:mail.example.com -all"`, or `ip4:` and the
   server's number.
2. DKIM (RFC 6376), signed by the server (Postfix with OpenDKIM or rspamd; Exchange Online and most services by a
   switch): `s1._domainkey.desk.example.com. TXT "v=DKIM1; k=rsa; p=..."`, 2048 bits, the domain of the signature that
   of `From`. Let it sign `List-Unsubscribe` and `List-Unsubscribe-Post` too.
3. DMARC (RFC 7489), what to do with the rest: `_dmarc.desk.example.com. TXT "v=DMARC1; p=none;
   rua=mailto:postmaster@example.com"`; when its reports name nobody of yours any more, `p=quarantine`, then `p=reject`.

Check with a letter to a mailbox elsewhere: its `Authentication-Results` says `spf=pass`, `dkim=pass` and `dmarc=pass`.

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

## A card that changes with its request

What goes through an app that gives each message a number can be changed: when the leader has answered, taken an answer
back or confirmed what was told of them, when the request was revised, asked anew, closed or opened again, its cards say
so, and have a button only while something is left to do. The change is a row of the outbox, written in the transaction
of its cause; the changes of one card go one at a time, and one that was overtaken before it left is not sent. A card
that can no longer be changed (Feishu: after 14 days, or recalled) is no failure of the request: an organiser sees it.
The button is a link to the leader's page, so a tap that comes late opens what was decided.

| chat | can it? |
| --- | --- |
| Feishu, direct message from the house's app (`feishuapp`) | yes |
| Feishu, DingTalk, WeCom: a group's robot | no: their webhooks give no number of the message |
| WeCom, the house's app | not as it would be needed (1) |
| DingTalk, the house's app | not without handwork (2) |
| Slack, Teams and others | no: Apprise gives no number of the message |

(1) WeCom, "更新模版卡片消息": `update_template_card` takes a `response_code` that works once, within 72 hours, and only
for cards whose buttons call back into the house from outside; an answer that is taken back needs a second one.
(2) DingTalk's cards are made from a template that somebody draws and publishes in its own editor first.

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
`AVAILABLE`, `SECRET`, `PERSONAL`, `EXAMPLE`, `is_address(address)`. If its messages can be changed, the receipt names
them (`far_id`), and rows of the kind `card` come with that name (see `feishuapp/`). With a robot by webhook that is one
`chat.Robot` (see `feishu/`). Its documented answers lie beside it in `answers/`, where
`tests/delivery/transports/test_every_transport.py` finds and plays them.
"""


def transports_page() -> str:
    news = "\n".join(f"| {kind} | {', '.join(f'`{row}`' for row in rows)} |" for kind, rows in ways.NEWS.items())
    facts = {"shown": digest.SHOWN}
    facts |= {"tries": ways.CHAT_TRIES, "connect": webhook.CONNECT_SECONDS, "seconds": webhook.EXCHANGE_SECONDS}
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
