"""A document as its readers see it, before any format: what stands where, not how it looks."""

from dataclasses import dataclass
from datetime import date as Date

from huitong.method import Language


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` counts from 1: 一、 (一) 1. (1) in Chinese, where `text` already holds the number."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`keep`: stays on the page of what follows it, as the sentence before a table does."""

    text: str
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label and what belongs to it, in one paragraph: 出席：…, To: …"""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Every row has as many cells as there are columns. `widths` are the columns' shares."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


Block = Heading | Paragraph | Labelled | Table


@dataclass(frozen=True, slots=True)
class Document:
    """What is empty has no place in the document, and leaves no gap.

    `kind` is the kind's code; `official` says that the layout is that of GB/T 9704-2012, with A4, 22 lines of 28
    characters and the signature and date where the standard puts them.
    """

    kind: str
    language: Language
    official: bool
    title: str
    date: Date
    date_text: str
    blocks: tuple[Block, ...]
    author: str = ""
    subject: str = ""
    lines: tuple[Labelled, ...] = ()  # To, From, Date, Subject of a memo
    addressee: str = ""  # 主送机关, with its colon
    closing: str = ""
    annex_label: str = ""
    annexes: tuple[str, ...] = ()
    signature: str = ""
    contact: str = ""  # 附注, in its brackets
    present: Labelled | None = None  # 出席
