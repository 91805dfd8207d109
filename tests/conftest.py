"""What tests share: a real browser, a real PostgreSQL, golden files, and no skips in the continuous integration."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

import django
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tools import machine

CI: Final = os.environ.get("CI", "").lower() in ("1", "true")

# Tests run with default settings in a scratch folder, never with those of whoever runs them.
HOME_IS_OURS: Final = "PYTEST_XDIST_WORKER" not in os.environ
if HOME_IS_OURS:
    for name in [name for name in os.environ if name.startswith("HUITONG_")]:
        del os.environ[name]
    os.environ["HUITONG_HOME"] = tempfile.mkdtemp(prefix="huitong-tests-")
os.environ["DJANGO_SETTINGS_MODULE"] = "huitong.settings"
# Before the folders' own conftest files, which import models.
django.setup()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the golden files anew instead of comparing them")


def pytest_unconfigure(config: pytest.Config) -> None:
    if HOME_IS_OURS:
        shutil.rmtree(os.environ["HUITONG_HOME"], ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """With CI=true a skipped test has failed: the machine lacks what it needs."""
    return _without_skips((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Any:
    """So has a whole file that was skipped."""
    return _without_skips((yield))


def _without_skips(report: Any) -> Any:
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped, and CI=true: {report.longrepr[2]}"
    return report


def _need(name: str) -> NoReturn:
    packages = " ".join(machine.NEEDS[name][1])
    pytest.skip(f"{name} is missing on this machine; on Debian: apt-get install {packages}")


@pytest.fixture(scope="session")
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """golden(path, text): the file holds this text. `pytest --update` writes it."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--update"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path} is not there yet; write it with pytest --update"
        assert text == path.read_text(encoding="utf-8")

    return compare


# --- the browser ---

CHROMIUM_OPTIONS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCREENS: Final = {"phone": (360, 740), "large phone": (390, 844), "desktop": (1280, 900)}


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of this machine's Chromium."""
    return machine.chromium() or _need("Chromium")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """A real Chromium, without a window."""
    if not machine.chinese_fonts():
        _need("Chinese fonts")
    # Playwright runs an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=list(CHROMIUM_OPTIONS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """open_page("phone", locale="zh-CN"): a page of a person of its own; screens are those of SCREENS.

    At the end no page may have spoken to another host or stopped at an error in a script.
    """
    contexts, troubles = [], []

    def watch(page: Page) -> None:
        page.on("request", lambda request: _is_ours(request.url) or troubles.append(f"asks {request.url}"))
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))

    def open_page(screen: str = "desktop", *, locale: str = "zh-CN", **options: Any) -> Page:
        width, height = SCREENS[screen]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale=locale,
            timezone_id="Asia/Shanghai",
            has_touch=screen != "desktop",
            is_mobile=screen != "desktop",
            **options,
        )
        context.set_default_timeout(10_000)
        context.on("page", watch)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def _is_ours(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("data", "blob", "about") or parts.hostname in ("127.0.0.1", "localhost", "::1")


# --- PostgreSQL ---


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of an empty database in a PostgreSQL server of our own, stopped and removed at the end."""
    programs = machine.postgres() or _need("PostgreSQL")
    home = Path(tempfile.mkdtemp(prefix="huitong-postgres-"))
    data, log = home / "data", home / "log"
    as_user: tuple[str, ...] = ()
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        as_user = ("runuser", "-u", "postgres", "--")
        shutil.chown(home, "postgres", "postgres")

    def run(program: str, *arguments: str) -> None:
        command = [*as_user, f"{programs}/{program}", *arguments]
        result = subprocess.run(command, cwd=home, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr

    try:
        run("initdb", "-D", str(data), "-U", "huitong", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        port = free_port()
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        run("pg_ctl", "-D", str(data), "-l", str(log), "-w", "-o", options, "start")
        try:
            run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "huitong", "huitong")
            yield f"postgres://huitong@127.0.0.1:{port}/huitong"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def free_port() -> int:
    """A loopback port that nobody has at the moment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
