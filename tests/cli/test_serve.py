"""`huitong serve` as a process: it starts, says where it is, keeps its worker, and ends as told."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

PATIENCE = 60  # seconds; the machine may be busy with the rest of the tests


def wait_for(found: Callable[[], object], what: str) -> None:
    """Until `found()` is true; a failed test says `what` did not come."""
    deadline = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < deadline, f"waited {PATIENCE} s for {what}"
        time.sleep(0.05)


class Desk:
    """A running `huitong serve`, and all that it has said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()
        wait_for(lambda: self.said("Ctrl-C stops it.") or process.poll() is not None, "the address")
        assert process.poll() is None, "".join(self.lines)
        self.address = re.search(r"ready: (\S+)/", "".join(self.lines))[1]

    def _listen(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line)

    def said(self, text: str) -> bool:
        return any(text in line for line in self.lines)

    def get(self, address: str) -> int:
        with urllib.request.urlopen(address, timeout=PATIENCE) as response:
            return response.status

    def port(self) -> int:
        """The port that it really listens on, as the system knows it."""
        inodes = {os.readlink(link) for link in Path(f"/proc/{self.process.pid}/fd").iterdir() if link.is_symlink()}
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                return int(fields[1].partition(":")[2], 16)
        raise AssertionError("it listens on no port")

    def workers(self) -> list[int]:
        return [pid for pid, parent in _parents().items() if parent == self.process.pid]


def _parents() -> dict[int, int]:
    """Each process of the machine, with its parent; those that only wait to be noticed as dead are left out."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue  # it has just ended
        if state != "Z":
            parents[int(path.parent.name)] = int(parent)
    return parents


@pytest.fixture
def serve(tmp_path, environment):
    @contextmanager
    def start(*arguments: str, **variables: str) -> Iterator[Desk]:
        command = [sys.executable, "-m", "huitong", "serve", "--port", "0", *arguments]
        process = subprocess.Popen(
            command,
            env=environment | variables,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        try:
            yield Desk(process)
        finally:
            process.terminate()
            process.wait(PATIENCE)

    return start


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_and_ends_cleanly_with_its_worker(serve, how):
    with serve() as desk:
        assert desk.get(f"{desk.address}/") == 200
        wait_for(desk.workers, "the worker")
        worker = desk.workers()[0]
        desk.process.send_signal(how)
        assert desk.process.wait(PATIENCE) == 0
        assert worker not in _parents()
        assert not desk.said("Traceback")
        assert not desk.said("Warning")


def test_without_a_terminal_the_sample_is_loaded_once_and_said(serve):
    with serve("--offer-sample") as desk:
        assert desk.said("Loading the sample organisation")
        links = [line.split()[-1] for line in desk.lines if "  http" in line]
        for role in ("requester", "leader", "counterpart", "organiser"):
            assert any(role in line for line in desk.lines if "  http" in line)
        assert all(link.startswith(desk.address) for link in links)
        assert [desk.get(link) for link in links] == [200] * len(links)
    with serve("--offer-sample") as desk:
        assert not desk.said("Loading the sample organisation")
        assert sum("  http" in line for line in desk.lines) == len(links)


def test_sign_in_links_are_not_shown_where_others_can_come(serve):
    with serve("--offer-sample", HUITONG_ADDRESS="http://desk.example") as desk:
        assert desk.said("http://desk.example/")
        assert not any("  http" in line for line in desk.lines)


def test_a_declined_sample_leaves_an_empty_desk_and_says_how_to_begin(serve, huitong):
    with serve("--offer-sample", HUITONG_SAMPLE="no") as desk:
        assert desk.said("huitong invite EMAIL")
    invitation = huitong("invite", "chen@desk.example", "--name", "陈晓", "--organiser").stdout.splitlines()[-1]
    with serve("--offer-sample") as desk:
        assert desk.get(desk.address + urlsplit(invitation).path) == 200
        assert not desk.said("huitong invite EMAIL")
        assert not desk.said("Loading the sample organisation")


def test_a_worker_that_dies_is_started_again(serve):
    with serve() as desk:
        wait_for(desk.workers, "the worker")
        first = desk.workers()[0]
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: set(desk.workers()) - {first}, "a new worker")
        assert desk.said("The worker stopped")


def test_without_a_worker_pages_answer_and_nothing_is_sent(serve, tmp_path):
    with serve("--no-worker", "--offer-sample") as desk:
        assert desk.get(f"{desk.address}/") == 200
        time.sleep(2)  # longer than a worker needs to look
        assert desk.workers() == []
        assert desk.get(f"{desk.address}/healthz") == 200


def test_the_worker_ends_when_the_web_process_is_killed(serve):
    with serve() as desk:
        wait_for(desk.workers, "the worker")
        worker = desk.workers()[0]
        desk.process.kill()
        wait_for(lambda: worker not in _parents(), "the end of the worker")


@pytest.mark.parametrize(("headers", "secure"), [({"X-Forwarded-Proto": "https"}, True), ({}, False)])
def test_behind_a_proxy_it_knows_which_requests_came_by_https(serve, headers, secure):
    with serve(HUITONG_ADDRESS="https://desk.example") as desk:
        connection = http.client.HTTPConnection("127.0.0.1", desk.port(), timeout=PATIENCE)
        connection.request("GET", "/", headers={"Host": "desk.example", **headers})
        assert (connection.getresponse().getheader("Strict-Transport-Security") is not None) == secure


def test_a_taken_port_is_one_clear_sentence(huitong, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = huitong("serve", "--port", str(port))
    assert result.returncode == 1
    assert result.stderr.startswith(f"Port {port} on 127.0.0.1 cannot be used: Address already in use.")
    assert len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"HUITONG_HOME": "/dev/null/x"}, "/dev/null/x cannot be written"),
        ({"HUITONG_DATABASE_URL": "postgres://x@127.0.0.1:1/x"}, "The database cannot be used"),
    ],
)
@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["demo"], ["invite", "a@desk.example", "--name", "A"]])
def test_an_unusable_folder_or_database_is_one_clear_sentence(huitong, command, variables, sentence):
    result = huitong(*command, **variables)
    assert result.returncode == 1
    assert result.stderr.startswith(sentence)
    assert len(result.stderr.splitlines()) == 1


def test_an_unknown_host_is_one_clear_sentence(huitong):
    result = huitong("serve", "--host", "no.such.host.invalid")
    assert (result.returncode, len(result.stderr.splitlines())) == (1, 1)
    assert result.stderr.startswith('"no.such.host.invalid" is not an address of this machine')
