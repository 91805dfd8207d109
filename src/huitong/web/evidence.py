"""Evidence as its readers see it: tiles beside the options, and each file's pages at full width, without a download.

A reader's own page hands out its evidence (?evidence=NUMBER, &page=NUMBER), so who asks is checked where that page is.
"""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from huitong.matters.evidence import evidence_of
from huitong.records.models import Evidence, EvidencePage, Matter
from huitong.web.fields import number_of

# A picture runs nothing and asks for nothing, whatever a browser takes it for.
PICTURE_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"


def tiles(matter: Matter, address: str, *, both: bool = False) -> list[dict[str, Any]]:
    """What a page shows beside the options. `address` is the reader's own page."""
    first = dict(EvidencePage.objects.filter(evidence__matter=matter, number=1).values_list("evidence", "number"))
    return [
        {
            "row": row,
            "address": f"{address}?evidence={row.pk}",
            "picture": f"{address}?evidence={row.pk}&page=1&small=1" if row.pk in first else "",
        }
        for row in evidence_of(matter, both=both)
    ]


def serve(request: HttpRequest, matter: Matter, address: str, *, both: bool = False) -> HttpResponse:
    """One file: its page, or with &page= one of its pictures. 404 for what this reader may not see."""
    row = evidence_of(matter, both=both).filter(pk=number_of(request.GET.get("evidence"))).first()
    if row is None:
        raise Http404
    if "page" in request.GET:
        return _picture(request, row)
    pages = list(row.pages.order_by("number").values("number", "width", "height"))
    for page in pages:
        page["address"] = f"{address}?evidence={row.pk}&page={page['number']}"
    return render(request, "link/evidence.html", {"row": row, "pages": pages, "back": address, "by_link": True})


def _picture(request: HttpRequest, row: Evidence) -> HttpResponse:
    size = "small" if "small" in request.GET else "picture"
    found = row.pages.filter(number=number_of(request.GET["page"])).values_list(size, flat=True).first()
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found), content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = PICTURE_POLICY
    response["Content-Disposition"] = "inline"
    response["Cache-Control"] = "no-store"
    return response
