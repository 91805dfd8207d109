"""How fast a document of two pages is written, beside LibreOffice's conversion of the same, all in this one run.

usage: python benchmarks/documents.py [--rounds 50]

The peer is `soffice --convert-to pdf` (on Debian: apt-get install libreoffice-writer-nogui); where it is not installed
that is said. It starts anew for each document, as it does when a server calls it.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from stopwatch import median

import huitong

EXAMPLES = Path(__file__).parent.parent / "examples"
DAY = date(2026, 10, 12)
PEER_ROUNDS = 3


def cold(format: str) -> float:
    """Milliseconds from starting Python to the first document."""
    code = (
        "import huitong, pathlib, datetime; b = huitong.load_brief(pathlib.Path(r'{}').read_text('utf-8'));"
        "huitong.write_report(b, kind='请示', format='{}', day=datetime.date(2026, 10, 12))"
    ).format(EXAMPLES / "zh-simple.yaml", format)
    return median(lambda: subprocess.run([sys.executable, "-c", code], check=True), 5)


def libreoffice(docx: bytes, target: str) -> float:
    """The time that LibreOffice takes to convert the document, in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "report.docx").write_bytes(docx)
        command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", target]
        command += ["--outdir", folder, f"{folder}/report.docx"]

        def convert() -> None:
            subprocess.run(command, check=True, capture_output=True)
            if not (Path(folder) / f"report.{target}").exists():
                raise RuntimeError("soffice wrote nothing")

        convert()  # the first run makes its settings
        return median(convert, PEER_ROUNDS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=50)
    rounds = parser.parse_args().rounds
    brief = huitong.load_brief((EXAMPLES / "zh-simple.yaml").read_text(encoding="utf-8"))
    written = {f: huitong.write_report(brief, kind="请示", format=f, day=DAY) for f in ("docx", "pdf", "html")}
    print(f"a 请示 of two pages, warm, median of {rounds} rounds")
    for format in written:
        took = median(lambda f=format: huitong.write_report(brief, kind="请示", format=f, day=DAY), rounds, warm=3)  # type: ignore[misc]
        print(f"  huitong, {format:25} {took:8.1f} ms {len(written[format]) / 1000:8.0f} kB")
    # Another brief each time, so that nothing is there from the round before.
    fresh = iter(range(10_000))

    def other() -> bytes:
        changed = brief.model_copy(update={"purpose": f"定下第{next(fresh)}批的场地"})
        return huitong.write_report(changed, kind="请示", format="pdf", day=DAY)

    print(f"  {'huitong, pdf, each one new':34} {median(other, rounds, warm=3):8.1f} ms")
    if shutil.which("soffice"):
        print(f"the same document by LibreOffice, a process each, median of {PEER_ROUNDS} rounds")
        for target in ("pdf", "html"):
            print(f"  {'soffice, docx to ' + target:34} {libreoffice(written['docx'], target):8.1f} ms")
    else:
        print("LibreOffice: not installed (on Debian: apt-get install libreoffice-writer-nogui)", file=sys.stderr)
    for format in written:
        print(f"first {format} of a cold process {cold(format):.0f} ms")


if __name__ == "__main__":
    main()
