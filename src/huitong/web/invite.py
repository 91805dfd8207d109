"""The link of an invitation: set a password, and you are signed in."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huitong.directory import accounts
from huitong.records.models import Link, User
from huitong.web.confirm import Reader


def take_up(request: HttpRequest, link: Link, reader: Reader) -> HttpResponse:
    if not accounts.may_take_up(link):
        return render(request, "link/gone.html", {"purpose": link.purpose}, status=410)
    if request.method != "POST":
        return _page(request, reader)
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        return _page(request, reader, again=_("两次写的不一样，请再写一遍。"))
    try:
        validate_password(password, link.person.user or User(email=link.person.email))
    except ValidationError as error:
        return _page(request, reader, password=" ".join(error.messages))
    user = accounts.take_up(link, password)
    if user is None:
        return render(request, "link/gone.html", {"purpose": link.purpose}, status=410)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    messages.success(request, _("密码设好了，欢迎您。"))
    return redirect("home")


def _page(request: HttpRequest, reader: Reader, **errors: str) -> HttpResponse:
    context = {"reader": reader, "by_link": True, "invited": reader.person, "errors": errors}
    return render(request, "link/invite.html", context, status=422 if errors else 200)
