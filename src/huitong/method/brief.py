"""The structured content of one request, and reading it from YAML or JSON (method: the shape of a brief)."""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from huitong.method.errors import BriefError, Problem
from huitong.method.words import Language

MAX_BYTES: Final = 1_000_000
MAX_ITEMS: Final = 200


def _text(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return value.strip()  # what Python takes for white space: str_strip_whitespace leaves U+001C to U+001F
    return value.isoformat() if isinstance(value, date) else value


def _many(value: object) -> object:
    return () if value is None else value


def _no_blank_lines(value: object) -> object:
    return (
        tuple(v for v in value if v is not None and str(v).strip())
        if isinstance(value, (list, tuple))
        else _many(value)
    )


def _day(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _minutes(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Text = Annotated[str, BeforeValidator(_text), Field(max_length=10_000)]
Lines = Annotated[tuple[Annotated[Text, Field()], ...], BeforeValidator(_no_blank_lines), Field(max_length=MAX_ITEMS)]
Day = Annotated[date | None, BeforeValidator(_day)]
Minutes = Annotated[Annotated[int, Field(ge=1, le=1440)] | None, BeforeValidator(_minutes)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Requester(_Part):
    name: Annotated[Text, Field(min_length=1)]
    department: Text = ""
    title: Text = ""


class Leader(_Part):
    name: Annotated[Text, Field(min_length=1)]
    title: Text = ""
    form_of_address: Text = ""


class OtherDepartment(_Part):
    name: Annotated[Text, Field(min_length=1)]
    contact: Text = ""
    head: Text = ""

    @property
    def counterpart(self) -> str:
        """Whom one turns to there: the head, else the contact, else the department itself."""
        return self.head or self.contact or self.name


class Effort(_Part):
    date: Day = None
    channel: Text = ""
    with_: Annotated[Text, Field(alias="with")] = ""
    result: Text = ""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True)


class Option(_Part):
    title: Text = ""
    what_leader_does: Text = ""
    minutes: Minutes = None
    benefit: Text = ""


class Precedent(_Part):
    when: Text = ""
    what: Text = ""
    result: Text = ""


class Commitment(_Part):
    what: Text = ""
    who: Text = ""
    by: Day = None


class Brief(_Part):
    """One request's content. All but the four required names may be missing; what is missing is never invented."""

    lang: Annotated[Language, BeforeValidator(lambda v: v or Language.ZH)] = Language.ZH
    requester: Requester
    leader: Leader
    other_department: OtherDepartment
    matter: Annotated[Text, Field(min_length=1)]
    purpose: Text = ""
    situation: Lines = ()
    importance: Lines = ()
    deadline: Day = None
    benefit: Lines = ()
    efforts: Annotated[tuple[Effort, ...], BeforeValidator(_many), Field(max_length=MAX_ITEMS)] = ()
    options: Annotated[tuple[Option, ...], BeforeValidator(_many), Field(max_length=MAX_ITEMS)] = ()
    preferred: Annotated[int | None, Field(ge=0)] = None
    precedents: Annotated[tuple[Precedent, ...], BeforeValidator(_many), Field(max_length=MAX_ITEMS)] = ()
    commitments: Annotated[tuple[Commitment, ...], BeforeValidator(_many), Field(max_length=MAX_ITEMS)] = ()
    followup: Lines = ()
    improvement: Text = ""
    complexity: Annotated[str, BeforeValidator(lambda v: v or "simple"), Field(pattern="^(simple|complex)$")] = "simple"

    @model_validator(mode="after")
    def _preferred_is_an_option(self) -> Self:
        if self.preferred is not None and self.options and self.preferred >= len(self.options):
            raise ValueError(f"preferred {self.preferred} {len(self.options)}")
        return self

    @property
    def preferred_option(self) -> Option | None:
        """The option that the requester leans to: the one `preferred` names, else the first."""
        if not self.options:
            return None
        return self.options[min(self.preferred or 0, len(self.options) - 1)]


def load_brief(content: str | bytes, source: str = "brief") -> Brief:
    """Read a brief from the text of a YAML or JSON file.

    `source` is the file's name, for messages. Raises BriefError with a Problem for each mistake.
    """
    return read_brief(_parse(content, source), source)


def read_brief(data: object, source: str = "brief") -> Brief:
    """Make a brief of plain data (dicts, lists, text). Raises BriefError with a Problem for each mistake."""
    if not isinstance(data, Mapping):
        raise BriefError(
            source,
            (Problem("", "不是一份简报。请写成“键: 值”。", 'This is not a brief. Write it as "key: value" lines.'),),
        )
    try:
        return Brief.model_validate(dict(data))
    except ValidationError as error:
        raise BriefError(source, tuple(_problem(e) for e in error.errors(include_url=False)[:20])) from None


class _Loader(yaml.SafeLoader):
    """Safe YAML without aliases, which can make a small file endless."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not allowed", problem_mark=event.start_mark)
        return super().compose_node(parent, index)


def _parse(content: str | bytes, source: str) -> object:
    if len(content) > MAX_BYTES:
        raise BriefError(
            source,
            (Problem("", "文件超过 1 MB。一份简报只需几 KB。", "The file is over 1 MB. A brief takes a few KB."),),
        )
    if isinstance(content, bytes):
        try:
            content = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            where = f"byte {error.start}"
            raise BriefError(
                source,
                (
                    Problem(
                        where, "不是 UTF-8 文本。请另存为 UTF-8。", "This is not UTF-8 text. Save the file as UTF-8."
                    ),
                ),
            ) from None
    try:
        if content.lstrip().startswith("{"):
            try:
                return json.loads(content)
            except json.JSONDecodeError:
                pass  # {a: 1} is YAML too
        return yaml.load(content, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        what = getattr(error, "problem", None) or "not readable"
        raise BriefError(
            source, (Problem(where, f"不是 YAML 或 JSON:{what}。", f"Neither YAML nor JSON: {what}."),)
        ) from None
    except (ValueError, RecursionError) as error:
        what = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise BriefError(source, (Problem("", f"读不了:{what}。", f"Cannot be read: {what}."),)) from None


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def _number_in(value: object) -> str:
    words = {
        "半小时": "30",
        "半个小时": "30",
        "一刻钟": "15",
        "一小时": "60",
        "一个小时": "60",
        "half an hour": "30",
        "an hour": "60",
    }
    found = re.search(r"\d+", str(value))
    return words.get(str(value).strip().lower(), found[0] if found else "30")


def _problem(error: Any) -> Problem:
    location = tuple(
        s for s in error["loc"] if not (isinstance(s, str) and s.startswith(("function-", "constrained-")))
    )
    path, kind, value = _path(location), error["type"], error.get("input")
    field = str(location[-1]) if location else ""
    shown = f"“{str(value)[:40]}”"
    quoted = f'"{str(value)[:40]}"'
    if kind == "missing" or kind == "string_too_short":
        return Problem(path, "这一项必填。", "This is required. Write it.")
    if kind == "extra_forbidden":
        return Problem(
            path, f"没有“{field}”这一项。请核对拼写。", f'There is no "{field}" in a brief. Check the spelling.'
        )
    if kind == "value_error" and "preferred" in str(error.get("ctx", {}).get("error", "")):
        _, n, count = str(error["ctx"]["error"]).split()
        return Problem(
            "preferred",
            f"没有第 {n} 个方案(从 0 数起)。请写 0 到 {int(count) - 1}。",
            f"There is no option {n} (counting from 0). Write 0 to {int(count) - 1}.",
        )
    if field == "minutes":
        n = _number_in(value)
        return Problem(path, f"{shown}不是分钟数。请写 {n}。", f"{quoted} is not a number of minutes. Write {n}.")
    if kind.startswith("date"):
        return Problem(
            path, f"{shown}不是日期。请写成 2026-10-12。", f"{quoted} is not a date. Write it as 2026-10-12."
        )
    if field == "lang":
        return Problem(path, f"{shown}不是 zh、zh-Hant、en 之一。", f"{quoted} is not one of zh, zh-Hant, en.")
    if field == "complexity":
        return Problem(path, f"{shown}不是 simple 或 complex。", f"{quoted} is not simple or complex.")
    if kind.endswith("too_long"):
        return Problem(path, "太长了。请缩短。", "This is too long. Shorten it.")
    if kind.startswith(("tuple", "list")):
        return Problem(
            path,
            f"{shown}不是列表。请每项一行,行首写“- ”。",
            f'{quoted} is not a list. Write one item a line, each after "- ".',
        )
    if kind.startswith(("model", "dict")):
        return Problem(
            path,
            f"{shown}应有自己的几项,如 {{name: …}}。",
            f"{quoted} must have keys of its own, such as {{name: ...}}.",
        )
    return Problem(path, f"{shown}不合用:{error['msg']}。", f"{quoted} cannot be used: {error['msg']}.")
