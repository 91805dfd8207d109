"""Putting better wording into a text."""

from collections.abc import Iterable

from huitong.review.results import Finding


def applied(text: str, findings: Iterable[Finding]) -> str:
    """The text with every offered wording in place; a finding without one changes nothing.

    `findings` are of this very text. Where two overlap, the first one's wording stands.
    """
    pieces: list[str] = []
    done = 0
    for finding in sorted(findings, key=lambda f: (f.start, f.end)):
        if finding.replacement is not None and finding.start >= done:
            pieces += [text[done : finding.start], finding.replacement]
            done = finding.end
    return "".join(pieces) + text[done:]
