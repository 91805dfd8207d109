"""What the commands for keeping share: an existing desk, and one clear sentence when something is refused."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NoReturn

from huitong.cli._console import stop
from huitong.cli._desk import open_desk


def keeping(module: str) -> Any:
    """A module of huitong.keeping, with the desk open as it is: nothing is migrated."""
    open_desk(migrate=False)
    return import_module(f"huitong.keeping.{module}")


@contextmanager
def refusing() -> Iterator[None]:
    """A refusal, or a database that is away, ends the command with a sentence; so does being told to stop."""
    errors = import_module("huitong.keeping.errors")
    database_error = import_module("django.db").Error
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    except errors.Refused as error:
        stop(str(error))
    except database_error as error:
        stop(f"The database cannot be used: {(str(error).strip() or type(error).__name__).splitlines()[0]}.")
    except KeyboardInterrupt:
        stop("Stopped; nothing was changed.")


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
