"""Every matter that one has opened: searched by its words, open and closed."""

from typing import Final

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from huitong.matters.agenda import search
from huitong.matters.stages import Stage
from huitong.matters.whereabouts import whereabouts_of
from huitong.web.desk import DeskRequest

A_PAGE: Final = 20


def matters(request: DeskRequest) -> HttpResponse:
    """?q= searches title, other department and outcome; ?state=closed shows what is closed; ?page= leafs."""
    words = " ".join(request.GET.get("q", "").split())[:100]
    closed = request.GET.get("state") == "closed"
    rows = search(request.person, words)
    rows = rows.filter(stage=Stage.CLOSED) if closed else rows.exclude(stage=Stage.CLOSED)
    page = Paginator(rows.order_by("-stage_since", "-id"), A_PAGE).get_page(request.GET.get("page"))
    where = whereabouts_of(page.object_list, request.person)
    context = {
        "rows": [(row, where[row.pk]) for row in page.object_list],
        "page": page,
        "words": words,
        "closed": closed,
    }
    return render(request, "matters.html", context)


urlpatterns = [path("matters", matters, name="matters")]
