"""What the regulation on official documents (党政机关公文处理工作条例, 2012) asks of a kind; its file names its rules.

What every document of a kind has by its making (closing, contact note, full title, date in digits) needs no rule here.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from huitong.documents.errors import ReportError
from huitong.documents.kind import Kind, words
from huitong.method import Brief

# Several matters in one line: "一是…二是…", "1. … 2. …", or clauses parted by a semicolon or a new line.
_SEVERAL: Final = re.compile(r"[；;\n](?=.*\w)|一是.*二是|(?:^|\s)1[.、)）].*[\s；;，,]2[.、)）]", re.S)
_NAMES: Final = re.compile(r"[、,，;；/&\n]|\sand\s|(?<=[\u3400-\u9fff]{2})[和与與及](?=[\u3400-\u9fff]{2})")


def check(brief: Brief, kind: Kind) -> None:
    """Raises ReportError, naming the article and how to mend the brief, for the first rule that it breaks."""
    for name in kind.rules:
        RULES[name](brief)


def _one_matter(brief: Brief) -> None:
    found = _SEVERAL.search(brief.matter)
    if found:
        raise ReportError(
            "matter",
            f"请示应当一文一事（《党政机关公文处理工作条例》第十五条），这里像是不止一件：“{brief.matter[:40]}”。请只留一件，其余另写请示。",
            "A 请示 is about one matter (article 15 of the regulation on official documents), and this reads like "
            "several. Keep one here and write another 请示 for each of the others.",
            brief.lang,
        )


def _one_addressee(brief: Brief) -> None:
    name = brief.leader.name
    if _NAMES.search(name):
        raise ReportError(
            "leader.name",
            f"请示原则上只主送一个上级（《党政机关公文处理工作条例》第十五条），这里像是不止一位：“{name[:40]}”。请只写一位，其他人可另行抄送。",
            "A 请示 goes to one addressee (article 15 of the regulation on official documents), and this names "
            "several. Keep one; the others can get a copy.",
            brief.lang,
        )


def _no_ask(brief: Brief) -> None:
    for path, text in _texts(brief):
        for ask in words(brief.lang)["asks"]:
            if ask in text:
                raise ReportError(
                    path,
                    f"报告不得夹带请示事项（《党政机关公文处理工作条例》第十五条），这里有“{ask}”。请删去这句，或改用请示。",
                    f"A 报告 carries no ask (article 15 of the regulation on official documents), and this says "
                    f"“{ask}”. Take it out, or write a 请示.",
                    brief.lang,
                )


def _texts(brief: Brief) -> Iterator[tuple[str, str]]:
    """Every text that a report shows, with its path."""
    for name in ("matter", "purpose", "improvement"):
        yield name, getattr(brief, name)
    for name in ("situation", "importance", "benefit", "followup"):
        yield from ((f"{name}[{i}]", text) for i, text in enumerate(getattr(brief, name)))
    for name in ("efforts", "options", "precedents", "commitments"):
        for i, item in enumerate(getattr(brief, name)):
            yield from ((f"{name}[{i}].{f}", text) for f, text in item.model_dump().items() if isinstance(text, str))


RULES: Final[dict[str, Callable[[Brief], None]]] = {
    "one_matter": _one_matter,
    "one_addressee": _one_addressee,
    "no_ask": _no_ask,
}
