"""A document as DOCX, to be edited in Word and WPS: named styles, the standard's fonts by name, the standard's grid."""

import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from docx import Document as open_document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from huitong.documents.docx_styles import MEMO_PAGE, NUMBER_SIZE, OFFICIAL_PAGE, indented, prepare
from huitong.documents.model import Block, Document, Heading, Labelled, Paragraph, Table
from huitong.documents.wording import width

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_CENTURY: Final = (1980, 1, 1, 0, 0, 0)  # the earliest time that a ZIP can hold
_LONGEST_PROPERTY: Final = 255  # what Word takes
# Parts of the library's own template: a picture of its empty page, its lists, its styles once more.
_NOT_OURS: Final = ("thumbnail", "numbering", "stylesWithEffects", "customXml")
_LINE: Final = OFFICIAL_PAGE.characters


def write(document: Document, fonts: Sequence[Path] = ()) -> bytes:
    """The file's bytes. `fonts` are for formats that carry their fonts; a DOCX names them."""
    file = open_document()
    prepare(file, document.language, official=document.official)
    _footers(file, document.official)
    _title(file, document)
    if document.addressee:
        _add(file, document.addressee, "Addressee")
    for block in document.blocks:
        _block(file, block, document.official)
    if document.closing:
        _add(file, document.closing, "BodyText", keep=True)
    _annexes(file, document)
    if document.present:
        _gap(file, document.official)
        _labelled(file, document.present, document.official, "Present")
    _signature(file, document)
    return _packed(file, document)


def _footers(file: Any, official: bool) -> None:
    """— 1 — one character in from the outer edge: right on odd pages, left on even ones (GB/T 9704-2012, 7.5)."""
    section = file.sections[0]
    file.settings.odd_and_even_pages_header_footer = official
    character = round(NUMBER_SIZE * 20)
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left"))[: 2 if official else 1]:
        paragraph = footer.paragraphs[0]
        paragraph._p.style = "Footer"
        if official:
            ind = f'<w:ind {nsdecls("w")} w:{side}Chars="100" w:{side}="{character}"/>'
            properties = paragraph._p.get_or_add_pPr()
            properties.append(parse_xml(ind))
            properties.append(parse_xml(f'<w:jc {nsdecls("w")} w:val="{side}"/>'))
        paragraph.add_run("— " if official else "")
        field = f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        paragraph._p.append(parse_xml(field))
        paragraph.add_run(" —" if official else "")


def _add(file: Any, text: str, style: str, *, keep: bool = False) -> Any:
    """A paragraph in the style of that id."""
    paragraph = file.add_paragraph(text)
    paragraph._p.style = style
    if keep:
        paragraph.paragraph_format.keep_with_next = True
    return paragraph


def _gap(file: Any, official: bool, *, keep: bool = False) -> None:
    """One empty line, as the standard wants before annexes and signature; a memo's styles have their own space."""
    if official:
        _add(file, "", "BodyText", keep=keep)


def _title(file: Any, document: Document) -> None:
    _add(file, document.title, "Title")
    _gap(file, document.official, keep=True)
    for line in document.lines:
        paragraph = _add(file, "", "MemoLine")
        paragraph.add_run(f"{line.label}:").bold = True
        paragraph.add_run(f"\t{line.text}")


def _block(file: Any, block: Block, official: bool) -> None:
    match block:
        case Heading():
            _add(file, block.text, f"Heading{block.level}")
        case Paragraph():
            _add(file, block.text, "BodyText", keep=block.keep)
        case Labelled():
            _labelled(file, block, official, "BodyText")
        case Table():
            _table(file, block, official)


def _labelled(file: Any, labelled: Labelled, official: bool, style: str) -> None:
    paragraph = _add(file, "", style)
    paragraph.add_run(labelled.label + ("：" if official else ": "), style="Label")
    paragraph.add_run(labelled.text)


def _table(file: Any, content: Table, official: bool) -> None:
    """Rows that are not split, a header that comes again on the next page, and a table kept together while it fits."""
    table = file.add_table(rows=0, cols=len(content.columns))
    table._tbl.tblStyle_val = "TableGrid"
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER  # its edges are those of the text
    share = (OFFICIAL_PAGE if official else MEMO_PAGE).width / sum(content.widths)
    for number, row in enumerate((content.columns, *content.rows)):
        cells = table.add_row()
        properties = cells._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, text, part in zip(cells.cells, row, content.widths, strict=True):
            cell.width = round(part * share * 635)  # twips as English metric units
            paragraph = cell.paragraphs[0]
            paragraph._p.style = "TableHead" if number == 0 else "TableText"
            paragraph.add_run(text)
            if number < len(content.rows):
                paragraph.paragraph_format.keep_with_next = True
    for column, part in zip(table._tbl.tblGrid.gridCol_lst, content.widths, strict=True):
        column.set(qn("w:w"), str(round(part * share)))


def _annexes(file: Any, document: Document) -> None:
    if not document.annexes:
        return
    _gap(file, document.official, keep=True)
    if not document.official:
        _add(file, document.annex_label, "Heading2")
    for number, name in enumerate(document.annexes, 1):
        numbered = f"{number}. {name}" if len(document.annexes) > 1 else name
        first = number == 1 and document.official
        paragraph = _add(file, document.annex_label + numbered if first else numbered, "Annex")
        if document.official:
            # 附件：1. under which the other numbers stand, and under each name its further lines.
            indented(paragraph, left=6, hanging=4 if first else 1)


def _signature(file: Any, document: Document) -> None:
    if document.signature:
        _gap(file, document.official, keep=True)
        signed = _add(file, document.signature, "Signature", keep=True)
        if document.official:
            dated = _add(file, document.date_text, "Date", keep=bool(document.contact))
            # The date begins two characters right of the signature, and the longer of the two ends two characters from
            # the edge. Said from the left, that holds in any font.
            start = _LINE - 2 - max(width(document.signature), width(document.date_text) + 2 * _longer(document))
            indented(signed, left=max(start, 0))
            indented(dated, left=max(start, 0) + 2)
    if document.contact:
        _add(file, document.contact, "Contact")


def _longer(document: Document) -> bool:
    return width(document.date_text) > width(document.signature)


def _packed(file: Any, document: Document) -> bytes:
    """The file with the document's day for every time in it, so that the same input gives the same bytes."""
    made = datetime.combine(document.date, time(), UTC).replace(tzinfo=None)
    properties = file.core_properties
    properties.title, properties.subject = document.title[:_LONGEST_PROPERTY], document.subject[:_LONGEST_PROPERTY]
    properties.author = document.author[:_LONGEST_PROPERTY]
    properties.comments = properties.keywords = properties.last_modified_by = ""
    properties.created = properties.modified = made
    properties.revision = 1
    properties.language = document.language.value
    saved, packed = BytesIO(), BytesIO()
    for relations in (file.part.package.rels, file.part.rels):
        for relation in [r for r in relations.values() if r.reltype.rsplit("/", 1)[-1] in _NOT_OURS]:
            del relations[relation.rId]
    file.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _CENTURY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, old.read(name))
    return packed.getvalue()
