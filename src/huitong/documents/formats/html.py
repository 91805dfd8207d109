"""A document as one HTML file to read on a phone: styles inside, light and dark, no address outside."""

from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Final

from huitong.documents.model import Block, Document, Heading, Labelled, Paragraph, Table

MEDIA_TYPE: Final = "text/html; charset=utf-8"
_STYLE: Final = (files("huitong.documents.formats") / "page.css").read_text("utf-8")


def write(document: Document, fonts: Sequence[Path] = ()) -> bytes:
    """The page in UTF-8. `fonts` are for formats that carry their fonts; a phone has its own."""
    body = "\n".join(_body(document))
    kind = "official" if document.official else "memo"
    return (
        f'<!doctype html>\n<html lang="{document.language.html}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<meta name="author" content="{escape(document.author)}">\n'
        f"<title>{escape(document.title)}</title>\n<style>\n{_STYLE}</style>\n</head>\n"
        f'<body>\n<main class="{kind}">\n{body}\n</main>\n</body>\n</html>\n'
    ).encode()


def _body(document: Document) -> Iterator[str]:
    yield f"<h1>{escape(document.title)}</h1>"
    if document.lines:
        rows = "".join(f"<dt>{escape(line.label)}</dt><dd>{escape(line.text)}</dd>" for line in document.lines)
        yield f"<dl>{rows}</dl>"
    if document.addressee:
        yield f'<p class="flush">{escape(document.addressee)}</p>'
    yield from (_block(block, document.official) for block in document.blocks)
    if document.closing:
        yield f"<p>{escape(document.closing)}</p>"
    if document.annexes:
        items = "".join(f"<li>{escape(name)}</li>" for name in document.annexes)
        yield f'<div class="annexes"><p class="flush">{escape(document.annex_label)}</p><ol>{items}</ol></div>'
    if document.present:
        yield _block(document.present, document.official)
    if document.signature:
        day = f'<time datetime="{document.date.isoformat()}">{escape(document.date_text)}</time>'
        yield f'<p class="signature">{escape(document.signature)}<br>{day}</p>'
    if document.contact:
        yield f"<p>{escape(document.contact)}</p>"


def _block(block: Block, official: bool) -> str:
    match block:
        case Heading():
            return f"<h{block.level + 1}>{escape(block.text)}</h{block.level + 1}>"
        case Paragraph():
            return f"<p>{escape(block.text)}</p>"
        case Labelled():
            colon = "：" if official else ": "
            return f'<p class="flush"><strong>{escape(block.label)}</strong>{colon}{escape(block.text)}</p>'
        case Table():
            return _table(block)


def _table(table: Table) -> str:
    """On a narrow screen each row is a card, with the column's name before each cell."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.columns)
    rows = "".join(
        "<tr>" + "".join(_cell(name, cell) for name, cell in zip(table.columns, row, strict=True)) + "</tr>\n"
        for row in table.rows
    )
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"


def _cell(name: str, text: str) -> str:
    return f'<td data-name="{escape(name)}">{escape(text)}</td>' if text else "<td></td>"
