"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation


def desk(request: HttpRequest) -> dict[str, Any]:
    language = translation.get_language() or settings.LANGUAGE_CODE
    return {
        "person": getattr(request, "person", None),
        "html_language": {"zh-hans": "zh-Hans", "en": "en"}.get(language, language),
        "mail_is_files": not settings.SMTP_URL,
    }
