"""What a leader says of today from their first page; they come back to it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST

from huitong.matters.errors import NotDone
from huitong.web import mood as taps
from huitong.web.desk import DeskRequest, why_not


@require_POST
def mood(request: DeskRequest) -> HttpResponse:
    """POST `do`: bad_day, ten_minutes or mood_undo."""
    do = request.POST.get("do", "")
    if do in taps.ACTIONS:
        try:
            taps.act(request, request.person, do)
        except NotDone as error:
            messages.error(request, why_not(error))
    return redirect("home")


urlpatterns = [path("mood", mood, name="mood")]
