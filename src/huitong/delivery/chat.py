"""What the robots of chats have in common: the text, the one POST, and what their answers mean.

They refuse inside an HTTP 200: the code in the body decides. A row goes to a robot at most once without its refusal: an
answer that never came or can't be understood is `unsure`, never tried again there (ways.goes_by_mail_instead).
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from huitong.delivery import webhook
from huitong.delivery.leases import Limit
from huitong.delivery.transports import Receipt
from huitong.records.models import ChatAddress, Outbox

TEXTS: Final = tomllib.loads((files("huitong.delivery") / "chat.toml").read_text(encoding="utf-8"))
LATER: Final = ("slow_down", "busy")  # the meanings of a code after which trying again is of use
LONGEST_WAIT: Final = timedelta(days=1)
_CLAUSE_END: Final = re.compile(r"[。！？；，、…\n]|[.!?;,](?=\s)")
# Services read these in a text and call people, even everybody.
_CALLS: Final = re.compile(r"<(?=\s*/?\s*at\b|[@!])|@(?=(?:everyone|here|channel|all)\b)", re.IGNORECASE)
_WIDE: Final = {"<": "＜", "@": "＠"}
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

Signed = tuple[str, dict[str, Any]]


def _unsigned(address: str, secret: str, message: dict[str, Any], now: datetime) -> Signed:
    return address, message


def _text(text: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": text}}


def _errcode(body: dict[str, Any]) -> object:
    return body.get("errcode")


@dataclass(frozen=True, slots=True, kw_only=True)
class Robot:
    """One service: where its robots are, what they take, and what their codes mean (words of chat.toml).

    Its `send`, `toward` and `is_address` are its transport's.
    """

    name: str  # of its folder
    names: Mapping[str, str]
    hosts: tuple[str, ...]
    path: str
    longest: int  # bytes of the text as JSON
    limit: Limit  # a robot
    meanings: Mapping[int, str]
    waits: Mapping[int, timedelta]  # how long the documents say a limit holds
    said_means: Mapping[str, str] = field(default_factory=dict)  # where one code has several meanings: by its words
    sign: Callable[[str, str, dict[str, Any], datetime], Signed] = _unsigned  # (address, secret, message, now)
    message: Callable[[str], dict[str, Any]] = _text
    code: Callable[[dict[str, Any]], object] = _errcode  # what decides, 0 for accepted; None if the answer has none
    said: str = "errmsg"  # the field with the service's own words

    def send(self, row: Outbox) -> Receipt:
        """Write the row into its person's chat, and read what the robot answers."""
        words, kept = words_for(row, self.names), address_of(row, self.name)
        if kept is None:
            return Receipt("refused", words("no_address"))
        if not self.is_address(kept.address):
            return Receipt("refused", words("forbidden"))
        message = self.message(text_of(row, language_of(row), self.longest))
        address, message = self.sign(kept.address, kept.secret, message, timezone.now())
        try:
            answer = webhook.post(address, json.dumps(message, ensure_ascii=False).encode())
        except webhook.Trouble as trouble:
            if trouble.arrived:
                return Receipt("unsure", words("unsure", words(trouble.code)))
            return Receipt("refused" if trouble.code == "forbidden" else "later", words(trouble.code, trouble.said))
        return understand(self, answer, words)

    def toward(self, row: Outbox) -> tuple[str, Limit]:
        return toward(row, self.name, self.limit)

    def is_address(self, address: str) -> bool:
        return webhook.is_allowed(address, self.hosts, self.path)


Words = Callable[..., str]  # (a word of chat.toml, the service's own words)


def words_for(row: Outbox, names: Mapping[str, str]) -> Words:
    """What a chat's transport says of this row, in the language of whoever waits for it."""
    reader = row.matter.requester.language if row.matter else row.person.language
    service = names.get(reader) or names["zh"]

    def words(meaning: str, said: str = "") -> str:
        text = str(TEXTS.get(reader, TEXTS["zh"])[meaning])
        return text.format(service=service, person=row.person.name, said=said)

    return words


def language_of(row: Outbox) -> str:
    return row.person.language if row.person.language in TEXTS else "zh"


def address_of(row: Outbox, name: str) -> ChatAddress | None:
    return row.person.chat_addresses.filter(transport=name).first()


def toward(row: Outbox, name: str, limit: Limit) -> tuple[str, Limit]:
    """The robot, by a name that does not give its address away."""
    kept = address_of(row, name)
    return (f"{name}:{mark(kept)}", limit) if kept else ("", Limit())


def mark(kept: ChatAddress) -> str:
    return hashlib.sha256(f"{settings.SECRET_KEY}:{kept.address}".encode()).hexdigest()[:20]


