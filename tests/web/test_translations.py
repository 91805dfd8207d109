"""The interface speaks English wherever it speaks Chinese."""

import re

import pytest
from babel.messages.catalog import Message

from tools import translations


def test_every_text_of_the_interface_has_its_english() -> None:
    assert [problem for message in translations.catalogue() for problem in translations.problems(message)] == []


def test_the_catalogue_holds_the_texts_of_the_source_and_no_others() -> None:
    entries = {m.id for m in translations.catalogue() if m.id}
    assert entries == set(translations.texts()), "run: python -m tools.translations"


def test_templates_hold_no_chinese_that_cannot_be_translated() -> None:
    left = []
    for path in sorted((translations.SOURCE / "web" / "templates").rglob("*.html")):
        text = re.sub(r"{%\s*blocktranslate.*?endblocktranslate\s*%}", "", path.read_text(encoding="utf-8"), flags=re.S)
        text = re.sub(r"{[%{#].*?[%}#]}|简体中文", "", text)
        left += [
            f"{path.name}: {found}" for found in re.findall(r".{0,20}[\u4e00-\u9fff，：；。、（）“”].{0,20}", text)
        ]
    assert left == []


@pytest.mark.parametrize(
    ("chinese", "english", "wrong"),
    [("%(n)s 件", "%(n)s matters", 0), ("%(n)s 件", "%(m)s matters", 1), ("首页", "", 1)],
)
def test_a_lost_placeholder_is_noticed(chinese: str, english: str, wrong: int) -> None:
    assert len(translations.problems(Message(chinese, english))) == wrong
