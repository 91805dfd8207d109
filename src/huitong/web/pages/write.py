"""Each channel's text with its review beside it: edited freely, reviewed as one types, nothing overwritten unasked."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huitong.compose import House
from huitong.documents import default_kind, kinds
from huitong.matters import request as asking
from huitong.matters.brief import brief_of
from huitong.matters.dismissed import NOTHING_ASIDE, Aside, aside_in, keep_aside, with_element, with_finding
from huitong.matters.errors import NotDone
from huitong.matters.prepare import mark
from huitong.matters.review_settings import review_house
from huitong.matters.stages import Action, can
from huitong.matters.templates import house_of
from huitong.matters.write import Text, choose_wording, composed_text, keep_edited, save_text, text_of, use_composed
from huitong.method import Brief, BriefError, Channel, Element, Language, Style
from huitong.records.models import Draft
from huitong.review import review
from huitong.web.desk import CHANNEL_NAMES, DeskRequest, life, why_not
from huitong.web.difference import difference
from huitong.web.incomplete import lacking, question_address
from huitong.web.margin import Margin, inserted, margin, mend_key, mended
from huitong.web.pages import polish

WITH_SUBJECT: Final = (Channel.EMAIL, Channel.REPORT)
# A page of an official letter holds 22 lines of 28 characters (GB/T 9704).
PAGE_LINES, LINE_CHARACTERS, PAGE_WORDS = 22, 28, 420
STYLES: Final = {
    Style.PLAIN: gettext_lazy("平实"),
    Style.FORMAL: gettext_lazy("正式"),
    Style.BRIEF: gettext_lazy("简短"),
}
WORDING_BUTTONS: Final[dict[str, Style | None]] = {str(style): style for style in STYLES} | {"another": None}
ALL_AGAIN: Final = "*"


@dataclass(frozen=True, slots=True)
class Tab:
    """One channel: how long its text is, how full its meter, and by how much it is too long."""

    channel: Channel
    name: str
    url: str
    length: str
    percent: int
    over: int


def write(request: DeskRequest, matter: int, channel: str = Channel.EMAIL) -> HttpResponse:
    """GET shows a channel's text; POST keeps what was typed and does what the button says, or gives htmx the review."""
    if channel not in CHANNEL_NAMES:
        raise Http404
    try:
        brief = brief_of(request.matter)
    except BriefError as error:
        row = request.matter
        page = {"matter": row, "life": life(row, page="write"), "lacking": lacking(row, error)}
        return render(request, "write.html", page)
    if request.method == "POST":
        return _post(request, Channel(channel), brief)
    house = house_of(request.matter)
    text = text_of(request.matter, Channel(channel), brief, house)
    return render(request, "write.html", _page(request, text, brief, house, changes="changes" in request.GET))


def _post(request: DeskRequest, channel: Channel, brief: Brief) -> HttpResponse:
    matter, person, sent = request.matter, request.person, request.POST
    house = house_of(matter)
    stored = text_of(matter, channel, brief, house)
    subject, typed = sent.get("subject", stored.subject), sent.get("text", stored.text).replace("\r\n", "\n")
    was, was_subject = sent.get("was", mark(stored.text)), sent.get("was_subject")
    if "mine" in sent:  # they have seen what is stored instead, and say so
        was, _dot, was_subject = sent["mine"].partition(".")
    if sent.get("do") == "restore":
        return _restore(request, channel)
    clash, refused = None, ""
    try:
        text = _by_button(request, channel, brief, house, typed)
        aside = _aside(request, channel, typed, stored.text)
        clash = save_text(matter, person, channel, subject=subject, text=text, was=was, was_subject=was_subject)
        if clash is None:
            keep_aside(matter, person, channel, typed, aside)
        if clash is None and not request.htmx:
            return _go_on(request, channel)
    except NotDone as error:
        refused = why_not(error)
    stored = text_of(matter, channel, brief, house)
    page = _page(request, stored, brief, house, typed=typed, subject=subject)
    if clash is not None or refused:
        # Nothing was kept: what the page began with is still what it goes on from.
        page |= {"was": was, "was_subject": was_subject or "", "refused": refused, "clash": clash is not None}
    template = "write/_answer.html" if request.htmx else "write.html"
    return render(request, template, page, status=200 if request.htmx or not (page["clash"] or refused) else 409)


