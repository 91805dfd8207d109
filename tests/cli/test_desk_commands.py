"""huitong demo and huitong invite."""

import re


def test_demo_fills_an_empty_desk_and_leaves_a_used_one_alone(huitong):
    assert huitong("demo").returncode == 0
    again = huitong("demo")
    assert again.returncode == 1
    assert again.stderr.startswith("There are people at this desk already")


def test_an_invitation_shows_its_link(huitong):
    result = huitong(
        "invite", "chen@desk.example", "--name", "陈晓", "--organiser", HUITONG_ADDRESS="https://desk.example"
    )
    assert result.returncode == 0, result.stderr
    assert re.search(r"^https://desk\.example/[0-9A-Za-z]{24}$", result.stdout, re.MULTILINE)


def test_an_invitation_needs_a_mail_address_and_a_name(huitong):
    wrong = huitong("invite", "chen", "--name", "陈晓")
    assert (wrong.returncode, wrong.stderr) == (2, '"chen" is not a mail address.\n')
    assert huitong("invite", "chen@desk.example").returncode == 2
