"""A reading of a moment -> the sentences that say why. Each clause is said only if it is true of the leader's time."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from huitong.method import Language
from huitong.timing.busy import Kind
from huitong.timing.habits import Habits
from huitong.timing.reading import STEP, Reading, Terms
from huitong.timing.wording import words
from huitong.timing.working import holiday_name, is_announced

_BETWEEN_HAN: Final = re.compile("(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")  # where a length begins with a word
WORTH_SAYING: Final = 5  # minutes of reading
FULL: Final = 0.6  # the busy share of a full week
_SAID_OF_LOAD: Final = ((0.01, "none"), (0.35, "light"), (0.6, "fair"), (0.8, "heavy"), (1.1, "full"))


def reasons_for(
    r: Reading, terms: Terms, language: Language, home: ZoneInfo, *, calendar_known: bool
) -> tuple[str, ...]:
    """Sentences in `language`, the weightiest first. `calendar_known` is False if working hours are all there is."""
    text = words(language)
    urgent = _urgent(r, terms, text, calendar_known)
    said = urgent + ([] if r.outside or r.kind is Kind.BUSY else excuse(r.broken, terms.habits, language))
    said.append(_what(r, terms, text, home) if calendar_known else _without_calendar(r, text))
    said += _but(r, terms, text, language, said_already={"prepare"} if urgent else set())
    if r.left is not None:
        said.append(_deadline(r, text, home))
    if not is_announced(r.day.frame.day, terms.working.country):
        said.append(text["whole"]["unannounced"].format(year=r.day.frame.day.year))
    return tuple(_BETWEEN_HAN.sub("", sentence) for sentence in said)


def _urgent(r: Reading, terms: Terms, text: dict[str, Any], calendar_known: bool) -> list[str]:
    """Why now, for what can't wait: the true reason, and whether the leader is free now."""
    if not terms.urgent or r.outside or r.kind is Kind.BUSY or not r.earliest:
        return []
    if terms.due is None:
        why = "said"
    elif terms.asking.days and terms.sensible is not None and r.end > terms.sensible:
        why = "late"
    else:
        why = "help" if terms.asking.days else "soon"
    said = text["urgent"]
    free = calendar_known and r.kind is Kind.FREE
    when = "first" if r.start - terms.now > STEP else "now_free" if free else "now"
    days = _plural(terms.asking.days, "working_days", text)
    return [str(said[when].format(why=said[why].format(days=days)))]


def excuse(broken: Sequence[str], habits: Habits, language: Language | str) -> list[str]:
    """The sentence that says why a moment breaks the leader's limits; none where there is nothing to say."""
    what = broken_text(broken, habits, language)
    return [words(Language(language))["broken"]["whole"].format(what=what)] if what else []


def broken_text(broken: Sequence[str], habits: Habits, language: Language | str) -> str:
    """Which of the leader's limits are broken, as a clause. That they want not to be asked on a day is not said."""
    text = words(Language(language))
    said, lengths = text["broken"], {"notice": habits.notice, "gap": habits.gap}
    parts = [str(said[name].format(length=_length(lengths.get(name, 0), text))) for name in broken if name in said]
    return str(text["join"]["comma"].join(parts[:2]))


def _without_calendar(r: Reading, text: dict[str, Any]) -> str:
    whole = text["whole"]
    if r.outside:
        return _outside(r, text)
    return str(whole["no_calendar_quiet" if r.since_day_start >= 30 and r.to_day_end >= 45 else "no_calendar"])


def _outside(r: Reading, text: dict[str, Any]) -> str:
    return str(text["whole"]["outside"].format(until=_until(r, text)))


def _until(r: Reading, text: dict[str, Any]) -> str:
    return str(text["whole"]["until_days" if r.due is None else "until_due"])


def _what(r: Reading, terms: Terms, text: dict[str, Any], home: ZoneInfo) -> str:
    if r.outside:
        return _outside(r, text)
    if r.kind is Kind.BUSY:
        length = r.end - r.start
        key = "all_taken" if r.taken == length else "partly_taken" if r.taken else "breathless"
        return str(text["whole"][key].format(free=length - r.taken, minutes=length, until=_until(r, text)))
    clauses = []
    if r.welcome:
        clauses.append(text["clause"]["welcome_short" if r.welcome.longest else "welcome"])
    if r.kind is Kind.SOFT:
        clauses.append(text["clause"]["soft"])
    elif r.pause is not None:
        ended = _clock(r.start - r.pause, home)
        clauses.append(text["clause"]["after_busy" if r.pause < 10 else "after_breath"].format(time=ended))
    elif r.after_noon and not r.welcome:
        clauses.append(text["clause"]["after_noon"])
    clauses.append(_room(r, text, home))
    if terms.asking.reading >= WORTH_SAYING and r.room < 60:
        clauses.append(text["clause"]["reading"].format(length=_length(terms.asking.reading, text)))
    load = next(name for limit, name in _SAID_OF_LOAD if r.day.load < limit)
    if load in ("none", "light") and r.day.week_load >= FULL:
        clauses.append(text["load"]["light_for_its_week"])
    elif load != "none":
        clauses.append(text["load"][load])
    elif not r.day.has_soft and not r.asked_that_day:
        clauses.append(text["load"]["none"])
    if r.beside_others and "gap" not in r.broken:
        clauses.append(text["clause"]["beside_others"])
    return _sentence(clauses, text)


def _room(r: Reading, text: dict[str, Any], home: ZoneInfo) -> str:
    key = {"busy": "room", "noon": "room_to_noon", "day": "room_to_evening"}[r.room_ends]
    if r.room >= 120:
        key += "_long"
    return str(text["clause"][key].format(length=_length(r.room, text), time=_clock(r.start + r.room, home)))


def _but(r: Reading, terms: Terms, text: dict[str, Any], language: Language, *, said_already: set[str]) -> list[str]:
    """One sentence of what speaks against the moment, at most two things."""
    if r.outside or r.kind is Kind.BUSY:
        return []
    against = {name: weight for name, weight in r.against.items() if name not in said_already}
    said = text["but"]
    parts = []
    for name in sorted(against, key=lambda n: -against[n]):
        if name == "tight":
            parts.append(said[f"tight_{r.room_ends}"])
        elif name == "long_before":
            parts.append(said[name].format(length=_length(r.busy_before, text)))
        elif name == "prepare":
            parts.append(said[name].format(days=_plural(terms.asking.days, "working_days", text)))
        elif name == "holiday_begins":
            frame = r.day.frame
            days = (frame.day + timedelta(days=n) for n in range(1, frame.rest_after + 1))
            names = [holiday_name(day, terms.working.country, language) for day in days]
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
    """A length as one says it; odd minutes beyond an hour are left off."""
    said = text["length"]
    if minutes >= 24 * 60 and minutes % (24 * 60) == 0:
        return _plural(minutes // (24 * 60), "days", text)
    hours, rest = divmod(minutes, 60)
    if minutes >= 120 or rest == 0:
        return _plural(hours, "hours", text) if rest < 30 else str(said["half_hours"].format(n=hours))
    if minutes < 60:
        return str(said["minutes"].format(n=minutes))
    return str(said["over_an_hour" if minutes < 90 else "hour_and_half" if minutes < 105 else "nearly_two"])


def _plural(n: int, what: str, text: dict[str, Any]) -> str:
    one = {"hours": "one_hour", "days": "one_day", "working_days": "one_working_day"}[what]
    return str(text["length"][one if n == 1 else what].format(n=n))
