"""Write docs/points.md from the marks of the tests: `python -m tools.points`, or `--check` to compare it.

Each of the 38 points of the advice (tools/points.toml), with the tests marked `points("2.3")` that show it.
"""

import argparse
import difflib
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "points.md"
LISTS: Final = (8, 10, 10, 10)
HEAD: Final = """# The 38 points of the advice, and the tests that show them

Made by `make points` from the marks of the tests; `make test` compares it. The first number is the list of the advice,
the second the point in it.

{count} of {total} points are shown.
"""


class Marks:
    """A pytest plugin that takes down which test shows which point."""

    def __init__(self) -> None:
        self.tests: dict[str, set[str]] = defaultdict(set)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            for mark in item.iter_markers("points"):
                for point in mark.args:
                    self.tests[point].add(item.nodeid.partition("[")[0])


def collect() -> dict[str, set[str]]:
    marks = Marks()
    if pytest.main(["--collect-only", "-qq", "--no-header", str(ROOT / "tests")], plugins=[marks]):
        sys.exit("The tests cannot be collected; the reason is above.")
    return marks.tests


def page(words: dict[str, dict[str, str]], tests: dict[str, set[str]]) -> str:
    """The page's text. Raises ValueError for a mark of a point that does not exist."""
    if unknown := set(tests) - set(words):
        raise ValueError(f"There is no point {', '.join(sorted(unknown))}; see tools/points.toml.")
    lines = [HEAD.format(count=sum(bool(tests.get(point)) for point in words), total=len(words))]
    for number, length in enumerate(LISTS, 1):
        lines += [f"## List {number}", "", "| point | 中文 | in English | shown by |", "| --- | --- | --- | --- |"]
        for point in (f"{number}.{place}" for place in range(1, length + 1)):
            shown = "<br>".join(map(_link, sorted(tests.get(point, ())))) or "not shown yet"
            lines.append(f"| {point} | {words[point]['zh']} | {words[point]['en']} | {shown} |")
        lines.append("")
    return "\n".join(lines)


def _link(test: str) -> str:
    path, _, name = test.partition("::")
    return f"[{name.replace('::', ' ')}](../{path})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare the page instead of writing it")
    check = parser.parse_args().check
    words = tomllib.loads((ROOT / "tools" / "points.toml").read_text(encoding="utf-8"))
    text = page(words, collect())
    if not check:
        PAGE.write_text(text, encoding="utf-8")
        return
    there = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    difference = list(
        difflib.unified_diff(there.splitlines(), text.splitlines(), "docs/points.md", "the marks", lineterm="")
    )
    if difference:
        sys.exit("\n".join([*difference, "docs/points.md is not what the marks say; write it anew: make points"]))


if __name__ == "__main__":
    main()
