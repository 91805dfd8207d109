"""`pip install .` gives a working huitong: the wheel holds all that it needs, and runs from elsewhere."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "huitong"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", str(folder), str(ROOT)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    return next(folder.glob("huitong-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The folder of programs of an environment that holds the wheel; the dependencies are those of the tests."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False, symlinks=True)
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(home), "platbase": str(home)}))
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(home / "bin" / "python"),
        "install",
        "--no-deps",
        str(wheel),
    ]
    subprocess.run(command, capture_output=True, check=True, timeout=300)
    # A path named in a .pth file is searched, but .pth files in it, such as that of an editable huitong, are not read.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin"


def _run(installed: Path, *arguments: str, **options) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"COLUMNS": "100"}
    command = [installed / "huitong", *arguments]
    return subprocess.run(
        command, env=environment, cwd=installed, capture_output=True, text=True, timeout=60, **options
    )


def test_the_wheel_holds_every_file_of_the_package_and_the_compiled_translations(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {f"huitong/{path.relative_to(PACKAGE).as_posix()}" for path in sources} <= names
    catalogues = {name for name in names if name.endswith(".po")}
    assert {name.removesuffix(".po") + ".mo" for name in catalogues} <= names
    assert catalogues, "there are no translations"


@pytest.mark.parametrize(
    "part",
    [
        "review/rules/",
        "compose/templates/",
        "documents/kinds/",
        "documents/formats/official.typ",
        "web/templates/",
        "web/static/",
        "web/locale/",
        "records/migrations/0",
    ],
)
def test_the_wheel_holds_what_is_no_code(wheel, part):
    assert any(name.startswith(f"huitong/{part}") for name in zipfile.ZipFile(wheel).namelist())


def test_the_command_runs_from_the_wheel(installed):
    result = _run(installed, "--help")
    assert result.returncode == 0, result.stderr
    assert "serve" in result.stdout
    where = subprocess.run(
        [installed / "python", "-c", "import huitong; print(huitong.__file__)"], capture_output=True, text=True
    )
    assert Path(where.stdout.strip()).is_relative_to(installed.parent)


def test_the_engines_find_their_data_in_the_wheel(installed):
    brief = min((ROOT / "examples").glob("*.yaml")).read_text(encoding="utf-8")
    text = _run(installed, "compose", "-", "--as", "email", input=brief)
    assert text.returncode == 0, text.stderr
    review = _run(installed, "review", "-", "--as", "email", "--format", "json", input=text.stdout)
    assert review.returncode in (0, 1), review.stderr
    assert '"faults": []' in review.stdout
