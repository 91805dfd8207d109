"""All that a digest brought, behind the link in its mail: what each is, where it is answered, and its whole text."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from huitong.delivery import digest
from huitong.directory import links
from huitong.records.models import Link, Outbox
from huitong.web.confirm import Reader

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Thing:
    title: str
    line: str
    address: str  # "" if there is nothing to answer
    paragraphs: list[str]
    rows: list[list[str]]


def show(request: HttpRequest, link: Link, reader: Reader) -> HttpResponse:
    found = Outbox.objects.filter(link=link, kind=digest.KIND).first()
    rows = digest.things(found) if found else Outbox.objects.none()
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    things = [_thing(row) for row in page.object_list]
    return render(request, "link/digest.html", {"reader": reader, "by_link": True, "things": things, "page": page})


def _thing(row: Outbox) -> Thing:
    said = row.payload
    address = ""
    if row.link and links.is_open(row.link, now=timezone.now()):
        address = f"/{links.token_of(row.link)}"
    elif not row.link:
        address = str(said.get("page", ""))
    paragraphs = [str(text) for text in (*said.get("before", []), *said.get("after", [])) if text]
    return Thing(str(said.get("title", "")), digest.line_of(row), address, paragraphs, said.get("rows", []))
