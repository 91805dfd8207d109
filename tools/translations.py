"""The texts of the interface: find them in templates and code, and keep the English catalogue in step.

`python -m tools.translations` adds texts that are new (without English yet), drops those that are gone, and says what
lacks English. The texts in the source are Chinese (docs/decisions/0005-chinese-msgids.md).
"""

import re
import sys
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SOURCE: Final = Path(__file__).parent.parent / "src" / "huitong"
ROOMS: Final = ("web", "matters", "coordination", "delivery", "directory")
CATALOGUE: Final = SOURCE / "web" / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS: Final = {
    "_": None,
    "N_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[sd]")


def texts() -> dict[str | tuple[str, str], list[str]]:
    """Every text with the files that it stands in; a text with a plural is a pair."""
    found: dict[str | tuple[str, str], list[str]] = {}
    for room in ROOMS:
        for path in sorted((SOURCE / room).rglob("*")):
            if path.suffix == ".py":
                code = path.read_text(encoding="utf-8")
            elif path.suffix in (".html", ".txt") and "templates" in path.parts:
                # What is left of the template is no Python; its indentation must not be read as such.
                code = re.sub(r"(?m)^\s+", "", templatize(path.read_text(encoding="utf-8")))
            else:
                continue
            for _line, message, _comments, _context in extract("python", BytesIO(code.encode()), KEYWORDS):
                if message and message != ("", ""):
                    found.setdefault(message, []).append(str(path.relative_to(SOURCE)))
    return found


def catalogue() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale="en", project="huitong", charset="utf-8")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def update() -> Catalog:
    """The catalogue with exactly the texts of the source, the English kept where there is one."""
    old, new = catalogue(), Catalog(locale="en", project="huitong", charset="utf-8", fuzzy=False)
    for text, files in sorted(texts().items(), key=lambda item: (item[1][0], str(item[0]))):
        known = old.get(text if isinstance(text, str) else text[0])
        english = known.string if known else ("" if isinstance(text, str) else ("", ""))
        flags = ["python-format"] if _PLACEHOLDER.search(str(text)) else []
        new.add(text, english, locations=[(f, None) for f in dict.fromkeys(files)], flags=flags)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, new, width=0, omit_header=False, include_lineno=False)
    return new


def placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def problems(message: Message) -> list[str]:
    """What is wrong with one entry: no English, or other placeholders than the Chinese."""
    if not message.id:
        return []
    pairs = (
        [(message.id, message.string)] if isinstance(message.id, str) else zip(message.id, message.string, strict=True)
    )
    wrong = []
    for text, english in pairs:
        if not english:
            wrong.append(f"{text!r} has no English")
        elif placeholders(text) != placeholders(english):
            wrong.append(f"{text!r} and {english!r} have other placeholders")
    return wrong


if __name__ == "__main__":
    lacking = [problem for message in update() for problem in problems(message)]
    sys.stdout.write("\n".join(lacking) + f"\n{len(lacking)} to mend in {CATALOGUE}\n")
