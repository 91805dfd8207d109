"""What one sets for oneself: language, time zone, form of address, where news go, phrases."""

from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from huitong.directory import feeds, phrases
from huitong.matters import house
from huitong.matters.errors import Incomplete, NotDone
from huitong.records.models import Phrase
from huitong.web import hours, reach
from huitong.web.desk import DeskRequest, why_not
from huitong.web.middleware import LANGUAGE_COOKIE

# The languages of letters; pages speak Chinese or English.
LANGUAGES = (("zh", "简体中文"), ("zh-Hant", "繁體中文"), ("en", "English"))


def me(request: DeskRequest) -> HttpResponse:
    """POST `do`: save, ways, add_chat, drop_chat, phrase or drop (with `text`), hours, learn, learn_not, forget,
    open_feed or close_feed.
    """
    if request.method != "POST":
        return _page(request)
    person, action = request.person, request.POST.get("do", "save")
    if action == "open_feed":
        # Shown here, and never again: no redirect could carry it without keeping it somewhere.
        return _page(request, new_feed=feeds.address(feeds.open_feed(person)))
    if action == "close_feed":
        feeds.close_feed(person)
        messages.success(request, _("日历地址停用了。"))
        return redirect("/me#feed")
    if action in reach.ACTIONS:
        try:
            reach.act(request)
        except Incomplete as error:
            return _page(request, **{error.field: error.message})
        except NotDone as error:
            return _page(request, chat=why_not(error))
        return redirect("/me#reach")
    if action in hours.ACTIONS:
        try:
            hours.act(request)
        except Incomplete as error:
            return _page(request, **{error.field: error.message})
        return redirect("/me#hours" if action == "hours" else "/me#learning")
    if action == "phrase":
        if phrases.keep(person, request.POST.get("text", "")):
            return redirect("/me#phrases")
        return _page(request, phrase=_("请写一句 100 字以内的话；最多留 12 句。"))
    if action == "drop":
        house.drop_phrase(person, request.POST.get("text", ""))
        return redirect("/me#phrases")
    try:
        house.set_own(
            person,
            language=request.POST.get("language", person.language),
            time_zone=request.POST.get("time_zone", person.time_zone).strip(),
            form_of_address=request.POST.get("form_of_address", person.form_of_address),
        )
    except Incomplete as error:
        return _page(request, **{error.field: error.message})
    messages.success(request, _("已保存。"))
    response = redirect("me")
    response.delete_cookie(LANGUAGE_COOKIE)  # what was chosen for one browser gives way
    return response


def _page(request: DeskRequest, new_feed: str = "", **errors: str) -> HttpResponse:
    person = request.person
    stored = {"form_of_address": person.form_of_address, "time_zone": person.time_zone}
    refused = bool(errors) and request.POST.get("do", "save") == "save"
    context = {
        "errors": errors,
        "value": {f: request.POST.get(f, v) if refused else v for f, v in stored.items()},
        "text": request.POST.get("text", "") if "phrase" in errors else "",
        "languages": LANGUAGES,
        "zones": sorted(available_timezones()),
        "own_phrases": Phrase.objects.filter(person=person).order_by("-id"),
        "calendars": person.calendars.count(),
        "feed": feeds.feed_of(person),
        "new_feed": new_feed,
        **reach.context(request, errors),
        **hours.context(request, errors),
    }
    return render(request, "me.html", context, status=422 if errors else 200)


urlpatterns = [path("me", me, name="me")]
