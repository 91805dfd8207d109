"""A template's texts on a sample, as they would be read; nothing is kept."""

from dataclasses import dataclass

from huitong.compose.check.samples import said, sample
from huitong.compose.check.texts import TEXTS
from huitong.compose.request import Composed
from huitong.method import Language, Length, Style


@dataclass(frozen=True, slots=True)
class Preview:
    subject: str
    body: str
    length: Length | None


def preview(
    language: Language, name: str, source: str, *, size: str, style: Style = Style.PLAIN, variant: int = 0
) -> tuple[Preview, ...]:
    """The texts that this template makes of a sample. The source has passed `check`."""
    texts = TEXTS[name].shown(sample(language, size), said(language), {(language, name): source}, style, variant)
    return tuple(
        Preview(text.subject, text.body, text.length) if isinstance(text, Composed) else Preview("", text, None)
        for text in texts
    )
