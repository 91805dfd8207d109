"""The calendar that each person had until now is their first of several, on SQLite and PostgreSQL."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = str(Path(__file__).parents[2] / "src")
BEFORE_AND_AFTER = """
import json
from datetime import timedelta
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
call_command("migrate", "records", "0008", verbosity=0)
apps = MigrationExecutor(connection).loader.project_state(("records", "0008_heartbeat")).apps
Person, Busy = apps.get_model("records", "Person"), apps.get_model("records", "Busy")
now = timezone.now()
with_file = Person.objects.create(name="高岚", calendar_name="gao.ics", calendar_taken_at=now)
without = Person.objects.create(name="许宁")
for soft in (False, True):
    Busy.objects.create(person=with_file, start=now, end=now + timedelta(hours=1 + soft), soft=soft)
call_command("migrate", verbosity=0)
from huitong.records import models
print(json.dumps([
    [c.person.name, c.kind, c.name, c.counts, sorted(b.soft for b in c.busy.all()), c.taken_at == now,
     c.person.calendar_taken_at == now, c.due_at]
    for c in models.Calendar.objects.all()
]))
"""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_kept_calendar_becomes_the_first_of_several(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres") if database == "postgresql" else ""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUITONG_")}
    desk = {"HUITONG_HOME": str(tmp_path), "HUITONG_DATABASE_URL": url, "PYTHONPATH": SOURCE}
    done = subprocess.run([sys.executable, "-c", BEFORE_AND_AFTER], env=kept | desk, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [["高岚", "file", "gao.ics", "all", [False, True], True, True, None]]
