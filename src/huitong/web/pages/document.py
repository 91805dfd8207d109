"""The matter as an official document or a memo: to download, or to read on the phone."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.http import content_disposition_header

from huitong.documents import ReportError, format_names, media_type, write_report
from huitong.matters.brief import brief_of
from huitong.method import BriefError, Channel
from huitong.web.desk import DeskRequest

_STYLE: Final = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


def document(request: DeskRequest, matter: int) -> HttpResponse:
    """GET ?kind=请示&format=docx, of what the brief says now. What stands against it is said on the writing page."""
    format = request.GET.get("format", "docx")
    if format not in format_names():
        raise Http404
    try:
        brief = brief_of(request.matter)
        written = write_report(brief, day=timezone.localdate(), kind=request.GET.get("kind", ""), format=format)
    except BriefError:
        return _to_writing(matter)
    except ReportError as error:
        messages.error(request, error.problem.message(request.person.language))
        return _to_writing(matter)
    response = HttpResponse(written, content_type=media_type(format))
    if format == "html":
        response.headers["Content-Security-Policy"] = _policy(written)
    else:
        name = f"{request.matter.title or brief.matter}"[:60].replace("/", "／")
        response.headers["Content-Disposition"] = str(content_disposition_header(True, f"{name}.{format}"))
    return response


def _policy(page: bytes) -> str:
    """The page brings its own style, known by its digest; nothing else in it may act or be asked for."""
    digests = (b64encode(sha256(style).digest()).decode() for style in _STYLE.findall(page))
    styles = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; style-src {styles}; frame-ancestors 'none'; base-uri 'none'"


def _to_writing(matter: int) -> HttpResponseRedirect:
    return redirect("write", matter=matter, channel=Channel.REPORT.value)


urlpatterns = [path("matters/<int:matter>/document", document, name="document")]
