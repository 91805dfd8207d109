"""huitong report: a brief in, a file out."""

import os
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

EXAMPLE = str(Path(__file__).parents[2] / "examples" / "zh-complex.yaml")


@pytest.mark.parametrize(("format", "start"), [("docx", b"PK"), ("pdf", b"%PDF-1.7"), ("html", b"<!doctype html>")])
def test_the_file_is_written_in_the_format_of_its_name(huitong, tmp_path, format, start):
    result = huitong("report", EXAMPLE, "--kind", "请示", "--date", "2026-10-12", "--output", f"request.{format}")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert (tmp_path / f"request.{format}").read_bytes().startswith(start)


def test_the_date_and_the_lists_are_those_given(huitong):
    options = ["--decision", "十月起试行", "--attendee", "邹经理", "--attendee", "陆明", "--annex", "排班表"]
    result = huitong("report", EXAMPLE, "--kind", "纪要", "--format", "html", "--date", "2026-10-12", *options)
    assert "2026年10月12日" in result.stdout
    assert "十月起试行" in result.stdout
    assert "邹经理、陆明" in result.stdout
    assert "排班表" in result.stdout


def test_a_pipe_gets_the_file_itself(environment):
    command = [sys.executable, "-m", "huitong", "report", EXAMPLE]
    written = subprocess.run(command, env=environment, capture_output=True, check=True).stdout
    assert "word/document.xml" in zipfile.ZipFile(BytesIO(written)).namelist()


def test_a_terminal_gets_no_binary(environment):
    outer, inner = os.openpty()
    command = [sys.executable, "-m", "huitong", "report", EXAMPLE, "--format", "pdf"]
    result = subprocess.run(command, env=environment, stdout=inner, stderr=subprocess.PIPE, text=True)
    os.close(inner)
    os.close(outer)
    assert result.returncode == 2
    assert result.stderr == "A pdf file is not for a terminal. Name one with --output, such as report.pdf.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--kind", "memo"], "--kind: “memo”是另一种语言的文种"),
        (["--format", "odt"], "--format: 没有“odt”这种格式"),
        (["--output", "report.odt"], "--format: 没有“odt”这种格式"),
        (["--date", "12.10.2026"], '--date: "12.10.2026" is not a date. Write 2026-10-12.'),
    ],
)
def test_a_wrong_option_says_what_to_write(huitong, arguments, message):
    result = huitong("report", EXAMPLE, *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(message)
    assert result.stderr.count("\n") == 1


def test_a_brief_that_breaks_a_rule_is_told_the_file_the_field_and_the_article(huitong, tmp_path):
    broken = Path(EXAMPLE).read_text(encoding="utf-8").replace("matter: 退货入库时限", "matter: 退货入库时限；盘点")
    (tmp_path / "two.yaml").write_text(broken, encoding="utf-8")
    result = huitong("report", "two.yaml", "--kind", "请示", "--output", "two.docx")
    assert result.returncode == 2
    assert result.stderr.startswith("two.yaml: matter: 请示应当一文一事（《党政机关公文处理工作条例》第十五条）")
    assert not (tmp_path / "two.docx").exists()


def test_a_folder_that_is_not_there_is_said(huitong):
    result = huitong("report", EXAMPLE, "--output", "nowhere/report.docx")
    assert result.returncode == 1
    assert result.stderr == "nowhere/report.docx cannot be written: No such file or directory.\n"
