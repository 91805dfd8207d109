"""How long one text takes: every sample brief in every channel, style and wording, beside filling Django's templates.

    python benchmarks/compose.py

The peer fills a mail-merge template of the same length with the same facts; it chooses nothing and fits nothing.
"""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.conf import settings
from django.template import Context, Engine

from huitong.compose import compose
from huitong.method import Brief, Channel, Style, load_brief

ROOT: Final = Path(__file__).parents[1]
FOLDERS: Final = (ROOT / "examples", ROOT / "tests" / "compose" / "briefs")
settings.configure(USE_I18N=False)
MERGE: Final = Engine().from_string(
    "{{ b.leader.form_of_address }}, {{ b.matter }} {{ b.other_department.name }} {{ b.deadline }}\n"
    "{% for s in b.situation %}{{ s }}. {% endfor %}{% for s in b.importance %}{{ s }}. {% endfor %}"
    "{% for e in b.efforts %}{{ e.date }} {{ e.channel }} {{ e.result }}. {% endfor %}"
    "{% for o in b.options %}{{ o.title }} ({{ o.minutes }}): {{ o.what_leader_does }}\n{% endfor %}"
    "{% for c in b.commitments %}{{ c.what }} {{ c.by }}. {% endfor %}{{ b.requester.name }}"
)


def milliseconds(make: Callable[[], object], times: int = 20) -> float:
    """The median of one call, warm."""
    make()
    took = []
    for _ in range(times):
        began = time.perf_counter()
        make()
        took.append(time.perf_counter() - began)
    return 1000 * statistics.median(took)


def main() -> None:
    briefs: list[Brief] = [
        load_brief(path.read_bytes(), path.name) for folder in FOLDERS for path in sorted(folder.glob("*.yaml"))
    ]
    print(f"{len(briefs)} briefs, milliseconds a text: median, slowest")
    for channel in Channel:
        took = [
            milliseconds(lambda b=brief, c=channel, s=style, v=variant: compose(b, channel=c, style=s, variant=v), 5)
            for brief in briefs
            for style, variant in ((Style.PLAIN, 0), (Style.FORMAL, 0), (Style.BRIEF, 0), (Style.PLAIN, 1))
        ]
        print(f"{channel:<22}{statistics.median(took):8.2f}{max(took):8.2f}")
    merged = [milliseconds(lambda b=brief: MERGE.render(Context({"b": b}))) for brief in briefs]
    print(f"{'a mail-merge template':<22}{statistics.median(merged):8.2f}{max(merged):8.2f}")


if __name__ == "__main__":
    main()
