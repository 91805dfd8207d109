"""The house's app at Feishu: both of its settings are there, and Feishu lets it in. No message is sent."""

from collections.abc import Iterator
from typing import Final

from django.conf import settings

from huitong.delivery import webhook
from huitong.delivery.transports import feishuapp
from huitong.keeping.doctor import FAILURE, OK, Finding, finding

SECONDS: Final = 4  # for the exchange; the check has 5


def check() -> Iterator[Finding]:
    """Nothing is said where no app is set up."""
    if not (settings.FEISHU_APP_ID or settings.FEISHU_APP_SECRET):
        return
    if not (settings.FEISHU_APP_ID and settings.FEISHU_APP_SECRET):
        missing = "HUITONG_FEISHU_APP_SECRET" if settings.FEISHU_APP_ID else "HUITONG_FEISHU_APP_ID"
        yield finding(FAILURE, "feishu.half", missing=missing)
        return
    try:
        said = feishuapp.refusal(seconds=SECONDS)
    except webhook.Trouble as trouble:
        yield finding(
            FAILURE, "feishu.away", address=settings.FEISHU_ADDRESS, error=f"{trouble.code} {trouble.said}".strip()
        )
    else:
        yield finding(FAILURE, "feishu.refused", said=said) if said else finding(OK, "feishu.well")
