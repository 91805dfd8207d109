"""A mail server hands a mail over by a pipe, and reads the exit code."""

MAIL = b"From: gao@example.com\r\nTo: desk@example.com\r\nSubject: x\r\n\r\n1\r\n"


def test_a_mail_for_nobody_is_taken_once(huitong):
    huitong("invite", "xu@example.com", "--name", "许宁", "--organiser")
    first = huitong("receive", input=MAIL, HUITONG_REPLY_ADDRESS="desk@example.com")
    again = huitong("receive", input=MAIL, HUITONG_REPLY_ADDRESS="desk@example.com")
    assert (first.returncode, first.stdout) == (0, "ignored\n")
    assert (again.returncode, again.stdout) == (0, "repeat\n")


def test_one_larger_than_is_read_is_taken_whole_off_the_pipe(huitong):
    huitong("invite", "xu@example.com", "--name", "许宁", "--organiser")
    result = huitong("receive", input=MAIL + b"x" * 5_000_000, HUITONG_REPLY_ADDRESS="desk@example.com")
    assert (result.returncode, result.stdout) == (0, "ignored\n")


def test_a_desk_that_can_not_be_used_now_asks_to_try_later(huitong):
    no_tables = huitong("receive", input=MAIL, HUITONG_REPLY_ADDRESS="desk@example.com")
    assert no_tables.returncode == 75
    assert "1" not in no_tables.stderr
    wrong = huitong("receive", input=MAIL, HUITONG_REPLY_ADDRESS="no address")
    assert wrong.returncode == 75
    assert "HUITONG_REPLY_ADDRESS" in wrong.stderr
