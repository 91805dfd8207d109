"""The matter as an official document or a memo: to download, or to read on the phone."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from huitong.documents import ReportError, format_names, kinds, media_type, write_report
from huitong.matters.brief import brief_of
from huitong.matters.texts import text_of
from huitong.method import Brief, BriefError, Channel
from huitong.web.desk import DeskRequest
from huitong.web.html_file import page_of


def document(request: DeskRequest, matter: int) -> HttpResponse:
    """GET ?kind=请示&format=docx, of what the brief says now. What stands against it is said on the writing page."""
    format = request.GET.get("format", "docx")
    if format not in format_names():
        raise Http404
    try:
        brief = brief_of(request.matter)
        if _of_the_meeting(request, brief):
            return redirect(reverse("text", args=[matter, "minutes"]) + f"?as={format}")
        written = write_report(brief, day=timezone.localdate(), kind=request.GET.get("kind", ""), format=format)
    except BriefError:
        return _to_writing(matter)
    except ReportError as error:
        messages.error(request, error.problem.message(request.person.language))
        return _to_writing(matter)
    if format == "html":
        return page_of(written)
    response = HttpResponse(written, content_type=media_type(format))
    name = f"{request.matter.title or brief.matter}"[:60].replace("/", "／")
    response.headers["Content-Disposition"] = str(content_disposition_header(True, f"{name}.{format}"))
    return response


def _of_the_meeting(request: DeskRequest, brief: Brief) -> bool:
    """Whether minutes are asked for and the matter had its meeting: then they are of what happened there."""
    asked = [kind for kind in kinds(brief.lang) if request.GET.get("kind") in (kind.code, *kind.names)]
    return any(kind.present for kind in asked) and text_of(request.matter, "minutes") is not None


def _to_writing(matter: int) -> HttpResponseRedirect:
    return redirect("write", matter=matter, channel=Channel.REPORT.value)


urlpatterns = [path("matters/<int:matter>/document", document, name="document")]
