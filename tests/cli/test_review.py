"""huitong review: a text in, what to mend out."""

import json

import pytest

import huitong as engines

WEAK = "领导，采购部一直推诿，你必须马上解决！"
STRONG = (
    "张总您好：秋季发布会物料的交期还没有定，想请您帮忙。9 月 8 日已提交采购申请，目前仍在比价。"
    "物料晚于 10 月 12 日到场，搭建就要顺延，场租每天 2.4 万元。想请您主持一次 30 分钟的协调会，定下交期和责任人。"
)


def test_json_is_what_the_engine_says(huitong):
    result = huitong("review", "-", "--as", "chat", "--format", "json", input=WEAK)
    said = json.loads(result.stdout)
    advice = said.pop("advice")
    assert (said.pop("file"), said) == ("-", engines.review(WEAK, channel="chat").to_dict())
    assert [a["code"] for a in advice] == said["missing"]
    assert all(a["why"] and a["begin"] for a in advice)
    assert result.returncode == 1
    given = huitong("review", "-", "--as", "chat", "--lang", "zh-Hant", "--format", "json", input=WEAK)
    assert json.loads(given.stdout)["language"] == "zh-Hant"


def test_nothing_to_mend_is_code_0(huitong):
    result = huitong("review", "-", "--as", "chat", "--format", "json", input=STRONG)
    review = json.loads(result.stdout)
    assert (review["missing"], review["faults"], result.returncode) == ([], [], 0)


@pytest.mark.points("2.10", "3.6")
def test_text_shows_what_to_mend(huitong, tmp_path):
    (tmp_path / "message.txt").write_text(WEAK, encoding="utf-8")
    result = huitong("review", "message.txt", "--as", "chat")
    assert result.returncode == 1
    assert "推诿" in result.stdout
    assert "必须" in result.stdout


def test_a_byte_order_mark_is_not_part_of_the_text(huitong, tmp_path):
    (tmp_path / "message.txt").write_bytes(b"\xef\xbb\xbf" + WEAK.encode())
    result = huitong("review", "message.txt", "--as", "chat", "--format", "json")
    assert json.loads(result.stdout)["faults"] == engines.review(WEAK, channel="chat").to_dict()["faults"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_many_files_are_reviewed_in_order_and_a_bad_one_stops_none(huitong, tmp_path, jobs):
    for n in range(3):
        (tmp_path / f"{n}.txt").write_text(WEAK, encoding="utf-8")
    (tmp_path / "1.txt").write_bytes(b"\x00")
    result = huitong("review", "0.txt", "1.txt", "2.txt", "--as", "chat", "--format", "json", "--jobs", jobs)
    assert [row["file"] for row in json.loads(result.stdout)] == ["0.txt", "2.txt"]
    assert (result.returncode, result.stderr) == (2, "1.txt is not a text file.\n")
    text = huitong("review", "0.txt", "2.txt", "--as", "chat").stdout
    assert text.index("0.txt\n") < text.index("2.txt\n")


def test_fix_puts_the_wordings_in_and_keeps_the_files_form(huitong, tmp_path):
    content = b"\xef\xbb\xbf" + "王总，采购部一直推诿。\r\n请您协调。\r\n".encode()
    (tmp_path / "m.txt").write_bytes(content)
    result = huitong("review", "m.txt", "--as", "chat", "--fix", "--format", "json")
    assert (tmp_path / "m.txt").read_bytes() == content.replace("一直推诿".encode(), "目前还没有答复".encode())
    assert json.loads(result.stdout)["faults"] == []
    assert [p.name for p in tmp_path.iterdir() if "m.txt" in p.name] == ["m.txt"]
    piped = huitong("review", "-", "--as", "chat", "--fix", input="王总，采购部一直推诿。")
    assert piped.stdout == "王总，采购部目前还没有答复。"
    assert "还可以补上" in piped.stderr


def test_a_file_that_cannot_be_written_is_left_and_said(huitong, tmp_path, monkeypatch):
    folder = tmp_path / "no"
    result = huitong("review", str(folder / "m.txt"), "--as", "chat", "--fix")
    assert (result.returncode, result.stderr) == (2, f"{folder / 'm.txt'} cannot be read: No such file or directory.\n")


def test_sarif_is_one_log_of_all_files(huitong, tmp_path):
    (tmp_path / "a.txt").write_text(WEAK, encoding="utf-8")
    log = json.loads(huitong("review", "a.txt", "-", "--as", "chat", "--format", "sarif", input=WEAK).stdout)
    uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in log["runs"][0]["results"]}
    assert (log["version"], uris) == ("2.1.0", {"a.txt", "standard%20input"})


def test_a_huitong_toml_beside_the_text_holds_and_a_bad_one_is_named(huitong, tmp_path):
    (tmp_path / "huitong.toml").write_text('[review]\noff = ["blame", "command"]\n', encoding="utf-8")
    result = huitong("review", "-", "--as", "chat", "--format", "json", input=WEAK)
    assert not {"blame", "command"} & {f["code"] for f in json.loads(result.stdout)["faults"]}
    (tmp_path / "huitong.toml").write_text('[review]\noff = ["nonsense"]\n', encoding="utf-8")
    result = huitong("review", "-", "--as", "chat", input=WEAK)
    assert result.returncode == 2
    assert 'huitong.toml: review.off[0]: There is no rule "nonsense".' in result.stderr


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "x.txt cannot be read: No such file or directory."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "x.txt is not a text file."),
        ("你好".encode("gb18030"), "x.txt is not UTF-8 text (byte 1). Save it as UTF-8."),
        (b"a" * 1_000_001, "x.txt is over 1 MB, which is too long to read."),
    ],
)
def test_unusable_input_is_one_sentence_and_code_2(huitong, tmp_path, content, sentence):
    if content is not None:
        (tmp_path / "x.txt").write_bytes(content)
    result = huitong("review", "x.txt", "--as", "email")
    assert (result.returncode, result.stdout, result.stderr) == (2, "", f"{sentence}\n")


def test_a_folder_is_no_file(huitong, tmp_path):
    result = huitong("review", str(tmp_path), "--as", "email")
    assert (result.returncode, result.stderr) == (2, f"{tmp_path} cannot be read: Is a directory.\n")


def test_a_channel_must_be_said(huitong):
    result = huitong("review", "x.txt")
    assert result.returncode == 2
    assert "--as" in result.stderr
