"""How fast the review is, beside tools that look at Chinese text without understanding it, all in this one run.

usage: python benchmarks/review.py [--rounds 200]

The peers are textlint with 800 phrases, zhlint and autocorrect (`npm install --prefix benchmarks/peers`), and the bare
multi-pattern scan for the same phrases (`pip install ahocorasick-rs`); one that is not installed is named and left out.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from stopwatch import median

import huitong

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core, as `huitong` itself has it
HERE = Path(__file__).parent
CORPUS = HERE.parent / "corpus"
DRAFT = 600
PHRASES = 800
BULK = 1_000_000


def draft(language: str) -> str:
    """A good draft of about 600 characters, from the corpus."""
    lines = (CORPUS / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [row["text"] for row in map(json.loads, lines) if row["lang"] == language and row["channel"] == "email"]
    text = min(texts, key=lambda t: abs(len(t) - DRAFT))
    while len(text) < DRAFT:
        text += "\n" + text
    return text[:DRAFT]


def cold() -> float:
    """Milliseconds from starting Python to the first result of a review."""
    code = "import huitong; huitong.review('王总，采购部一直推诿，请您协调。', channel='chat')"
    return median(lambda: subprocess.run([sys.executable, "-c", code], check=True), 7)


def bulk() -> float:
    """Characters a second over drafts of the corpus, on one core."""
    rows = [json.loads(line) for line in (CORPUS / "zh.jsonl").read_text(encoding="utf-8").splitlines()]
    done, begun = 0, time.perf_counter()
    while done < BULK:
        for row in rows:
            huitong.review(row["text"], channel=row["channel"], language=row["lang"])
            done += len(row["text"])
    return done / (time.perf_counter() - begun)


def phrases() -> list[str]:
    """800 phrases of two to four characters that stand in the corpus, as a phrase list would."""
    text = (CORPUS / "zh.jsonl").read_text(encoding="utf-8")
    han = "".join(c if "\u4e00" <= c <= "\u9fff" else " " for c in text).split()
    found = dict.fromkeys(word[:4] for word in han if len(word) >= 2)
    return list(found)[:PHRASES]


def peers(text: str, rounds: int) -> dict[str, float]:
    """The peers' medians for this text, as far as they are installed."""
    words = phrases()
    measured: dict[str, float] = {}
    if shutil.which("node") and (HERE / "peers" / "node_modules").is_dir():
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "draft.txt").write_text(text, encoding="utf-8")
            rules = "".join(f'  - expected: "{word}。"\n    pattern: "{word}"\n' for word in words)
            (Path(folder) / "prh.yml").write_text(f"version: 1\nrules:\n{rules}", encoding="utf-8")
            arguments = [f"{folder}/draft.txt", f"{folder}/prh.yml", str(rounds)]
            done = subprocess.run(
                ["node", HERE / "peers" / "measure.mjs", *arguments], capture_output=True, text=True, check=True
            )
            measured |= json.loads(done.stdout.strip().splitlines()[-1])
    else:
        print("textlint, zhlint, autocorrect: not installed (npm install --prefix benchmarks/peers)", file=sys.stderr)
    try:
        from ahocorasick_rs import AhoCorasick  # noqa: PLC0415 - a peer, not a dependency

        scan = AhoCorasick(words)
        measured["bare scan for the 800 phrases"] = median(lambda: scan.find_matches_as_indexes(text), rounds, warm=10)
    except ImportError:
        print("bare scan: not installed (pip install ahocorasick-rs)", file=sys.stderr)
    return measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    chinese, english = draft("zh"), draft("en")
    rows = {
        "huitong, Chinese": median(lambda: huitong.review(chinese, channel="email", language="zh"), rounds, warm=10),
        "huitong, English": median(lambda: huitong.review(english, channel="email", language="en"), rounds, warm=10),
        **peers(chinese, rounds),
    }
    print(f"one draft of {DRAFT} characters, warm, median of {rounds} rounds")
    for name, milliseconds in rows.items():
        print(f"  {name:34} {milliseconds:8.3f} ms")
    print("cost as a text grows (Chinese)")
    for size in (10_000, 100_000, 300_000):
        long = (chinese + "\n") * (size // DRAFT)
        took = median(lambda text=long: huitong.review(text, channel="email", language="zh"), 3, warm=10)  # type: ignore[misc]
        print(f"  {len(long):9} characters {took:12.1f} ms {1000 * took / len(long):8.2f} µs a character")
    print(f"bulk, one core {bulk() / 1e6:.2f} million characters a second")
    print(f"first result of a cold process {cold():.0f} ms")


if __name__ == "__main__":
    main()
