"""What can stop a document: a rule of its kind, a kind or format that there is not, a font that is missing."""

from huitong.method import HuitongError, Language, Problem


class ReportError(HuitongError, ValueError):
    """A document that cannot be written as asked. `problem` says where in the brief, and how to mend it."""

    def __init__(self, path: str, zh: str, en: str, language: Language = Language.EN) -> None:
        self.problem = Problem(path, zh, en)
        said = self.problem.message(language.value)
        super().__init__(f"{path}: {said}" if path else said)
