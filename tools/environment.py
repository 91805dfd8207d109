"""Make or refresh .venv: `python -m tools.environment run` for using Huitong, `... test` for its tests too.

Only the standard library; nothing is repeated unless one of its inputs has changed. pip's own settings are kept.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Final, NoReturn

from tools import machine

ROOT: Final = Path(__file__).resolve().parent.parent
VENV: Final = ROOT / ".venv"
PYTHON: Final = VENV / "bin" / "python"
NEW_ENOUGH: Final = ("-c", "import sys; sys.exit(sys.version_info < (3, 11))")
REQUIREMENTS: Final = {"run": ("run.txt", "build.txt"), "test": ("run.txt", "build.txt", "test.txt")}


def main() -> None:
    purpose = sys.argv[1] if len(sys.argv) > 1 else "run"
    if purpose in ("test", "scale"):
        machine.install_missing()
    if purpose == "scale":
        machine.install_missing(machine.SCALE_NEEDS)
        purpose = "test"
    try:
        refresh(purpose)
    except OSError as error:
        fail(f"{error.filename or VENV} cannot be written ({error.strerror}). Make the folder writable.")
    except KeyboardInterrupt:
        fail("Stopped; run it again to go on.", 130)


def refresh(purpose: str) -> None:
    """Bring .venv up to date with the requirements of `purpose`, and the translations with their sources."""
    wanted = fingerprint(purpose)
    stamp = VENV / f".huitong-{purpose}"
    if not (works(*NEW_ENOUGH) and stamp.is_file() and stamp.read_text() == wanted):
        make_venv()
        stamp.unlink(missing_ok=True)
        print("Installing the locked dependencies; the first time takes a minute or two.", flush=True)
        for name in REQUIREMENTS[purpose]:
            pip("install", "--require-hashes", "-r", f"requirements/{name}")
        pip("install", "--no-deps", "--no-build-isolation", "-e", ".")
        stamp.write_text(wanted)
    if translations_changed():
        subprocess.run([PYTHON, "hatch_build.py"], cwd=ROOT, check=True)


def fingerprint(purpose: str) -> str:
    digest = hashlib.sha256(str(ROOT).encode())  # an editable install knows where it lives
    for path in ["pyproject.toml", "hatch_build.py", *(f"requirements/{name}" for name in REQUIREMENTS[purpose])]:
        digest.update((ROOT / path).read_bytes())
    return digest.hexdigest()


def works(*arguments: str) -> bool:
    """Whether the environment's Python runs this; not so when it is not there, half made, moved or left behind."""
    try:
        return subprocess.run([PYTHON, *arguments], capture_output=True).returncode == 0
    except OSError:
        return False


def make_venv() -> None:
    if works("-m", "pip", "--version") and works(*NEW_ENOUGH):
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        fail(f"This Python {version} has no venv module; on Debian, install python{version}-venv.")
    VENV.mkdir(exist_ok=True)
    if not os.access(VENV, os.W_OK):
        raise PermissionError(13, "Permission denied", str(VENV))
    print(f"Making {VENV.name} with Python {sys.version.split()[0]}.", flush=True)
    result = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True)
    if result.returncode:
        fail(f"The virtual environment {VENV} could not be made: {(result.stdout + result.stderr).strip()}")


def pip(*arguments: str) -> None:
    command = [PYTHON, "-m", "pip", "--disable-pip-version-check", "-qq", *arguments]
    if subprocess.run(command, cwd=ROOT).returncode:
        fail(f"This did not work, for the reason above: pip {' '.join(arguments)}")


def translations_changed() -> bool:
    def older(compiled: Path, source: Path) -> bool:
        return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime

    sources = (ROOT / "src" / "huitong").glob("**/locale/*/LC_MESSAGES/*.po")
    return any(older(source.with_suffix(".mo"), source) for source in sources)


def fail(message: str, code: int = 1) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
