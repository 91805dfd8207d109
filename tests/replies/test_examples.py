"""The rules' own examples: what is cut, what is meant."""

import tomllib
from importlib.resources import files
from typing import Any

import pytest

from huitong.replies import Asks, Meaning, understand
from huitong.replies.cutting import RULES, cut

_MEANING: Any = tomllib.loads((files("huitong.replies") / "rules" / "meaning.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("example", RULES["examples"], ids=lambda e: e["written"][:20])
def test_what_is_quoted_and_signed_is_cut(example: dict[str, str]) -> None:
    assert cut(example["mail"]) == example["written"]


@pytest.mark.parametrize("example", _MEANING["examples"], ids=lambda e: e["text"])
def test_an_answer_means(example: dict[str, str]) -> None:
    sense = understand(example["text"], Asks(example.get("asks", "leader")), options=2)
    number = "" if sense.option is None else f":{sense.option + 1}"
    assert f"{sense.meaning}{number}{'!' if sense.exact else ''}" == example["means"]


def test_every_examples_meaning_is_one_that_there_is() -> None:
    assert {e["means"].strip("!").split(":")[0] for e in _MEANING["examples"]} <= {m.value for m in Meaning}
