"""Opening the desk (Django) from a command: settings, folder and database, or one clear sentence."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import django
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, connection

from huitong.cli._console import stop

MIGRATING: Final = 0x4875_6974_6F6E_67  # the name of a lock: "Huitong"


def open_desk(*, migrate: bool = True) -> None:
    """Set Django up and, with `migrate`, bring the database up to date. Ends the command if that is not possible."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huitong.settings")
    os.umask(0o077)  # what people write is nobody's business but the desk's, on the machine too
    try:
        django.setup()
        Path(settings.HOME).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.HOME):
            pass
        if migrate:
            with _alone():
                call_command("migrate", verbosity=0, interactive=False)
    except ImproperlyConfigured as error:
        stop(str(error))
    except OSError as error:
        stop(f"{settings.HOME} cannot be written ({error.strerror}). Set HUITONG_HOME to a folder that can.")
    except DatabaseError as error:
        stop(f"The database cannot be used: {str(error).strip().splitlines()[0]}. Run huitong doctor.")


@contextmanager
def _alone() -> Iterator[None]:
    """Of several processes that start at once on one PostgreSQL, one migrates and the others wait for it."""
    if connection.vendor != "postgresql":  # SQLite's migrations wait for each other by themselves
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])


def model(name: str) -> Any:
    """A table of the desk. Models can only be imported once the desk is open."""
    return apps.get_model("records", name)
