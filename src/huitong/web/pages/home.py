"""The first page: what wants one, in order; then what is with others, since when."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from huitong.matters.agenda import agenda
from huitong.web.desk import DeskRequest


def home(request: DeskRequest) -> HttpResponse:
    return render(request, "home.html", {"agenda": agenda(request.person), "today": timezone.localdate()})


urlpatterns = [path("", home, name="home")]
