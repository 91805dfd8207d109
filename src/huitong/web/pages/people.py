"""The organiser's directory: everyone, searched, and a new entry."""

from typing import Final

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from huitong.directory import access
from huitong.matters import house
from huitong.matters.errors import Incomplete
from huitong.web.desk import DeskRequest

A_PAGE: Final = 30


def people(request: DeskRequest) -> HttpResponse:
    """?q= searches name, department, title and address; POST `name`, `department`, `email` adds an entry."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        details = house.Details(
            name=request.POST.get("name", ""),
            department=request.POST.get("department", ""),
            email=request.POST.get("email", ""),
            language=request.person.language,
            time_zone=request.person.time_zone,
        )
        try:
            return redirect("person", house.save_person(request.person, None, details).pk)
        except Incomplete as error:
            errors = {error.field: error.message}
    words = " ".join(request.GET.get("q", "").split())[:100]
    rows = access.directory_for(request.person).select_related("user")
    for word in words.split():
        named = Q(name__icontains=word) | Q(form_of_address__icontains=word) | Q(title__icontains=word)
        rows = rows.filter(named | Q(email__icontains=word) | Q(department__name__icontains=word))
    page = Paginator(rows.order_by("department__name", "name", "id"), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, _state(row)) for row in page.object_list],
        "words": words,
        "errors": errors,
        "value": {f: request.POST.get(f, "") for f in ("name", "department", "email")},
        "departments": access.departments_for(request.person).order_by("name"),
    }
    return render(request, "people.html", context, status=422 if errors else 200)


def _state(row: house.Person) -> str:
    if house.can_sign_in(row):
        return _("可以登录")
    return _("有账号，还没设密码") if row.user_id else _("没有账号")


urlpatterns = [path("people", people, name="people")]
