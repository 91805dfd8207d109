"""huitong compose: a brief in, a text out."""

import json
from pathlib import Path

import pytest
import yaml

EXAMPLES = Path(__file__).parents[2] / "examples"
BRIEFS = sorted(EXAMPLES.glob("*.yaml"))
BRIEF = """
lang: en
requester: {name: Chen Xiao, department: Marketing}
leader: {name: Zhang Jianguo, form_of_address: Mr Zhang}
other_department: {name: Procurement}
matter: Materials for the autumn launch
situation: [Asked on 8 September; no delivery date so far.]
"""


def test_there_are_three_examples():
    assert len(BRIEFS) == 3


@pytest.mark.parametrize("channel", ["spoken", "chat", "email", "report"])
@pytest.mark.parametrize("brief", BRIEFS, ids=lambda path: path.stem)
def test_what_compose_makes_of_an_example_is_strong_by_review(huitong, brief, channel):
    text = huitong("compose", str(brief), "--as", channel)
    assert text.returncode == 0, text.stderr
    assert text.stdout.endswith("\n")
    result = huitong("review", "-", "--as", channel, "--format", "json", input=text.stdout)
    review = json.loads(result.stdout)
    assert review["faults"] == []
    assert len(review["elements"]) >= 6
    assert review["language"] == yaml.safe_load(brief.read_text(encoding="utf-8"))["lang"]


def test_a_brief_may_be_json_and_come_by_standard_input(huitong, tmp_path):
    (tmp_path / "brief.yaml").write_text(BRIEF)
    from_yaml = huitong("compose", "brief.yaml")
    from_json = huitong("compose", "-", input=json.dumps(yaml.safe_load(BRIEF)))
    assert from_yaml.stdout == from_json.stdout
    assert "Procurement" in from_yaml.stdout


def test_the_subject_is_beside_the_text_not_in_it(huitong):
    email = huitong("compose", "-", "--as", "email", input=BRIEF)
    assert email.stderr.startswith("Subject: ")
    assert "Subject:" not in email.stdout
    assert huitong("compose", "-", "--as", "chat", input=BRIEF).stderr == ""


def test_a_mistake_names_the_file_the_path_and_what_to_write(huitong, tmp_path):
    (tmp_path / "brief.yaml").write_text(BRIEF + "options: [{title: A talk, minutes: half an hour}]\n")
    result = huitong("compose", "brief.yaml")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == 'brief.yaml: options[0].minutes: "half an hour" is not a number of minutes. Write 30.\n'


def test_a_style_and_a_variant_change_the_wording(huitong):
    brief = str(EXAMPLES / "zh-complex.yaml")
    plain = huitong("compose", brief, "--as", "chat").stdout
    assert "恳请您" in huitong("compose", brief, "--as", "chat", "--style", "formal").stdout
    assert huitong("compose", brief, "--as", "chat", "--variant", "1").stdout != plain
    assert len(huitong("compose", brief, "--as", "chat", "--style", "brief").stdout) < len(plain)
    assert huitong("compose", brief, "--variant", "-1").returncode == 2
