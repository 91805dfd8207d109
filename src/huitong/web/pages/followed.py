"""For a leader: what came of the matters that they decided. Only signed in: a link opens one matter, never them all."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from huitong.matters.followed import overview
from huitong.web.desk import DeskRequest


def followed(request: DeskRequest) -> HttpResponse:
    return render(request, "followed.html", {"overview": overview(request.person)})


urlpatterns = [path("followed", followed, name="followed")]
