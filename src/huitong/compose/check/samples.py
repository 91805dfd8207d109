"""Sample matters, packaged: what a template is tried on. Three sizes a language, and what is said after a brief."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from huitong.method import Brief, Language, load_brief

SIZES: Final = {
    "sparse": ("只写了必填项的样例", "the sample with nothing but names"),
    "ordinary": ("一般的样例", "the ordinary sample"),
    "rich": ("写得全的样例", "the sample that tells everything"),
}
_FOLDER: Final = files("huitong.compose.check") / "samples"


@dataclass(frozen=True, slots=True)
class Said:
    """What is said after a brief: the leader's words and question, the answer to it, what happened, the outcome.

    `sentence` is a matter that is named by a sentence.
    """

    words: str
    question: str
    answer: str
    decision: str
    helper: str
    did: str
    happened: str
    happened_day: date
    kept: str
    open: str
    owner: str
    open_by: date
    outcome: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A brief that a template is tried on, and what it is called."""

    brief: Brief
    zh: str
    en: str


@cache
def sample(language: Language, size: str) -> Brief:
    """The packaged sample of this size: sparse, ordinary or rich."""
    path = _FOLDER / language.value / f"{size}.yaml"
    return load_brief(path.read_bytes(), path.name)


@cache
def said(language: Language) -> Said:
    return Said(**yaml.safe_load((_FOLDER / language.value / "said.yaml").read_text("utf-8")))


@cache
def shapes(language: Language) -> tuple[Shape, ...]:
    """The samples, and each of them with something taken out or chosen otherwise."""
    return tuple(_shapes(language))


def _shapes(language: Language) -> Iterator[Shape]:
    for size, (zh, en) in SIZES.items():
        yield Shape(sample(language, size), zh, en)
    ordinary, rich = sample(language, "ordinary"), sample(language, "rich")
    name, called = SIZES["ordinary"]

    def without(zh: str, en: str, **fields: Any) -> Shape:
        return Shape(ordinary.model_copy(update=fields), f"{name}（{zh}）", f"{called} ({en})")

    yield without("事项写成一句话", "with a sentence for a matter", matter=said(language).sentence)
    yield without("没有期限", "without a deadline", deadline=None)
    yield without("没有影响", "without an effect", importance=())
    yield without("没有方案", "without options", options=(), preferred=None)
    yield without("没有承诺", "without commitments", commitments=())
    yield without("没有努力", "without efforts", efforts=())
    for number, option in enumerate(rich.options, start=1):
        yield without(f"只有方案“{option.title}”", f"with the option “{option.title}” alone", options=(option,))
        chosen = rich.model_copy(update={"preferred": number - 1})
        if chosen != rich:
            zh, en = SIZES["rich"]
            yield Shape(chosen, f"{zh}（倾向方案{number}）", f"{en} (option {number} preferred)")
