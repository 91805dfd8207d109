"""What the programs beside it start: PostgreSQL, Redis and RabbitMQ of our own, a mail server, a desk and its workers.

All of it listens on loopback alone, lives in one temporary folder, and is gone at the end, however that comes.
"""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import machine  # noqa: E402

SECONDS = 90  # that a server may take to start
WORKER = ("-P", "-m", "huitong", "worker")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def load() -> str:
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def wait_for(ready: Callable[[], bool], what: str, seconds: float = SECONDS) -> None:
    ends = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > ends:
            raise TimeoutError(f"{what} did not happen within {seconds:.0f} seconds")
        time.sleep(0.05)


def answers(port: int, question: bytes = b"", answer: bytes = b"") -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 2) as connection:
            connection.settimeout(2)
            if not question:
                return True
            connection.sendall(question)
            return connection.recv(64).startswith(answer)
    except OSError:
        return False


def end(process: subprocess.Popen[Any], *, how: int = signal.SIGTERM, seconds: float = 30) -> None:
    """End a process that we started, and whatever it has started in its group."""
    if process.poll() is None:
        process.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _ends_with_us() -> None:
    """In a new process: be killed if the program that started it is killed. Linux alone knows this."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


# How a process of the house is started: Ctrl-C reaches the program alone, which ends it in order.
OURS: dict[str, Any] = {"start_new_session": True, "preexec_fn": _ends_with_us}


class Server:
    """A server of the house: `start`, `stop` (`hard`: as when the power goes), `restart`."""

    url: str

    def start(self) -> None:
        raise NotImplementedError

    def stop(self, *, hard: bool = False) -> None:
        raise NotImplementedError

    def restart(self, *, hard: bool = False) -> None:
        self.stop(hard=hard)
        self.start()


class Postgres(Server):
    """With its defaults, fsync among them; as the user postgres where we are root, which it refuses."""

    def __init__(self, home: Path) -> None:
        programs = machine.postgres()
        if programs is None:
            sys.exit("PostgreSQL is missing; on Debian: apt-get install postgresql")
        self.programs, self.home, self.port = programs, home / "postgres", free_port()
        self.home.mkdir()
        self.as_user: tuple[str, ...] = ()
        if os.geteuid() == 0:
            self.as_user = ("runuser", "-u", "postgres", "--")
            shutil.chown(self.home, "postgres", "postgres")
        self._run("initdb", "-D", self._data, "-U", "huitong", "-A", "trust", "-E", "UTF8", "--locale=C")
        self.url = f"postgres://huitong@127.0.0.1:{self.port}/huitong"
        self.start()
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "huitong", "huitong")

    @property
    def _data(self) -> str:
        return str(self.home / "data")

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._run("pg_ctl", "-D", self._data, "-l", str(self.home / "log"), "-w", "-o", options, "start")

    def stop(self, *, hard: bool = False) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate" if hard else "fast", "-w", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self.as_user, f"{self.programs}/{program}", *arguments]
        result = subprocess.run(command, cwd=self.home, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if result.returncode:
            raise RuntimeError(f"{program}: {result.stdout}{result.stderr}")


class Redis(Server):
    """It keeps nothing on the disk: what it had is gone with each restart."""

    def __init__(self, home: Path) -> None:
        if not shutil.which("redis-server"):
            sys.exit("Redis is missing; on Debian: apt-get install redis-server")
        self.home, self.port = home / "redis", free_port()
        self.home.mkdir()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with (self.home / "log").open("a") as log:
            self.process = subprocess.Popen(
                command, cwd=self.home, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **OURS
            )
        wait_for(lambda: answers(self.port, b"PING\r\n", b"+PONG"), "Redis's start")

    def stop(self, *, hard: bool = False) -> None:
        end(self.process, how=signal.SIGKILL if hard else signal.SIGTERM)


class RabbitMQ(Server):
    """As whoever runs this, in a folder of its own; its port mapper on a port of its own too."""

    def __init__(self, home: Path) -> None:
        programs = Path("/usr/lib/rabbitmq/bin")
        self.program = str(programs / "rabbitmq-server") if programs.exists() else shutil.which("rabbitmq-server") or ""
        if not self.program:
            sys.exit("RabbitMQ is missing; on Debian: apt-get install rabbitmq-server")
        self.home, self.port = home / "rabbitmq", free_port()
        self.home.mkdir()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        (self.home / "enabled_plugins").write_text("[].\n")
        (self.home / "rabbitmq.conf").write_text(
            f"listeners.tcp.local = 127.0.0.1:{self.port}\ndisk_free_limit.absolute = 50MB\nlog.console = false\n"
        )
        names = {"MNESIA_BASE": "data", "LOG_BASE": "log", "ENABLED_PLUGINS_FILE": "enabled_plugins", "PID_FILE": "pid"}
        self.environment = {
            **os.environ,
            **{f"RABBITMQ_{name}": str(self.home / file) for name, file in names.items()},
            "RABBITMQ_CONFIG_FILE": str(self.home / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self.home / "none"),
            "RABBITMQ_NODENAME": f"huitong{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "ERL_EPMD_PORT": str(free_port()),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "HOME": str(self.home),
        }
        self.start()

    def start(self) -> None:
        with (self.home / "out").open("a") as log:
            self.process = subprocess.Popen(
                [self.program],
                cwd=self.home,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **OURS,
            )
        # A listening port is not yet an open broker: it greets nobody but those that begin to speak AMQP.
        wait_for(lambda: answers(self.port, b"AMQP\x00\x00\x09\x01", b"\x01\x00\x00"), "RabbitMQ's start")

    def stop(self, *, hard: bool = False) -> None:
        end(self.process, how=signal.SIGKILL if hard else signal.SIGTERM, seconds=60)
        # Its port mapper leaves the group; it is found by the port that we gave it.
        subprocess.run(["epmd", "-port", self.environment["ERL_EPMD_PORT"], "-kill"], capture_output=True, check=False)


class MailServer:
    """benchmarks/mailserver.py, and what it has accepted."""

    def __init__(self, home: Path, **options: float) -> None:
        self.home = home / "mailserver"
        self.home.mkdir()
        more = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        self.command = [sys.executable, str(ROOT / "benchmarks" / "mailserver.py"), str(self.home), *more]
        (self.home / "accepted").touch()
        self.start()
        self.url = f"smtp://127.0.0.1:{(self.home / 'port').read_text()}"

    def start(self, port: int = 0) -> None:
        (self.home / "port").unlink(missing_ok=True)
        command = [*self.command, "--port", str(port)]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **OURS)
        wait_for((self.home / "port").exists, "the mail server's start")

    def accepted(self) -> list[tuple[float, str]]:
        """When, and which Message-ID, in the order of their coming."""
        lines = (self.home / "accepted").read_text().splitlines(keepends=True)
        parts = [line.split("\t") for line in lines if line.endswith("\n")]
        return [(float(at), message_id) for at, message_id, _ in parts]

    def stop(self) -> None:
        end(self.process)


class House:
    """A desk's settings, and the processes that use it."""

    def __init__(self, home: Path, stack: ExitStack) -> None:
        self.home, self._stack = home, stack
        (home / "desk").mkdir()
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("HUITONG_", "DJANGO_"))}
        path = os.pathsep.join(filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH", ""))))
        self.environment = {**ours, "PYTHONPATH": path, "HUITONG_HOME": str(home / "desk"), "PYTHONUNBUFFERED": "1"}
        self.log = home / "log"
        self.database: Server | None = None
        self.broker: Server | None = None

    def use(self, *, database: str = "sqlite", broker: str = "memory") -> None:
        if database == "postgres":
            self.database = self._keep(Postgres(self.home))
            self.environment["HUITONG_DATABASE_URL"] = self.database.url
        if broker != "memory":
            self.broker = self._keep({"redis": Redis, "rabbitmq": RabbitMQ}[broker](self.home))
            self.environment["HUITONG_BROKER_URL"] = self.broker.url

    def mail_server(self, **options: float) -> MailServer:
        server = MailServer(self.home, **options)
        self._stack.callback(server.stop)
        self.environment["HUITONG_SMTP_URL"] = server.url
        return server

    def start(
        self, *arguments: str, program: str = sys.executable, errors: Path | None = None, **more: str
    ) -> subprocess.Popen[bytes]:
        """Start this Python with these arguments, for this desk; what it says goes into `log`, or its log elsewhere."""
        with self.log.open("a") as log, (errors or self.log).open("a") as error_log:
            process = subprocess.Popen(
                [program, *arguments],
                cwd=self.home,
                env={**self.environment, **more},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=error_log,
                **OURS,
            )
        self._stack.callback(end, process)
        return process

    def worker(self, **more: str) -> subprocess.Popen[bytes]:
        return self.start(*WORKER, **more)

    def open(self) -> None:
        """Let this program use the desk's own code on it, and bring its database up to date. Once a program."""
        os.environ.update({name: value for name, value in self.environment.items() if name.startswith("HUITONG_")})
        os.environ["DJANGO_SETTINGS_MODULE"] = "huitong.settings"
        sys.path.insert(0, str(ROOT / "src"))
        import django  # noqa: PLC0415 - it reads the settings that were made just now
        from django.core.management import call_command  # noqa: PLC0415

        django.setup()
        call_command("migrate", verbosity=0)

    def close(self) -> None:
        """End what was started, before the end of all."""
        self._stack.close()

    def _keep(self, server: Server) -> Server:
        def stop() -> None:
            with suppress(RuntimeError):  # it is stopped already
                server.stop()

        self._stack.callback(stop)
        return server


@contextmanager
def house() -> Iterator[House]:
    """A folder and everything started in it, all of it gone at the end, also after Ctrl-C or SIGTERM."""
    _stops_in_order()
    folder = Path(tempfile.mkdtemp(prefix="huitong-bench-"))
    folder.chmod(0o755)  # PostgreSQL's user passes through
    try:
        with ExitStack() as stack:
            yield House(folder, stack)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stops_in_order() -> None:
    def stop(number: int, frame: object) -> None:
        # Whoever is in a hurry must not end the tidying-up.
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_IGN)
        sys.exit(128 + number)

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)


def run(*command: str) -> int:
    """Run a program beside this one to its end, also if this one is told to stop. Returns its exit code."""
    _stops_in_order()
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT)
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
