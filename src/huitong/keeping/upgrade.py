"""An older desk is brought up to date: backed up first, looked at afterwards."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import Error, connection
from django.utils import timezone

from huitong.keeping import rows, state
from huitong.keeping.backup import back_up
from huitong.keeping.errors import Refused


@dataclass(frozen=True, slots=True)
class Upgraded:
    """`migrations` were applied; `backup` is the desk as it was. Both are empty where there was nothing to do."""

    migrations: int = 0
    backup: Path | None = None


def upgrade(backup: Path | None = None) -> Upgraded:
    """Back up, migrate, look whether every row is still there and every reference leads somewhere.

    Raises Refused, with the way back, if that is not so.
    """
    if not state.database_is_there():
        raise Refused(f"There is no desk in {settings.HOME}; huitong serve makes one.")
    before = state.applied_migrations()
    missing = state.known_migrations() - before
    rows.tables_at(before)  # refuses what comes from a newer version
    if not missing:
        return Upgraded()
    file = backup or Path(settings.HOME) / "backups" / f"before-upgrade-{timezone.now():%Y%m%d-%H%M%S}.huitong"
    file.parent.mkdir(parents=True, exist_ok=True)
    back_up(file)
    counted = _count(before)
    back = f"The desk as it was is in {file}: huitong restore puts it into a new HUITONG_HOME or database."
    try:
        call_command("migrate", verbosity=0, interactive=False)
        connection.check_constraints()
    except Error as error:
        raise Refused(f"The upgrade did not succeed ({type(error).__name__}). {back}") from None
    after = _count(state.applied_migrations())
    lost = [name for name, count in counted.items() if name in after and after[name] < count]
    if lost:
        raise Refused(f"After the upgrade rows are missing in {', '.join(lost)}. {back}")
    return Upgraded(len(missing), file)


def _count(migrations: frozenset[state.Migration]) -> dict[str, int]:
    return {table._meta.db_table: table._base_manager.count() for table in rows.tables_at(migrations)}
