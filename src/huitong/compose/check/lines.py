"""Where in a TOML text each key stands: tomllib tells what a text holds, not on which line."""

import re
from collections.abc import Iterator
from typing import Final

Path = tuple[str | int, ...]  # ("part", 3, "text", 0)

_TOKEN: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|\n|[\[\]{}=,]|[^\s\[\]{}=,#"\']+',
    re.DOTALL,
)


class Lines:
    """The lines of a text that tomllib can read; `of` gives the nearest line that is known for a path."""

    def __init__(self, source: str) -> None:
        self._lines: dict[Path, int] = {}
        self._tables: dict[Path, int] = {}  # how many [[tables]] a path has had
        here: Path = ()
        pieces = _pieces(source)
        for line, piece in pieces:
            if piece == "[":
                here = self._header(line, pieces)
            elif piece != "\n":
                self._value((*here, *self._resolved(_key(piece, pieces, "="))), line, pieces)

    def of(self, path: Path) -> int:
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def _header(self, line: int, pieces: Iterator[tuple[int, str]]) -> Path:
        _, piece = next(pieces)
        many = piece == "["
        keys = _key("" if many else piece, pieces, "]")
        if many:
            next(pieces)
            place = (*self._resolved(keys[:-1]), keys[-1])
            self._tables[place] = self._tables.get(place, -1) + 1
        path = self._resolved(keys)
        self._lines.setdefault(path, line)
        return path

    def _resolved(self, keys: list[str]) -> Path:
        """The path of the keys, with the number of the latest table where there are several."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            if path in self._tables:
                path = (*path, self._tables[path])
        return path

    def _value(self, path: Path, line: int, pieces: Iterator[tuple[int, str]]) -> None:
        self._lines.setdefault(path, line)
        depth, element, awaited = 0, 0, False
        for at, piece in pieces:
            if piece == "\n" and depth == 0:
                return
            if awaited and depth == 1 and piece not in ("\n", "]", ",") and not piece.startswith("#"):
                self._lines.setdefault((*path, element), at)
                awaited = False
            if piece in ("[", "{"):
                depth += 1
                awaited = awaited or depth == 1
            elif piece in ("]", "}"):
                depth -= 1
            elif piece == "," and depth == 1:
                element, awaited = element + 1, True


def _pieces(source: str) -> Iterator[tuple[int, str]]:
    line, at = 1, 0
    for found in _TOKEN.finditer(source):
        line += source.count("\n", at, found.start())
        at = found.start()
        if not found[0].startswith("#"):
            yield line, found[0]


def _key(piece: str, pieces: Iterator[tuple[int, str]], end: str) -> list[str]:
    """The dotted key that begins with `piece`, up to `end`, as its steps."""
    steps: list[str] = []
    while piece != end:
        steps += [piece[1:-1]] if piece[:1] in ("'", '"') else [step for step in piece.split(".") if step]
        piece = next(pieces)[1]
    return steps
