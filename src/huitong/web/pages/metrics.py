"""The desk's figures for Prometheus: for who has the token of HUITONG_METRICS_TOKEN; for nobody while there is none."""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from huitong.keeping.metrics import MEDIA_TYPE, of_the_database
from huitong.web.observe import request_times


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    given = request.headers.get("Authorization", "").encode()
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given, wanted):
        raise Http404
    return HttpResponse(of_the_database(timezone.now()) + request_times(), content_type=MEDIA_TYPE)


urlpatterns = [path("metrics", metrics, name="metrics")]
