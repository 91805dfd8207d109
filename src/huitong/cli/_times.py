"""What the commands that read calendars share: their formats, times and zones as they are given."""

import os
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import available_timezones

from huitong.cli._console import UNUSABLE, stop
from huitong.method import Language

CALENDAR_BYTES: Final = 5_000_000
HOME_ZONE: Final = "Asia/Shanghai"
# Between the reasons of a time: each is a sentence.
JOINS: Final = {Language.ZH: "", Language.ZH_HANT: "", Language.EN: " "}


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


def zone_of_this_machine() -> str:
    """The zone that TZ names, else the method's home."""
    name = os.environ.get("TZ", "")
    return name if name in available_timezones() else HOME_ZONE


def read_time(value: str | None, option: str) -> date | datetime | None:
    """An ISO date or date-time as it stands; the engine knows in which zone. Ends the command if it is none."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value) if len(value) <= 10 else datetime.fromisoformat(value)
    except ValueError:
        stop(f'{option}: "{value}" is not a time. Write 2026-10-12 or 2026-10-12T09:30.', UNUSABLE)
