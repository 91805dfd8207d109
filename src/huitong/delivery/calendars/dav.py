"""WebDAV's XML: what is asked, and what is answered, read within bounds and without what XML can do beyond elements."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from huitong.delivery.calendars.fetching import Address, Answer, Client, trouble_of
from huitong.delivery.calendars.trouble import Trouble

MOST_ELEMENTS: Final = 200_000
DEEPEST: Final = 60
NAMES: Final = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:s="http://calendarserver.org/ns/"'
DAV, CALDAV, SERVER = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}", "{http://calendarserver.org/ns/}"


@dataclass(frozen=True, slots=True)
class Resource:
    """One response of a multistatus and what was found. `status` is 404 for what is gone, 507 for "there is more"."""

    href: str
    status: int
    found: ElementTree.Element

    def text(self, name: str) -> str:
        return (self.found.findtext(f".//{name}") or "").strip()

    def href_in(self, name: str) -> str:
        return (self.found.findtext(f".//{name}/{DAV}href") or "").strip()

    def has(self, path: str) -> bool:
        return self.found.find(f".//{path}") is not None

    def all(self, path: str) -> list[ElementTree.Element]:
        return self.found.findall(f".//{path}")


class _Bounded(ElementTree.TreeBuilder):
    """A document type could define entities that grow without end, or name files: none is read."""

    def __init__(self) -> None:
        super().__init__()
        self._elements = self._depth = 0

    def doctype(self, *_: Any) -> None:
        raise Trouble("xml")

    def start(self, tag: Any, attrs: Any) -> ElementTree.Element:
        self._elements, self._depth = self._elements + 1, self._depth + 1
        if self._elements > MOST_ELEMENTS or self._depth > DEEPEST:
            raise Trouble("xml")
        return super().start(tag, attrs)

    def end(self, tag: Any) -> ElementTree.Element:
        self._depth -= 1
        return super().end(tag)


def parse(content: bytes) -> ElementTree.Element:
    """Raises Trouble."""
    parser = ElementTree.XMLParser(target=_Bounded())  # noqa: S314 (no entities, see above)
    try:
        parser.feed(content)
        root: ElementTree.Element = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError):
        raise Trouble("xml") from None
    return root


def resources(answer: Answer) -> Iterator[Resource]:
    """The responses of a 207. Raises Trouble for any other answer."""
    if answer.status != 207:
        raise trouble_of(answer) if answer.status >= 400 else Trouble("dav")
    for response in parse(answer.body).iter(f"{DAV}response"):
        found = ElementTree.Element("found")
        for part in response.findall(f"{DAV}propstat"):
            if _status(part) == 200:
                found.extend(part.findall(f"{DAV}prop/*"))
        whole = _status(response) if response.find(f"{DAV}status") is not None else 200
        yield Resource((response.findtext(f"{DAV}href") or "").strip(), whole, found)


def _status(element: ElementTree.Element) -> int:
    words = (element.findtext(f"{DAV}status") or "").split()
    return int(words[1]) if len(words) > 1 and words[1].isascii() and words[1].isdigit() else 200


def propfind(client: Client, address: Address, names: Iterable[str], *, depth: int = 0) -> Answer:
    """The names are with the prefixes of NAMES."""
    body = f"<d:propfind {NAMES}><d:prop>{''.join(f'<{name}/>' for name in names)}</d:prop></d:propfind>"
    return client.ask("PROPFIND", address, headers=_headers(depth), body=body.encode())


def report(client: Client, address: Address, body: str, *, depth: int = 1) -> Answer:
    return client.ask("REPORT", address, headers=_headers(depth), body=body.encode())


def sync_token(answer: Answer) -> str:
    return (parse(answer.body).findtext(f"{DAV}sync-token") or "").strip()


def quoted(text: str) -> str:
    return escape(text)


def _headers(depth: int) -> dict[str, str]:
    return {"Content-Type": "application/xml; charset=utf-8", "Depth": str(depth)}
