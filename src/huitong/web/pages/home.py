"""The first page: what wants one, in order; then what is with others, since when."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone

from huitong.directory.wording import day_text
from huitong.matters.agenda import agenda
from huitong.matters.followed import has_any
from huitong.web import mood
from huitong.web.desk import DeskRequest


def home(request: DeskRequest) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "agenda": agenda(request.person),
        "today": today,
        "day": day_text(today, weekday=True, relative=False),
        "follows": has_any(request.person),
        "mood": mood.shown(request.person, reverse("mood")),
    }
    return render(request, "home.html", context)


urlpatterns = [path("", home, name="home")]
