"""How long one text takes: every sample brief in every channel, style and wording, beside filling Django's templates.

    python benchmarks/compose.py

The peer fills a mail-merge template of the same length with the same facts; it chooses nothing and fits nothing.
"""

import statistics
from pathlib import Path
from typing import Final

from django.conf import settings
from django.template import Context, Engine
from stopwatch import median

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


def main() -> None:
    briefs: list[Brief] = [
        load_brief(path.read_bytes(), path.name) for folder in FOLDERS for path in sorted(folder.glob("*.yaml"))
    ]
    print(f"{len(briefs)} briefs, milliseconds a text: median, slowest")
    for channel in Channel:
        took = [
            median(lambda b=brief, c=channel, s=style, v=variant: compose(b, channel=c, style=s, variant=v), 5, warm=1)
            for brief in briefs
            for style, variant in ((Style.PLAIN, 0), (Style.FORMAL, 0), (Style.BRIEF, 0), (Style.PLAIN, 1))
        ]
        print(f"{channel:<22}{statistics.median(took):8.2f}{max(took):8.2f}")
    merged = [median(lambda b=brief: MERGE.render(Context({"b": b})), 20, warm=1) for brief in briefs]
    print(f"{'a mail-merge template':<22}{statistics.median(merged):8.2f}{max(merged):8.2f}")


if __name__ == "__main__":
    main()
