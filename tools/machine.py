"""What the tests need from the machine: a real Chromium, Chinese fonts, PostgreSQL.

`make test` installs what is missing where it may (Debian, as root). Elsewhere it says what is missing; the tests that
need it are then skipped, and with CI=true fail.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

LOCK_TRIES: Final = 10
LOCK_PAUSE: Final = 30  # seconds


def chromium() -> str | None:
    """The path of a Chromium or Chrome."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    return next(filter(None, map(shutil.which, (*names, mac))), None)


def chinese_fonts() -> str | None:
    """Some font with Chinese characters; on macOS and Windows there always is one."""
    if sys.platform in ("darwin", "win32"):
        return "system"
    if not shutil.which("fc-list"):
        return None
    return subprocess.run(["fc-list", ":lang=zh", "file"], capture_output=True, text=True).stdout.strip() or None


def postgres() -> str | None:
    """The folder of PostgreSQL's programs, the newest version first. Debian does not put them on the PATH."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: float(path.parent.parent.name), default=None)
    found = newest or shutil.which("initdb")
    return str(Path(found).parent) if found else None


Needs = dict[str, tuple[Callable[[], str | None], tuple[str, ...]]]

NEEDS: Final[Needs] = {
    "Chromium": (chromium, ("chromium",)),
    "Chinese fonts": (chinese_fonts, ("fontconfig", "fonts-noto-cjk", "fonts-noto-core")),
    "PostgreSQL": (postgres, ("postgresql",)),
}


def nginx() -> str | None:
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def rabbitmq() -> str | None:
    return shutil.which("rabbitmq-server", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


# What `make scale-test` needs beside those.
SCALE_NEEDS: Final[Needs] = {
    "Redis": (lambda: shutil.which("redis-server"), ("redis-server",)),
    "RabbitMQ": (rabbitmq, ("rabbitmq-server",)),
    "nginx": (nginx, ("nginx-light",)),
}


def missing(needs: Needs) -> dict[str, tuple[str, ...]]:
    """What is not there, with the Debian packages that bring it."""
    return {name: packages for name, (find, packages) in needs.items() if not find()}


def install_missing(needs: Needs | None = None) -> None:
    """Install what is missing of `needs`, or of what the tests need; say what can't be."""
    needs = NEEDS if needs is None else needs
    lacking = missing(needs)
    if lacking and shutil.which("apt-get") and os.geteuid() == 0:
        packages = [package for group in lacking.values() for package in group]
        print(f"Installing for the tests: {' '.join(packages)}.", flush=True)
        install = ("install", "-y", "--no-install-recommends", *packages)
        if not apt(*install):  # the lists of packages may be missing or old
            apt("update")
            apt(*install, tell=True)
        lacking = missing(needs)
    for name, packages in lacking.items():
        print(f"Missing on this machine: {name} (on Debian: apt-get install {' '.join(packages)}).", flush=True)


def apt(*arguments: str, tell: bool = False) -> bool:
    """Run apt-get, waiting while another program holds its lock. With `tell`, its last words are shown if it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    for _ in range(LOCK_TRIES):
        result = subprocess.run(["apt-get", *arguments], capture_output=True, text=True, env=environment)
        if result.returncode == 0 or " lock" not in result.stderr.lower():
            break
        print("Another program is using apt-get; waiting.", flush=True)
        time.sleep(LOCK_PAUSE)
    if tell and result.returncode:
        print(result.stderr.strip()[-2000:], flush=True)
    return result.returncode == 0