def _by_button(request: DeskRequest, channel: Channel, brief: Brief, house: House, text: str) -> str:
    """What the text becomes by a finding's button, where no script has done it already."""
    sent = request.POST
    if number := sent.get("mend", ""):
        start = sent.get(f"start-{number}", "")
        changed = mended(
            text,
            start=int(start) if start.isdecimal() else 0,
            clause=sent.get(f"clause-{number}", "").replace("\r\n", "\n"),
            wording=sent.get(f"wording-{number}", ""),
        )
        if changed is None:
            messages.error(request, _("文稿里已经没有这几个字了，没有改动。"))
        return text if changed is None else changed
    if code := sent.get("insert", ""):
        lacking = _margin(request, channel, brief, house, text).lacking
        lack = next((x for x in lacking if x.code == code and x.sentence), None)
        return inserted(text, lack) if lack else text
    return text


def _go_on(request: DeskRequest, channel: Channel) -> HttpResponse:
    """The text is kept; now what else the button says."""
    matter, person, do = request.matter, request.person, request.POST.get("do", "")
    here = reverse("write", args=[matter.pk, channel])
    if do == "next":
        return redirect("time", matter=matter.pk)
    if do == "changes":
        return redirect(f"{here}?changes=1#changes")
    if do == "polish":
        return polish.from_writing(request, channel)
    if do in WORDING_BUTTONS:
        choose_wording(matter, person, WORDING_BUTTONS[do])
    if do == "composed":
        draft = use_composed(matter, person, channel)
        if draft:
            request.session[_undo_key(request, channel)] = {"subject": draft.subject, "text": draft.text}
    if do == "keep":
        keep_edited(matter, person, channel)
        messages.success(request, _("留着你改的这一份。"))
    if do == "revise":
        version = asking.revise(matter, person)
        messages.success(request, _("已换成第 %(number)s 版。") % {"number": version.number})
    return redirect(here)


def _restore(request: DeskRequest, channel: Channel) -> HttpResponse:
    """Undo going back to the composed text, unless it has been edited again meanwhile."""
    draft = request.session.get(_undo_key(request, channel))
    if draft:
        now = text_of(request.matter, channel)
        try:
            if not now.edited:
                save_text(request.matter, request.person, channel, **draft, was=mark(now.text))
                messages.success(request, _("已用回你改的那一份。"))
            del request.session[_undo_key(request, channel)]
        except NotDone as error:
            messages.error(request, why_not(error))
    return redirect("write", matter=request.matter.pk, channel=channel)


def _undo_key(request: DeskRequest, channel: Channel) -> str:
    return f"edited:{request.matter.pk}:{channel}"


def _aside(request: DeskRequest, channel: Channel, typed: str, stored: str) -> Aside:
    """What is put aside in the typed text, with what this button adds; ALL_AGAIN forgets it all."""
    key = request.POST.get("aside", "")
    if key == ALL_AGAIN:
        return NOTHING_ASIDE
    aside = aside_in(request.matter, channel, typed)
    if key in list(Element):
        return with_element(aside, Element(key))
    if not key:
        return aside
    language, house = Language(request.matter.language), review_house(request.person)
    # Its button was made from the text as it stood then: the typed one, or the one before the last words were typed.
    for text in (typed, stored):
        for finding in review(text, channel=channel, language=language, house=house).faults:
            if mend_key(finding) == key:
                return with_finding(aside, typed, text, finding, language)
    return aside


def _margin(request: DeskRequest, channel: Channel, brief: Brief, house: House, text: str) -> Margin:
    def composed() -> Iterator[str]:
        for other in dict.fromkeys((channel, Channel.EMAIL, Channel.REPORT)):
            yield composed_text(request.matter, other, brief, house).body

    found = review(text, channel=channel, language=brief.lang, house=review_house(request.person))
    return margin(text, found, brief, composed=composed, aside=aside_in(request.matter, channel, text))


