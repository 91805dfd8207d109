"""A reading of a moment -> the sentences that say why. Each clause is said only if it is true of the leader's time."""

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from huitong.method import Language
from huitong.timing.busy import Kind
from huitong.timing.reading import Reading
from huitong.timing.wording import words
from huitong.timing.working import holiday_name, is_announced

_SAID_OF_LOAD: Final = ((0.01, "none"), (0.35, "light"), (0.6, "fair"), (0.8, "heavy"), (1.1, "full"))


def reasons_for(
    r: Reading, language: Language, home: ZoneInfo, *, country: str, calendar_known: bool
) -> tuple[str, ...]:
    """Sentences in `language`, the weightiest first. `calendar_known` is False if working hours are all there is."""
    text = words(language)
    said = [_what(r, text, home) if calendar_known else _without_calendar(r, text)]
    said += _but(r, text, language, country)
    if r.left is not None:
        said.append(_deadline(r, text, home))
    if not is_announced(r.day.frame.day, country):
        said.append(text["whole"]["unannounced"].format(year=r.day.frame.day.year))
    return tuple(said)


def _without_calendar(r: Reading, text: dict[str, Any]) -> str:
    whole = text["whole"]
    if r.outside:
        return _outside(r, text)
    return str(whole["no_calendar_quiet" if r.since_day_start >= 30 and r.to_day_end >= 45 else "no_calendar"])


def _outside(r: Reading, text: dict[str, Any]) -> str:
    return str(text["whole"]["outside"].format(until=_until(r, text)))


def _until(r: Reading, text: dict[str, Any]) -> str:
    return str(text["whole"]["until_days" if r.due is None else "until_due"])


def _what(r: Reading, text: dict[str, Any], home: ZoneInfo) -> str:
    if r.outside:
        return _outside(r, text)
    if r.kind is Kind.BUSY:
        length = r.end - r.start
        key = "all_taken" if r.taken == length else "partly_taken" if r.taken else "breathless"
        return str(text["whole"][key].format(free=length - r.taken, minutes=length, until=_until(r, text)))
    clauses = []
    if r.kind is Kind.SOFT:
        clauses.append(text["clause"]["soft"])
    elif r.pause is not None:
        ended = _clock(r.start - r.pause, home)
        clauses.append(text["clause"]["after_busy" if r.pause < 10 else "after_breath"].format(time=ended))
    elif r.after_noon:
        clauses.append(text["clause"]["after_noon"])
    clauses.append(_room(r, text, home))
    load = next(name for limit, name in _SAID_OF_LOAD if r.day.load < limit)
    if load != "none" or not r.day.has_soft:
        clauses.append(text["load"][load])
    return _sentence(clauses, text)


def _room(r: Reading, text: dict[str, Any], home: ZoneInfo) -> str:
    key = {"busy": "room", "noon": "room_to_noon", "day": "room_to_evening"}[r.room_ends]
    if r.room >= 120:
        key += "_long"
    return str(text["clause"][key].format(length=_length(r.room, text), time=_clock(r.start + r.room, home)))


def _but(r: Reading, text: dict[str, Any], language: Language, country: str) -> list[str]:
    """One sentence of what speaks against the moment, at most two things."""
    if r.outside or r.kind is Kind.BUSY:
        return []
    against = r.against
    said = text["but"]
    parts = []
    for name in sorted(against, key=lambda n: -against[n]):
        if name == "tight":
            parts.append(said[f"tight_{r.room_ends}"])
        elif name == "long_before":
            parts.append(said[name].format(length=_length(r.busy_before, text)))
        elif name == "holiday_begins":
            frame = r.day.frame
            days = (frame.day + timedelta(days=n) for n in range(1, frame.rest_after + 1))
            names = [holiday_name(day, country, language) for day in days]
            parts.append(said[name].format(name=next((n for n in names if n), said["long_weekend"])))
        elif name in said:
            parts.append(said[name])
    return [text["join"]["but"].format(what=text["join"]["and"].join(parts[:2]))] if parts else []


def _deadline(r: Reading, text: dict[str, Any], home: ZoneInfo) -> str:
    said = text["deadline"]
    left = r.left or 0
    days = (datetime.fromtimestamp((r.due or 0) * 60, home).date() - r.day.frame.day).days
    if days == 0:
        return str(said["within_hour"] if left < 60 else said["hours"].format(hours=_plural(left // 60, "hours", text)))
    if days == 1:
        return str(said["next_day"])
    return str(said["far" if days >= 4 else "days"].format(days=days))


def _sentence(clauses: list[str], text: dict[str, Any]) -> str:
    joined: str = text["join"]["comma"].join(clauses) + text["join"]["stop"]
    return joined[0].upper() + joined[1:]


def _clock(minute: int, home: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(minute * 60, home):%-H:%M}"


def _length(minutes: int, text: dict[str, Any]) -> str:
    """A length as one says it; odd minutes beyond two hours are left off."""
    hours, rest = divmod(minutes, 60)
    if minutes >= 120 or rest == 0:
        return _plural(hours, "hours", text) if rest < 30 else str(text["length"]["half_hours"].format(n=hours))
    if minutes == 90:
        return str(text["length"]["hour_and_half"])
    return str(text["length"]["minutes"].format(n=minutes))


def _plural(n: int, what: str, text: dict[str, Any]) -> str:
    return str(text["length"]["one_hour" if n == 1 and what == "hours" else what].format(n=n))
