"""300 answers in the forms of common mail programs: understood or asked back, and no wrong decision among them."""

from collections import Counter

import pytest

from huitong.replies import Kind, kind_of, read_mail
from tools.replies import Read, read, samples

LEAST = 0.98


@pytest.fixture(scope="module")
def results() -> list[Read]:
    return [read(sample) for sample in samples()]


def test_there_are_as_many_as_the_target_names(results: list[Read]) -> None:
    kinds = Counter(r.sample.kind for r in results)
    assert len(results) >= 300
    assert kinds["negated"] + kinds["ambiguous"] >= 100


@pytest.mark.parametrize("held_out", [False, True])
def test_they_are_understood_or_asked_back(results: list[Read], held_out: bool) -> None:
    outcomes = [r.outcome for r in results if r.sample.held_out is held_out]
    good = outcomes.count("understood") + outcomes.count("asked back")
    assert good / len(outcomes) >= LEAST


def test_no_wrong_decision_is_recorded(results: list[Read]) -> None:
    assert [r.sample.says for r in results if r.outcome == "wrong decision recorded"] == []


def test_asking_back_is_no_way_out(results: list[Read]) -> None:
    assert sum(r.outcome == "understood" for r in results) / len(results) >= 0.9


def test_a_no_is_never_taken_for_a_yes(results: list[Read]) -> None:
    negated = [
        r
        for r in results
        if r.sample.kind != "plain" and not any("agree" in m or "change" in m for m in r.sample.means)
    ]
    assert [r.sample.says for r in negated if r.name.startswith(("agree", "change", "yes", "kept", "option"))] == []


def test_all_of_them_are_written_by_people(results: list[Read]) -> None:
    assert {kind_of(read_mail(r.sample.mail)) for r in results} == {Kind.HUMAN}
