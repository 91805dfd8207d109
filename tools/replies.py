"""`python -m tools.replies`: how well answers by mail are understood, over corpus/replies, in the forms of common
programs.

The odd lines are what the rules are made by, the even ones are held out. `--show` prints what the odd ones miss.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from huitong.replies import Asks, Sense, Written, newly_written, read_mail, understand
from tools.reply_forms import FORMS

SAMPLES: Final = Path(__file__).parents[1] / "corpus" / "replies" / "samples.tsv"
NAMES: Final = ("高翔", "Gao Xiang", "Xiang", "王磊", "gao@example.com")
OUTCOMES: Final = ("understood", "asked back", "taken for something else", "wrong decision recorded")


@dataclass(frozen=True, slots=True)
class Sample:
    number: int
    asks: Asks
    lang: str
    form: str
    kind: str
    options: int
    means: tuple[str, ...]
    says: str

    @property
    def held_out(self) -> bool:
        return self.number % 2 == 0

    @property
    def mail(self) -> bytes:
        return FORMS[self.form](self.says, self.lang)


@dataclass(frozen=True, slots=True)
class Read:
    sample: Sample
    written: Written
    sense: Sense

    @property
    def name(self) -> str:
        """As the samples write it: option:2 counts at once, agree:2 is written back."""
        word = "option" if self.sense.exact and self.written.sure else self.sense.meaning.value
        return word if self.sense.option is None or self.sample.options == 1 else f"{word}:{self.sense.option + 1}"

    @property
    def outcome(self) -> str:
        means = self.sample.means
        if self.name in means and self.name != "unclear":
            return "understood"
        if self.name.startswith("option"):
            return "wrong decision recorded"
        if self.name == "unclear" or (
            means[0].startswith("option") and self.name == means[0].replace("option", "agree")
        ):
            return "understood" if means[0] == "unclear" else "asked back"
        return "taken for something else"


def samples() -> Iterator[Sample]:
    lines = SAMPLES.read_text(encoding="utf-8").splitlines()[1:]
    for number, line in enumerate(lines, 1):
        asks, lang, form, kind, options, means, says = line.split("\t")
        yield Sample(
            number, Asks(asks), lang, form, kind, int(options), tuple(means.split(",")), says.replace("⏎", "\n")
        )


def read(sample: Sample) -> Read:
    written = newly_written(read_mail(sample.mail), NAMES)
    return Read(sample, written, understand(written.text, sample.asks, options=sample.options))


def main() -> None:
    results = [read(sample) for sample in samples()]
    groups = {
        "all": results,
        "rules made by these": [r for r in results if not r.sample.held_out],
        "held out": [r for r in results if r.sample.held_out],
        "negated or ambiguous": [r for r in results if r.sample.kind != "plain"],
        "negated or ambiguous, held out": [r for r in results if r.sample.kind != "plain" and r.sample.held_out],
    }
    print(f"{'':32}{'answers':>9}" + "".join(f"{name:>26}" for name in OUTCOMES))
    for name, group in groups.items():
        count = Counter(r.outcome for r in group)
        print(f"{name:32}{len(group):>9}" + "".join(f"{count[o]:>16} ({count[o] / len(group):6.1%})" for o in OUTCOMES))
    cut = sum(r.written.text.split() == r.sample.says.split() for r in results)
    print(f"\nwords cut out of their mail exactly: {cut} of {len(results)}")
    if "--show" in sys.argv:
        for r in results:
            if not r.sample.held_out and r.outcome != "understood":
                print(
                    f"{r.sample.number:4} {r.outcome:24} {r.name:12} {','.join(r.sample.means):18} {r.written.text!r}"
                )


if __name__ == "__main__":
    main()
