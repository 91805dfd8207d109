"""A document that is one HTML file, answered as a page of its own."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Final

from django.http import HttpResponse

from huitong.documents import media_type

_STYLE: Final = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


def page_of(written: bytes) -> HttpResponse:
    response = HttpResponse(written, content_type=media_type("html"))
    response.headers["Content-Security-Policy"] = _policy(written)
    return response


def _policy(page: bytes) -> str:
    """The page brings its own style, known by its digest; nothing else in it may act or be asked for."""
    digests = (b64encode(sha256(style).digest()).decode() for style in _STYLE.findall(page))
    styles = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; style-src {styles}; frame-ancestors 'none'; base-uri 'none'"
