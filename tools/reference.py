"""The pages that are made from the code: docs/access.md, docs/settings.md, docs/commands.md.

`python -m tools.reference` writes them; tests/house/test_reference.py compares.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

os.environ.setdefault("HUITONG_HOME", tempfile.gettempdir())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huitong.settings")

import django

django.setup()

from huitong import cli, settings  # noqa: E402
from huitong.directory import access  # noqa: E402

DOCS: Final = Path(__file__).parent.parent / "docs"


def access_page() -> str:
    lines = [
        "# Who sees what",
        "",
        "Made from the table in `src/huitong/directory/access.py` (`python -m tools.reference`). What is not in it is",
        'refused, and "not yours" answers like "not there": 404. Who has not signed in is led to the sign-in.',
        "",
        "A leader has a role towards a matter once the request has reached them, a counterpart once a note was sent to",
        "them. An organiser keeps the directory; other people's matters are closed to them too. Pages behind a signed",
        "link (`link`) show one thing to the one person that the link was made for.",
        "",
        "| page | " + " | ".join(r.replace("_", " ") for r in access.ROLES) + " |",
        "| --- |" + " --- |" * len(access.ROLES),
    ]
    for name, roles in access.PAGES.items():
        lines.append(f"| `{name}` | " + " | ".join("yes" if r in roles else "" for r in access.ROLES) + " |")
    return "\n".join(lines) + "\n"


def settings_page() -> str:
    lines = [
        "# Settings",
        "",
        "Environment variables, read when a process starts. Made from `src/huitong/settings.py`",
        "(`python -m tools.reference`).",
        "",
        "| name | default | what it is |",
        "| --- | --- | --- |",
    ]
    for name, (default, what) in sorted(settings.SETTINGS.items()):
        lines.append(f"| `{name}` | {f'`{default}`' if default else ''} | {what} |")
    lines += ["", "`HUITONG_SAMPLE=no` starts an empty desk without offering the sample organisation.", ""]
    return "\n".join(lines)


def commands_page() -> str:
    lines = ["# Commands", "", "Made from the commands' own help (`python -m tools.reference`)."]
    plain = {**os.environ, "COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"}
    for name in cli.COMMANDS:
        asked = [sys.executable, "-m", "huitong", name, "--help"]
        shown = subprocess.run(asked, env=plain, capture_output=True, text=True, check=True).stdout
        lines += ["", f"## huitong {name}", "", "```text", *(x.rstrip() for x in shown.strip().splitlines()), "```"]
    return "\n".join(lines) + "\n"


PAGES: Final = {"access.md": access_page, "settings.md": settings_page, "commands.md": commands_page}

if __name__ == "__main__":
    for file, make in PAGES.items():
        (DOCS / file).write_text(make(), encoding="utf-8")
