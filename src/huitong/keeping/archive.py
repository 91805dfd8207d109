"""The file of a backup: a ZIP of known members, a manifest with the length and SHA-256 of each, and the manifest's own.

Nothing is ever unpacked by the names in it: a member is known by its pattern, or the file is refused.
"""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from django.utils import timezone

from huitong.keeping.errors import Refused

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
SEAL: Final = "manifest.sha256"
_MEMBER: Final = re.compile(r"tables/[a-z0-9_]{1,63}\.jsonl")
_MOST_MEMBERS: Final = 1_000
_LONGEST: Final = {MANIFEST: 10_000_000, SEAL: 100}
_PIECE: Final = 1_000_000
# Rows of a desk shrink to a tenth; what shrinks to less than this is made to burst.
_TIGHTEST: Final = 400
_SMALL: Final = 10_000_000

_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


class Writer:
    """Members one after another, then the manifest."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._members: dict[str, dict[str, Any]] = {}

    def add(self, name: str, pieces: Iterator[bytes]) -> int:
        """Write a member. Returns how many pieces it had."""
        digest, length, count = hashlib.sha256(), 0, 0
        about = zipfile.ZipInfo(name, date_time=timezone.now().timetuple()[:6])
        about.compress_type = zipfile.ZIP_DEFLATED
        with self._zip.open(about, "w", force_zip64=True) as member:
            for piece in pieces:
                member.write(piece)
                digest.update(piece)
                length, count = length + len(piece), count + 1
        self._members[name] = {"bytes": length, "sha256": digest.hexdigest()}
        return count

    def close(self, **facts: Any) -> None:
        content = json.dumps(
            {"format": FORMAT, **facts, "members": self._members}, ensure_ascii=False, indent=1
        ).encode()
        self._zip.writestr(MANIFEST, content)
        self._zip.writestr(SEAL, hashlib.sha256(content).hexdigest())
        self._zip.close()


class Reader:
    """A backup whose members are known and whose manifest is whole. `manifest` is its content."""

    def __init__(self, archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
        self._zip, self.manifest = archive, manifest

    @property
    def size(self) -> int:
        """How many bytes all of it unpacks to."""
        return sum(member["bytes"] for member in self.manifest["members"].values())

    def sha256(self, name: str) -> str:
        return str(self.manifest["members"][name]["sha256"])

    def check(self) -> None:
        """Read every member to its end and compare its checksum. Raises Refused with the first that differs."""
        for name, told in self.manifest["members"].items():
            digest, length = hashlib.sha256(), 0
            with self._open(name) as member:
                while piece := member.read(_PIECE):
                    digest.update(piece)
                    length += len(piece)
            if (length, digest.hexdigest()) != (told["bytes"], told["sha256"]):
                raise Refused(f"It is damaged: {name} is not what was written. Take another copy of the backup.")

    def lines(self, name: str, longest: int) -> Iterator[bytes]:
        with self._open(name) as member:
            while line := member.readline(longest + 1):
                if len(line) > longest:
                    raise Refused(
                        f"{name} has a row of more than {longest // 1_000_000} MB, which is no row of a desk."
                    )
                yield line

    @contextmanager
    def _open(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with self._zip.open(name) as member:
                yield member
        except _BROKEN:
            raise Refused(f"It is damaged: {name} cannot be read. Take another copy of the backup.") from None


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """Open a backup. Raises Refused if it is none, is cut off, is of a newer form, or holds what it should not."""
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise Refused(f"There is no file {path}.") from None
    except OSError as error:
        raise Refused(f"{path} cannot be read ({error.strerror}).") from None
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Refused(f"{path} is no backup, or was cut off. Take another copy of it.") from None
    with archive:
        yield Reader(archive, _manifest_of(archive))


def _manifest_of(archive: zipfile.ZipFile) -> dict[str, Any]:
    members = archive.infolist()
    names = [member.filename for member in members]
    if MANIFEST not in names or SEAL not in names:
        raise Refused("It is a ZIP file, but no backup of Huitong: it has no manifest.")
    if len(members) > _MOST_MEMBERS or len(set(names)) != len(names):
        raise Refused("It has too many members, or some twice; Huitong writes no such backup.")
    for member in members:
        _look_at(member)
    content = _small(archive, MANIFEST)
    if hashlib.sha256(content).hexdigest().encode() != _small(archive, SEAL).strip():
        raise Refused("It is damaged: its manifest is not what was written. Take another copy of the backup.")
    try:
        manifest = json.loads(content)
        newer = manifest["format"] > FORMAT
        well = not newer and _is_well_formed(manifest)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        newer = well = False
    if newer:
        raise Refused(
            "It was written by a newer Huitong, in a form that this version does not know. Install that version."
        )
    if not well:
        raise Refused("Its manifest says nothing that Huitong understands; it is no backup of Huitong.")
    if set(manifest["members"]) != set(names) - {MANIFEST, SEAL}:
        raise Refused("Its members are not those of its manifest. Take another copy of the backup.")
    return dict(manifest)


def _look_at(member: zipfile.ZipInfo) -> None:
    name = member.filename
    if name not in (MANIFEST, SEAL) and not _MEMBER.fullmatch(name):
        raise Refused(f"It holds {name[:80]!r}, which is no part of a backup of Huitong.")
    if member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(f"{name} is packed in a way that Huitong does not use.")
    bursts = member.file_size > _SMALL and member.file_size > _TIGHTEST * member.compress_size
    if bursts or member.file_size > _LONGEST.get(name, member.file_size):
        raise Refused(f"{name} would unpack to {member.file_size // 1_000_000} MB, which no backup of Huitong does.")


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except _BROKEN:
        raise Refused(f"It is damaged: {name} cannot be read. Take another copy of the backup.") from None


def _is_well_formed(manifest: dict[str, Any]) -> bool:
    return (
        isinstance(manifest["format"], int)
        and all(isinstance(manifest[k], str) for k in ("version", "made_at", "key"))
        and all(len(pair) == 2 and all(isinstance(part, str) for part in pair) for pair in manifest["migrations"])
        and all(
            isinstance(table["rows"], int) and isinstance(table["last"], int) and isinstance(table["columns"], list)
            for table in manifest["tables"].values()
        )
        and {f"tables/{name}.jsonl" for name in manifest["tables"]} == set(manifest["members"])
        and all(isinstance(m["bytes"], int) and isinstance(m["sha256"], str) for m in manifest["members"].values())
    )
