"""Each request is numbered, timed, counted and, at level INFO, logged by the name of its route; never by its path."""

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from time import perf_counter
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from huitong import logs
from huitong.keeping.metrics import Sample, family

SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # the histogram's bounds
# Asked every few seconds by machines.
_QUIET: Final = ("healthz", "readyz", "metrics", "static")

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Times:
    counts: list[int] = field(default_factory=lambda: [0] * (len(SECONDS) + 1))
    sum: float = 0.0


# Of this process. Routes come from the resolver and statuses from our views, so there is only so much of both.
_times: Final[dict[tuple[str, int], _Times]] = defaultdict(_Times)
_lock: Final = Lock()


def observe(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        number = uuid4().hex[:16]
        before = logs.request_id.set(number)
        try:
            response = get_response(request)
            seconds, route = perf_counter() - began, _route(request)
            _count(route, response.status_code, seconds)
            level = logging.DEBUG if route in _QUIET else logging.INFO
            logs.event(
                logger, "request", level=level, route=route, status=response.status_code, ms=round(1000 * seconds)
            )
            response.headers["X-Request-ID"] = number
            return response
        finally:
            logs.request_id.reset(before)

    return middleware


def _route(request: HttpRequest) -> str:
    if request.resolver_match:
        return str(request.resolver_match.view_name)
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"


def _count(route: str, status: int, seconds: float) -> None:
    bucket = next((n for n, bound in enumerate(SECONDS) if seconds <= bound), len(SECONDS))
    with _lock:
        times = _times[route, status]
        times.counts[bucket] += 1
        times.sum += seconds


def request_times() -> str:
    """The requests that this process has answered, as a histogram by route and status."""
    samples: list[Sample] = []
    with _lock:
        known = [(route, status, list(times.counts), times.sum) for (route, status), times in sorted(_times.items())]
    for route, status, counts, total in known:
        labels, so_far = {"route": route, "status": str(status)}, 0
        for bound, count in zip((*map(str, SECONDS), "+Inf"), counts, strict=True):
            so_far += count
            samples.append(("_bucket", labels | {"le": bound}, so_far))
        samples += [("_sum", labels, total), ("_count", labels, so_far)]
    return family("request_duration_seconds", "histogram", "Requests of this process, by route and status.", samples)
