"""The tree of errors. Each says what is wrong, where, and what to write instead.

HuitongError
├── BriefError        a brief that cannot be used; `problems` names each place
├── HouseError        (review) a huitong.toml that cannot be used; `problems` names each place
├── CorpusError       (review) labelled drafts that cannot be read; `problems` names each line
├── UnreadableText    a text that cannot be reviewed (binary, too long)
├── CalendarError     (timing) a calendar that cannot be read
└── ReportError       (documents) a document that cannot be written as asked; `problem` says how to mend it
"""

from dataclasses import dataclass


class HuitongError(Exception):
    """Everything that Huitong raises on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a file. `path` is like options[1].minutes; `zh` and `en` say what is wrong and what to write."""

    path: str
    zh: str
    en: str

    def message(self, language: str) -> str:
        return self.en if language == "en" else self.zh


class _FileError(HuitongError):
    def __init__(self, source: str, problems: tuple[Problem, ...]) -> None:
        self.source = source
        self.problems = problems
        super().__init__("\n".join(f"{source}: {p.path}: {p.en}" if p.path else f"{source}: {p.en}" for p in problems))


class BriefError(_FileError):
    """The brief has mistakes. `source` is the file's name as given; `problems` has at least one entry."""


class HouseError(_FileError):
    """The house's settings have mistakes. `source` is the file's name; `problems` has at least one entry."""


class CorpusError(_FileError):
    """A file of labelled drafts has mistakes. `source` is the file's name; `problems` names each line."""


class UnreadableText(HuitongError):
    """The text is not something that a person wrote: binary, or longer than a megabyte."""
