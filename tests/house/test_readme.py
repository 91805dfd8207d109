"""What the README shows works as it stands there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BOTH = README + (ROOT / "README.zh.md").read_text(encoding="utf-8")
LINES = [line for block in re.findall(r"```sh\n(.*?)```", BOTH, re.S) for line in block.splitlines() if line]


@pytest.mark.parametrize("line", sorted({line for line in LINES if line.startswith("huitong")}))
def test_a_command_of_the_readme_answers(line: str) -> None:
    paths = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    shown = subprocess.run(["sh", "-c", line], cwd=ROOT, env=paths, capture_output=True, text=True)
    assert shown.returncode in (0, 1)  # 1: the review has something to mend
    assert len(shown.stdout) > 20


def test_the_python_of_the_readme_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.S)
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "您好" in shown.stdout


def test_every_link_and_picture_of_the_documents_leads_somewhere() -> None:
    missing = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r'\]\(([^)#\s]+)|src="([^"]+)"', page.read_text(encoding="utf-8")):
            link = target[0] or target[1]
            if not link.startswith(("http", "mailto")) and not (page.parent / link).exists():
                missing.append(f"{page.name}: {link}")
    assert missing == []