def understand(robot: Robot, answer: webhook.Answer, words: Words) -> Receipt:
    """What the service's answer means for the row."""
    body, asked = answer.json(), _asked_wait(answer.headers)
    if 300 <= answer.status < 400:
        return Receipt("refused", words("redirect"))
    if answer.status == 429:
        return Receipt("later", words("slow_down"), asked or timedelta(minutes=1))
    code = robot.code(body)
    # A code is a number; true and "0" are none.
    if not isinstance(code, int) or isinstance(code, bool):
        code = None
    if code is None or (code == 0 and answer.status != 200):
        return _by_status(answer.status, asked, words)
    if code == 0:
        return Receipt("sent")
    said = f"{code} {_short(body.get(robot.said))}".strip()
    by_words = next((meaning for words_, meaning in robot.said_means.items() if words_ in said), None)
    meaning = by_words or robot.meanings.get(code, "refused")
    if meaning in LATER:
        wait = max(asked or timedelta(), robot.waits.get(code, timedelta()))
        return Receipt("later", words(meaning, said), min(wait, LONGEST_WAIT) or None)
    return Receipt("refused", words(meaning, said))


def _by_status(status: int, asked: timedelta | None, words: Words) -> Receipt:
    """For an answer that is not the service's own: what HTTP says (RFC 9110, 15)."""
    if status == 200:
        return Receipt("unsure", words("unsure", words("garbage")))
    if status in (408, 425, 503):
        return Receipt("later", words("server", str(status)), asked)
    if status >= 500:
        return Receipt("unsure", words("unsure", words("server", str(status))))
    return Receipt("refused", words("refused", f"HTTP {status}"))


def _asked_wait(headers: Mapping[str, str]) -> timedelta | None:
    for name in ("retry-after", "x-ogw-ratelimit-reset"):
        value = headers.get(name, "").strip()
        if value.isascii() and value.isdigit() and len(value) < 9:
            return min(timedelta(seconds=int(value)), LONGEST_WAIT)
    return None


def _short(said: object) -> str:
    return " ".join(_UNSEEN.sub("", str(said or "")).split())[:120]


# --- the text ---


def text_of(row: Outbox, language: str, longest: int) -> str:
    """What a robot writes: the letter as plain text of at most so many bytes, and where to go on in the desk."""
    title, body, page = told(row, language, longest)
    return "\n\n".join(filter(None, (title, body, f"{TEXTS[language]['more']}{page}")))


def told(row: Outbox, language: str, longest: int) -> tuple[str, str, str]:
    """Title, text and page of what is written into a chat. What is too long ends at a clause.

    A chat may be read by others: in place of the signed link, by which anyone could answer, stands the address of the
    page where one signs in.
    """
    letter = row.payload
    title = _clean(letter.get("title", ""))
    after = [*letter.get("after", []), letter.get("alone", "")]
    paragraphs = [*letter.get("before", []), *map(_option, letter.get("rows", [])), *after]
    body = "\n\n".join(filter(None, map(_clean, paragraphs)))
    words, page = TEXTS[language], settings.ADDRESS + page_of(row)
    if _size(f"{title}\n\n{body}\n\n{words['more']}{page}") <= longest:
        return title, body, page
    title = _cut(title, min(longest // 4, 400))
    room = longest - _size(f"{title}\n\n\n\n{words['cut']}{words['more']}{page}")
    return title, _cut(body, room) + words["cut"], page


def page_of(row: Outbox) -> str:
    """The page of the desk where one signs in and goes on."""
    if page := row.payload.get("page"):
        return str(page)
    if row.link and row.link.request_id and row.link.purpose == "decide":
        return f"/requests/{row.link.request_id}"
    return f"/notes/{row.link.note_id}" if row.link and row.link.note_id else "/"


def _option(cells: list[str]) -> str:
    title, detail, cost = (*cells, "", "", "")[:3]
    return " · ".join(filter(None, (title, detail, cost)))


def _clean(text: str) -> str:
    return _UNSEEN.sub("", _CALLS.sub(lambda call: _WIDE[call[0]], "\n".join(str(text).strip().splitlines())))


def _size(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode())


def _cut(text: str, room: int) -> str:
    """The longest beginning of the text that has room and ends with a clause; at least one that has room."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _size(text[:middle]) <= room else (low, middle - 1)
    if low == len(text):
        return text
    ends = [m.end() for m in _CLAUSE_END.finditer(text, 0, low)]
    return (text[: ends[-1]] if ends and ends[-1] > low // 2 else text[:low]).rstrip().rstrip("，、；,;")
