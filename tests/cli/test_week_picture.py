"""In a terminal the days are drawn, in colour or without; anybody else gets the plain lines alone."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

LEADER = Path(__file__).parents[2] / "examples" / "leader.ics"
DAYS = ("--from", "2026-11-23", "--to", "2026-11-27", "--tz", "Asia/Shanghai")


@pytest.fixture
def terminal(tmp_path, environment):
    """terminal("busy", ...): what the command writes to a terminal of 100 columns."""

    def run(*arguments: str, **variables: str) -> str:
        ours, theirs = pty.openpty()
        more = {"TERM": "xterm-256color", "COLUMNS": "100"} | variables
        process = subprocess.Popen(
            [sys.executable, "-m", "huitong", *arguments],
            env={k: v for k, v in environment.items() if k != "NO_COLOR"} | more,
            cwd=tmp_path,
            stdout=theirs,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs)
        parts = []
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # so Linux says that the other end is closed
                break
            if not part:
                break
            parts.append(part)
        os.close(ours)
        assert process.wait(60) == 0
        return b"".join(parts).decode().replace("\r\n", "\n")

    return run


def test_a_terminal_shows_the_week_in_colour_and_the_lines_below(terminal):
    shown = terminal("busy", str(LEADER), *DAYS)
    assert "\x1b[" in shown
    assert all(day in shown for day in ("周一 11-23", "周五 11-27"))
    assert "█" in shown
    assert "2026-11-2" in shown


def test_without_colour_the_characters_say_the_same(terminal):
    shown = terminal("busy", str(LEADER), *DAYS, "--lang", "en", NO_COLOR="1")
    monday = next(line for line in shown.splitlines() if "11-23" in line and "█" in line)
    assert "\x1b[3" not in monday
    assert "\x1b[9" not in monday
    assert "·" in monday


def test_suggested_moments_are_numbered_in_the_picture(terminal):
    window = ("--from", "2026-11-23T08:00", "--by", "2026-11-27", "--tz", "Asia/Shanghai")
    shown = terminal("moments", str(LEADER), "--minutes", "20", *window, NO_COLOR="1")
    drawn = "".join(line for line in shown.splitlines() if "11-2" in line and "·" in line)
    assert all(number in drawn for number in "12345")
    assert "建议" in shown


def test_meeting_times_are_drawn_too(terminal):
    shown = terminal("meeting", str(LEADER), str(LEADER), *DAYS, "--lang", "en", NO_COLOR="1")
    assert "suggested" in shown
    assert "Both are free" in shown


@pytest.mark.parametrize("command", [("busy",), ("meeting",)])
def test_another_program_gets_the_plain_lines_alone(huitong, command):
    shown = huitong(*command, str(LEADER), *DAYS)
    assert "█" not in shown.stdout
    assert "\x1b" not in shown.stdout
    assert all(line.startswith("2026-11-2") for line in shown.stdout.splitlines())