def _page(
    request: DeskRequest,
    text: Text,
    brief: Brief,
    house: House,
    *,
    typed: str | None = None,
    subject: str | None = None,
    changes: bool = False,
) -> dict[str, Any]:
    """What the templates show. `typed` and `subject` are what was just sent, if that is not what is stored."""
    matter, channel = request.matter, text.channel
    shown = text.text if typed is None else typed
    draft = Draft.objects.filter(matter=matter, channel=channel).first()
    asked = asking.current_request(matter)
    others = (c for c in Channel if c != channel and not request.htmx)
    texts = {c: text_of(matter, c, brief, house).text for c in others} | {channel: shown}
    tabs = [_tab(request, c, texts[c], brief) for c in Channel if c in texts]
    beside = _margin(request, channel, brief, house, shown)
    return {
        "matter": matter,
        "life": life(matter, page="write"),
        "brief": brief,
        "channel": channel,
        "here": reverse("write", args=[matter.pk, channel]),
        "tabs": tabs,
        "tab": next(t for t in tabs if t.channel == channel),
        "text": text,
        "shown": shown,
        "subject": text.subject if subject is None else subject,
        "has_subject": channel in WITH_SUBJECT,
        "was": mark(text.text),
        "was_subject": mark(text.subject),
        "stored_marks": f"{mark(text.text)}.{mark(text.subject)}",
        "saved_at": draft.saved_at if draft else None,
        "clash": False,
        "refused": "",
        "can_edit": can(matter, Action.COMPOSE),
        "can_undo": _undo_key(request, channel) in request.session and not text.edited,
        "styles": [(str(style), name, style == matter.style) for style, name in STYLES.items()],
        "document_kinds": _kinds(brief.lang) if channel is Channel.REPORT else [],
        "margin": beside,
        "asked_by": {x.code: question_address(matter, *x.asked_by) for x in beside.lacking if x.asked_by},
        "left_out": _left_out(text, brief) if not text.edited else [],
        "changes": difference(text.composed, text.text) if changes else None,
        "sent": _sent(asked, house) if asked else None,
        **polish.button(request, text),
    }


def _sent(asked: asking.Request, house: House) -> dict[str, Any] | None:
    """The version that the leader has or will get, if what is written now differs from it."""
    if not can(asked.matter, Action.REVISE) or not asking.is_outdated(asked, house):
        return None
    version = asking.latest_version(asked)
    return {"number": version.number, "name": CHANNEL_NAMES[Channel(version.channel)], "delivered": asked.delivered_at}


def _kinds(language: Language) -> list[str]:
    """The documents that there are, that which asks first."""
    asks = default_kind(language)
    return [kind.names[0] for kind in sorted(kinds(language), key=lambda kind: kind is not asks)]


def _tab(request: DeskRequest, channel: Channel, text: str, brief: Brief) -> Tab:
    length = review(text, channel=channel, language=brief.lang).length
    size, limit = length.size, length.limit
    if limit:
        shown = f"{size} / {limit}"
    else:
        lines = sum(max(1, ceil(len(line) / LINE_CHARACTERS)) for line in text.splitlines())
        filled = size / PAGE_WORDS if brief.lang is Language.EN else lines / PAGE_LINES
        pages = max(1, ceil(filled))
        shown, limit = _("约 %(pages)s 页") % {"pages": pages}, ceil(size / max(filled, 0.01))
    return Tab(
        channel=channel,
        name=str(CHANNEL_NAMES[channel]),
        url=reverse("write", args=[request.matter.pk, channel]),
        length=shown,
        percent=min(100, round(100 * size / max(limit, 1))),
        over=max(0, size - length.limit) if length.limit else 0,
    )


def _left_out(text: Text, brief: Brief) -> list[str]:
    """The requester's own words that this channel had no room for."""
    data = brief.model_dump(mode="json", by_alias=True)
    found = []
    for place in text.left_out:
        value: Any = data
        for step in place.replace("]", "").replace("[", ".").split("."):
            value = value[int(step)] if step.isdecimal() else value[step]
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
        found.append(_("，").join(str(part) for part in parts if part))
    return found


urlpatterns = [
    path("matters/<int:matter>/write", write, name="write"),
    path("matters/<int:matter>/write/<slug:channel>", write, name="write"),
]
