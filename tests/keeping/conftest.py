"""Desks of their own, on SQLite and PostgreSQL, kept by the commands as an operator runs them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

SOURCE = str(Path(__file__).parents[2] / "src")

KEY = "of-the-operator-of-these-desks-" * 2  # of all desks here

# A process that uses the desk's own code on this desk: it carries out what it reads, a line each, and answers.
HELPER = """
import json, sys
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from huitong.records.models import *
names = dict(globals())
for line in sys.stdin:
    code, words = json.loads(line)
    names |= {"words": words, "now": timezone.now(), "answer": None}
    exec(code, names)
    print(json.dumps(names["answer"], default=str), flush=True)
"""


class Desk:
    """A desk in a folder of its own. `huitong` runs a command there; `run` what `code` leaves in `answer`."""

    def __init__(self, home: Path, database_url: str = "") -> None:
        self.home, self.database_url = home, database_url
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("HUITONG_")},
            "PYTHONPATH": SOURCE,
            "HUITONG_HOME": str(home),
            "HUITONG_DATABASE_URL": database_url,
            "HUITONG_SECRET_KEY": KEY,
            "COLUMNS": "100",
        }
        self._helper: subprocess.Popen[str] | None = None

    def huitong(self, *arguments: object, code: int | None = 0, **variables: str) -> subprocess.CompletedProcess[str]:
        """The finished command; it must have ended with `code`, if one is given."""
        command = [sys.executable, "-m", "huitong", *map(str, arguments)]
        environment = self.environment | variables
        done = subprocess.run(command, env=environment, cwd=self.home.parent, capture_output=True, timeout=120)
        result = subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())
        assert code in (None, result.returncode), result.stdout + result.stderr
        return result

    def run(self, code: str, *words: Any) -> Any:
        if self._helper is None:
            self._helper = subprocess.Popen(
                [sys.executable, "-c", HELPER],
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._helper.stdin
        assert self._helper.stdout
        print(json.dumps([code, words]), file=self._helper.stdin, flush=True)
        return json.loads(self._helper.stdout.readline())

    def close(self) -> None:
        if self._helper:
            self._helper.communicate(timeout=60)  # it ends with its input
            self._helper = None


@pytest.fixture
def new_desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Desk]]:
    """new_desk("postgresql"): an empty place, without tables; SQLite if nothing else is said."""
    desks: list[Desk] = []

    def make(database: str = "sqlite") -> Desk:
        url = ""
        if database == "postgresql":
            server = request.getfixturevalue("postgres")
            name = f"kept_{uuid4().hex[:12]}"
            with closing(psycopg.connect(server, autocommit=True)) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            url = f"{server.rpartition('/')[0]}/{name}"
        home = tmp_path / f"desk{len(desks)}"
        desks.append(Desk(home, url))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


@pytest.fixture(scope="session")
def sample_backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the sample organisation."""
    desk = Desk(tmp_path_factory.mktemp("sample") / "desk")
    desk.huitong("demo")
    file = desk.home.parent / "sample.huitong"
    desk.huitong("backup", file)
    return file
