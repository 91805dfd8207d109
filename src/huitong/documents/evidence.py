"""A file that somebody adds, checked by what is in it and made into pictures of its pages, or plain text.

What the pictures are made with runs in a process of its own, bounded in time and memory: a hostile file can stop that
one alone. Nothing of the file is passed on but what can be seen in it.
"""

import io
import json
import subprocess
import sys
import threading
import zipfile
from dataclasses import dataclass
from typing import Final

PICTURE, PDF, TEXT = "picture", "pdf", "text"
SECONDS: Final = 30
_HANDS: Final = threading.BoundedSemaphore(2)  # files opened at once by one web process: each takes memory
LONGEST_TEXT: Final = 50_000  # characters
ENDINGS: Final = {
    "png": PICTURE,
    "jpg": PICTURE,
    "jpeg": PICTURE,
    "gif": PICTURE,
    "webp": PICTURE,
    "pdf": PDF,
    "txt": TEXT,
    "md": TEXT,
    "csv": TEXT,
}
_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", ("png",)),
    (b"\xff\xd8\xff", ("jpg", "jpeg")),
    (b"GIF87a", ("gif",)),
    (b"GIF89a", ("gif",)),
    (b"%PDF-", ("pdf",)),
)
_PROGRAMS: Final = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP: Final = (b"<svg", b"<html", b"<!doctype", b"<script", b"<?xml")


class UnusableFile(Exception):
    """Why a file is not taken. `code` says which; the words for it are in matters/evidence.py."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as a JPEG, and small."""

    picture: bytes
    small: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Readable:
    """What can be seen in a file. `left_out` pages were too many."""

    kind: str
    pages: tuple[PagePicture, ...] = ()
    text: str = ""
    left_out: int = 0


def read_file(name: str, content: bytes) -> Readable:
    """The file's pages or text. Raises UnusableFile if it is not what its name says, or can't be read."""
    kind = _kind(name, content)
    if kind == TEXT:
        return Readable(TEXT, text=_text(content))
    return _pictures(kind, content)


def _kind(name: str, content: bytes) -> str:
    ending = name.rpartition(".")[2].lower()
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not content:
        raise UnusableFile("empty")
    if content.startswith(b"PK\x03\x04"):
        raise UnusableFile(_archive(content))
    if content.startswith(_OLD_OFFICE):
        raise UnusableFile("office")
    if content.startswith(_PROGRAMS):
        raise UnusableFile("program")
    if head.startswith(_MARKUP):
        raise UnusableFile("markup")
    if ending not in ENDINGS:
        raise UnusableFile("unknown")
    found = next((endings for magic, endings in _MAGIC if content.startswith(magic)), ())
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        found = ("webp",)
    if found and ending not in found:
        raise UnusableFile("ending")
    if not found and ENDINGS[ending] != TEXT:
        raise UnusableFile("ending")
    return ENDINGS[ending]


def _archive(content: bytes) -> str:
    """What a ZIP is; its members are not unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return "archive"
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return "macros"
    return "office" if "[Content_Types].xml" in names else "archive"


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
        if any(ord(c) < 32 and c not in "\n\t" for c in text):
            break
        if len(text) > LONGEST_TEXT:
            raise UnusableFile("long")
        return text
    raise UnusableFile("ending")


def _pictures(kind: str, content: bytes) -> Readable:
    # -P: the folder one happens to be in must not be taken for the package.
    command = (sys.executable, "-P", "-m", "huitong.documents.evidence_child", kind)
    if not _HANDS.acquire(timeout=SECONDS):
        raise UnusableFile("busy")
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise UnusableFile("heavy") from None
    finally:
        _HANDS.release()
    head, _newline, rest = done.stdout.partition(b"\n")
    try:
        told = json.loads(head)
    except ValueError:  # it was stopped by its bounds, or the file has broken it
        raise UnusableFile("heavy") from None
    if "refused" in told:
        raise UnusableFile(str(told["refused"]))
    pages, place = [], 0
    for width, height, large, small in told["pages"]:
        between = place + large
        pages.append(PagePicture(rest[place:between], rest[between : between + small], width, height))
        place = between + small
    return Readable(kind, tuple(pages), left_out=int(told["left_out"]))
