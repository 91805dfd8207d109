"""Enter the desk as a sample person. Only with sample data, only on this machine."""

from django.contrib.auth import login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from huitong.directory import sample
from huitong.records.models import Person
from huitong.web.desk import DeskRequest


def demo(request: DeskRequest, token: str = "") -> HttpResponse:
    if not sample.is_local(request):
        raise Http404
    chosen = sample.person_of(token) if token else None
    if token and chosen is None:
        raise Http404
    if chosen is None and not (request.person and request.person.is_sample):
        raise Http404
    if chosen and request.method == "POST":
        login(request, chosen.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return redirect("home")
    people = [chosen] if chosen else _everyone()
    return render(request, "demo.html", {"people": [(p, sample.sign(p)) for p in people], "chosen": chosen})


def _everyone() -> list[Person]:
    return list(
        Person.objects.filter(is_sample=True, user__isnull=False, added_by=None)
        .select_related("department")
        .order_by("department_id", "id")
    )


urlpatterns = [path("demo", demo, name="demo"), path("demo/<str:token>", demo, name="demo")]
