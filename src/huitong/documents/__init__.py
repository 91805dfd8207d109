"""Brief -> DOCX, PDF, HTML, by kinds of documents (method: writing; points 1.7, 4.9). See docs/documents.md."""

from huitong.documents.errors import ReportError
from huitong.documents.kind import Kind, default_kind, kinds
from huitong.documents.model import Document, Heading, Labelled, Paragraph, Table
from huitong.documents.plain import write_text
from huitong.documents.report import format_names, media_type, write_report

__all__ = [
    "Document",
    "Heading",
    "Kind",
    "Labelled",
    "Paragraph",
    "ReportError",
    "Table",
    "default_kind",
    "format_names",
    "kinds",
    "media_type",
    "write_report",
    "write_text",
]
