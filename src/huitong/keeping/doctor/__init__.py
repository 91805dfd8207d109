"""What is well with the desk, what is not, and what to do: each check is a function in a module here.

The sentences are in findings.toml, a table a finding, in both languages.
"""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

OK, WARNING, FAILURE = "ok", "warning", "failure"
_TEXTS: Final[dict[str, dict[str, str]]] = tomllib.loads(
    (files(__name__) / "findings.toml").read_text(encoding="utf-8")
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's. `level` is ok, warning or failure; `code` names the finding, such as mail.login."""

    level: str
    code: str
    zh: str
    en: str


Check = Callable[[], Iterator[Finding]]


def finding(level: str, code: str, /, **facts: object) -> Finding:
    """The finding of this code, its sentences filled with `facts`."""
    area, _, name = code.partition(".")
    texts: Any = _TEXTS[area][name]
    return Finding(level, code, texts["zh"].format(**facts), texts["en"].format(**facts))
