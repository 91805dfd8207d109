"""What goes to the leader, at the moment it goes: the speaking card, the text to send oneself, or the letter."""

import re
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from huitong.compose import CardLine, House, SpeakingCard, likely_questions, speaking_card
from huitong.matters import request as asking
from huitong.matters.brief import brief_of
from huitong.matters.decide import standing_decision
from huitong.matters.errors import NotDone
from huitong.matters.questions import ASKED_BY
from huitong.matters.templates import house_of
from huitong.matters.write import composed_text, text_of
from huitong.method import Brief, BriefError, Channel, Element, Language, Style
from huitong.records.models import Matter
from huitong.web.desk import DeskRequest, life, why_not
from huitong.web.incomplete import lacking, question_address

_SENTENCE: Final = re.compile(r"[^。！？；\n]+[。！？；]*[”’」）]?|[^\n]+?[.!?;](?=\s|$)")
_PER_MINUTE: Final = {Language.EN: 150}  # words; of Chinese, 270 characters


def speak(request: DeskRequest, matter: int) -> HttpResponse:
    """GET shows it, before a moment is set as a rehearsal; POST: the requester has said or sent it."""
    row = request.matter
    try:
        brief = brief_of(row)
    except BriefError as error:
        page = {"matter": row, "life": life(row, page="speak"), "lacking": lacking(row, error)}
        return render(request, "speak.html", page)
    if request.method == "POST":
        try:
            asking.hand_over(row, request.person)
        except NotDone as error:
            return render(request, "speak.html", _page(request, brief) | {"error": why_not(error)}, status=409)
        messages.success(request, _("记下了，等回话。领导说了什么，回来写一句。"))
        return redirect("matter", matter=row.pk)
    return render(request, "speak.html", _page(request, brief))


def _page(request: DeskRequest, brief: Brief) -> dict[str, Any]:
    matter = request.matter
    asked, house = asking.current_request(matter), house_of(matter)
    page: dict[str, Any] = {
        "matter": matter,
        "life": life(matter, page="speak"),
        "name": asked.leader.address if asked else brief.leader.form_of_address or brief.leader.name,
        "language": brief.lang.html,
        "asked": asked,
        "way": asked.way if asked else "",
        "answered": asked is not None and standing_decision(asked) is not None,
        "early": asked is not None and asked.delivered_at is None and asked.deliver_at > timezone.now(),
    }
    if asked is None:
        return page | _to_say(matter, text_of(matter, Channel.SPOKEN, brief, house).text, brief, brief, house)
    version = asking.latest_version(asked)
    other_now = asking.is_outdated(asked, house)
    page |= {"version": version, "outdated": other_now and asked.delivered_at is None, "other_now": other_now}
    if asked.way == asking.PERSON:
        page |= _to_say(matter, version.text, Brief.model_validate(version.brief), brief, house)
    return page


def _to_say(matter: Matter, text: str, composed_of: Brief, now: Brief, house: House) -> dict[str, Any]:
    """The card, and what the leader may ask with where an answer that is missing is asked for."""
    anywhere = ASKED_BY[Element.SITUATION]  # a house may ask about what the questions don't ask for
    found = likely_questions(now, house=house)
    questions = [(q, question_address(matter, *ASKED_BY.get(q.element, anywhere))) for q in found]
    return {"card": card_of(matter, text, composed_of, house), "questions": questions, "spoken": text}


def card_of(matter: Matter, text: str, brief: Brief, house: House) -> SpeakingCard:
    """The card of the brief; of a text that was edited by hand its sentences, stopping to listen after a question."""
    if text == composed_text(matter, Channel.SPOKEN, brief, house).body:
        return speaking_card(brief, Style(matter.style), matter.variant, house=house)
    lines = tuple(CardLine(s, listen=s.endswith(("？", "?"))) for m in _SENTENCE.finditer(text) if (s := m[0].strip()))
    size = len(text.split()) if brief.lang is Language.EN else sum(map(len, text.split()))
    return SpeakingCard(lines, -(-size * 60 // _PER_MINUTE.get(brief.lang, 270)))


urlpatterns = [path("matters/<int:matter>/speak", speak, name="speak")]
