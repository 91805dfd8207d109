"""`huitong` itself: its help, its version, completion, and how little it loads."""

import subprocess
import sys

import pytest

from huitong.cli import COMMANDS


def test_help_lists_each_command_with_what_it_does(huitong):
    result = huitong("--help")
    assert result.returncode == 0
    for name, (_, text, panel) in COMMANDS.items():
        assert any(name in line and text in line for line in result.stdout.splitlines()), name
        assert panel in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_that_begins_with_the_line_of_the_list(huitong, name):
    result = huitong(name, "--help")
    assert result.returncode == 0, result.stderr
    assert f"Usage: huitong {name}" in result.stdout
    assert COMMANDS[name][1] in result.stdout


def test_a_wrong_command_is_named_with_the_one_that_may_be_meant(huitong):
    result = huitong("reviw")
    assert result.returncode == 2
    assert "reviw" in result.stderr
    assert "review" in result.stderr


def test_version(huitong):
    assert huitong("--version").stdout == "huitong 0.1.0\n"


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("huitong ", "compose"),
        ("huitong rev", "review"),
        ("huitong review --f", "--format"),
        ("huitong compose brief.yaml --as sp", "spoken"),
        ("huitong serve --p", "--port"),
    ],
)
def test_the_shell_completes_commands_options_and_values(huitong, words, offered):
    variables = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
    result = huitong(_HUITONG_COMPLETE="complete_bash", **variables)
    assert offered in result.stdout.splitlines(), result.stderr


def test_the_script_for_the_shell_can_be_shown(huitong):
    result = huitong("--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert "_HUITONG_COMPLETE=complete_bash" in result.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["compose", "--help"], ["review", "--help"], ["moments", "--help"]])
def test_commands_that_need_no_desk_load_no_django(environment, arguments):
    program = (
        "import sys\nfrom huitong.cli import main\n"
        f"sys.argv = ['huitong', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "assert 'django' not in sys.modules, 'Django was loaded'\n"
    )
    result = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
