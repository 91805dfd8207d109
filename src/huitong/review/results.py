"""What a review gives back: plain, frozen values. Offsets count characters of the text as given."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from huitong.method.words import Channel, Element, Fault, Language, Length


@dataclass(frozen=True, slots=True)
class Span:
    """A place in the text: text == source[start:end]."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of manner, why it weakens the request, and an offer of what to write instead (never applied unasked).

    `replacement` may stand in place of exactly text[start:end]: "" leaves it out, None means that no honest wording is
    known. `instead` is that wording, or says to leave it out, or else asks for the missing fact.
    """

    code: Fault
    start: int
    end: int
    text: str
    why: str
    instead: str
    replacement: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What is there, what is missing, what to mend.

    `elements` holds only what was found, in the order of Element; `missing` what the channel needs and the text lacks,
    what matters most first; `faults` stand in the order of the text.
    """

    language: Language
    channel: Channel
    elements: Mapping[Element, tuple[Span, ...]]
    missing: tuple[Element, ...]
    faults: tuple[Finding, ...]
    length: Length

    def to_dict(self) -> dict[str, Any]:
        """The review as plain data, ready for json.dumps."""
        return {
            "language": str(self.language),
            "channel": str(self.channel),
            "elements": {str(code): [asdict(span) for span in spans] for code, spans in self.elements.items()},
            "missing": [str(code) for code in self.missing],
            "faults": [
                {
                    "code": str(f.code),
                    "start": f.start,
                    "end": f.end,
                    "text": f.text,
                    "why": f.why,
                    "instead": f.instead,
                    "replacement": f.replacement,
                }
                for f in self.faults
            ],
            "length": asdict(self.length),
        }
