"""One template of the house: edited, tried on a sample without being kept, kept, undone, or given back."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huitong.compose.check import MAX_SOURCE, check, preview, vocabulary, wordings
from huitong.compose.template import packaged_source
from huitong.directory.wording import spoken
from huitong.matters.errors import Incomplete
from huitong.matters.prepare import mark
from huitong.matters.templates import (
    HouseTemplate,
    in_force,
    is_behind,
    restore_template,
    save_template,
    template_row,
    undo_template,
)
from huitong.method import Channel, Language, Style
from huitong.web.desk import DeskRequest
from huitong.web.pages.templates import LANGUAGES, TEXTS
from huitong.web.pages.write import STYLES

SAMPLES: Final = {
    "sparse": gettext_lazy("只写了必填的"),
    "ordinary": gettext_lazy("一般的"),
    "rich": gettext_lazy("写得全的"),
}


def template(request: DeskRequest, language: str, text: str) -> HttpResponse:
    """POST `do`: preview or save (with `source`, `was`, and `size`, `style`, `wording` to try it on), undo, restore."""
    if language not in set(Language) or text not in TEXTS:
        raise Http404
    row = template_row(request.person, Language(language), text)
    if request.method != "POST":
        return _page(request, row, in_force(row))
    source, was = request.POST.get("source", "").replace("\r\n", "\n"), request.POST.get("was", "")
    try:
        match request.POST.get("do"):
            case "save":
                save_template(request.person, Language(language), text, source, was=was)
                messages.success(request, _("已保存，往后的文稿就按这个写。"))
            case "undo":
                undo_template(request.person, Language(language), text, was=was)
                messages.success(request, _("已换回上一份。"))
            case "restore":
                restore_template(request.person, Language(language), text)
                messages.success(request, _("已恢复成自带的一份。"))
            case _preview:
                return _page(request, row, source)
    except Incomplete as error:
        if error.field == "source":
            return _page(request, row, source, refused=True)
        saving = request.POST.get("do") == "save"
        return _page(request, row, source if saving else in_force(row), clash=error.message, stored=saving)
    return redirect("template", language=language, text=text)


def _page(
    request: DeskRequest,
    row: HouseTemplate,
    source: str,
    *,
    refused: bool = False,
    clash: str = "",
    stored: bool = False,
) -> HttpResponse:
    """`source` is what stands in the field. `refused`: it was to be kept; `clash`: why what was asked was not done;
    `stored`: what the house has now is shown beside it.
    """
    language, text, sent = Language(row.language), row.name, request.POST
    mistakes = check(language, text, source)
    lines = source.split("\n")
    size = sent.get("size", "") if sent.get("size", "") in SAMPLES else "ordinary"
    style = Style(sent["style"]) if sent.get("style", "") in set(Style) else Style.PLAIN
    count = 1 if mistakes else wordings(source)
    asked = sent.get("wording", "")
    wording = min(int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 3 else 0, count - 1)
    title, when = TEXTS[text]
    context: dict[str, Any] = {
        "title": title,
        "when": when,
        "language_name": LANGUAGES[language],
        "content_language": language.html,
        "row": row,
        "own": bool(row.source),
        "behind": is_behind(row),
        "can_undo": row.pk is not None and row.source != row.previous,
        "source": source,
        "was": mark(in_force(row)) if clash or sent.get("do") not in ("save", "preview") else sent.get("was", ""),
        "now": mark(in_force(row)),
        "longest": MAX_SOURCE,
        "mistakes": [
            (m.line, m.message(spoken()), lines[m.line - 1].strip()[:200] if m.line else "") for m in mistakes
        ],
        "refused": refused,
        "clash": clash,
        "stored": in_force(row) if stored else "",
        "packaged": packaged_source(language, text) if row.source else "",
        "previews": () if mistakes else preview(language, text, source, size=size, style=style, variant=wording),
        "samples": [(value, name, value == size) for value, name in SAMPLES.items()],
        "styles": [(str(s), name, s == style) for s, name in STYLES.items()] if text in set(Channel) else [],
        "wordings": [(n, n + 1, n == wording) for n in range(count)] if count > 1 else [],
        "vocabulary": vocabulary(language, text),
    }
    status = 409 if clash else 422 if mistakes and request.method == "POST" else 200
    return render(request, "template.html", context, status=status)


urlpatterns = [path("templates/<slug:language>/<slug:text>", template, name="template")]
