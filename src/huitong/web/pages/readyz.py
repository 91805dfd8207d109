"""Whether the desk can serve people: a line for each thing it needs, 503 if one is not well."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from huitong.keeping import state


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    parts = list(state.parts(timezone.now()))
    lines = [f"{part.name} {f'failed: {part.why}' if part.why else 'ok'}\n" for part in parts]
    status = 503 if any(part.why for part in parts) else 200
    return HttpResponse("".join(lines), content_type="text/plain; charset=utf-8", status=status)


urlpatterns = [path("readyz", readyz, name="readyz")]
