"""A day and a time as typed into a form, by the clock of who typed it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from huitong.coordination.commitments import EARLIEST, LATEST
from huitong.matters.errors import Incomplete


def moment_of(text: str, zone: str, *, field: str) -> datetime:
    """That moment, aware. Raises Incomplete, naming the field, for what is none or for an hour that the clocks skip."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Incomplete(field, _("请写明日子和钟点。")) from None
    if not EARLIEST.year <= at.year <= LATEST.year:
        raise Incomplete(field, _("请写明日子和钟点。"))
    if at.tzinfo is not None:
        return at
    home = ZoneInfo(zone)
    aware = at.replace(tzinfo=home)
    if aware.astimezone(UTC).astimezone(home).replace(tzinfo=None) != at:
        raise Incomplete(field, _("那天拨快时钟，没有这个钟点。请选前后一小时。"))
    if aware.utcoffset() != aware.replace(fold=1).utcoffset():
        raise Incomplete(field, _("那天拨慢时钟，这个钟点有两次。请选前后一小时。"))
    return aware
