"""What can stop a document: a rule of its kind, a kind or format that there is not, a font that is missing."""

from huitong.method import HuitongError, Language, Problem


class ReportError(HuitongError, ValueError):
    """A document that cannot be written as asked. `problem` says where in the brief and how to mend it, in both
    languages; `sentence`, and the error's own text, are in the brief's.
    """

    def __init__(self, path: str, zh: str, en: str, language: Language = Language.EN) -> None:
        self.problem = Problem(path, zh, en)
        self.sentence = self.problem.message(language.value)
        super().__init__(f"{path}: {self.sentence}")
