"""Mails made to break their reader: each is read, within bounds, and none becomes an answer that it is not."""

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitong.replies import MAX_BYTES, Asks, Kind, bounce_of, is_proven, kind_of, newly_written, read_mail, understand
from huitong.replies.mail import MAX_HEADERS, MAX_PARTS

LONGEST = 20  # seconds on a machine that is busy with other things; each takes a fraction of one
HEAD = b"From: a@example.com\r\nTo: desk+x@example.com\r\n"


def parts(depth: int) -> bytes:
    """Parts in parts, the innermost a text that says 1."""
    head = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))
    return HEAD + head + b"Content-Type: text/plain\r\n\r\n1\r\n"


HOSTILE = {
    "10,000 parts in parts": parts(10_000),
    "10,000 parts side by side": HEAD
    + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\nContent-Type: text/plain\r\n\r\n1\r\n" * 10_000,
    "one boundary everywhere": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n" * 400_000,
    "no end of mails in mails": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 60_000,
    "100,000 headers": b"".join(b"X-%d: y\r\n" % n for n in range(100_000)) + b"\r\n1",
    "one header without an end": b"Subject: " + b"x " * 900_000,
    "a header folded 100,000 times": b"Subject: x\r\n" + b" y\r\n" * 100_000 + b"\r\n1",
    "encoded words without an end": b"Subject: " + b"=?utf-8?q?" * 20_000 + b"\r\n\r\n1",
    "addresses in addresses": b"From: " + b"(" * 20_000 + b'"' * 20_000 + b"<" * 20_000 + b"\r\n\r\nno",
    "10,000 receivers": b"To: " + b", ".join(b"a%d@example.com" % n for n in range(10_000)) + b"\r\n\r\nno",
    "parameters without an end": b"Content-Type: text/plain" + b'; a="' * 20_000 + b"\r\n\r\nno",
    "an HTML of tags alone": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 380_000,
    "an HTML that never closes": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<a " * 600_000,
    "an HTML of comments": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<!--" * 450_000,
    "an HTML of entities": HEAD + b"Content-Type: text/html\r\n\r\n" + b"&lt" * 600_000,
    "a text of one line": HEAD + b"\r\n" + b"1" * 1_900_000,
    "a text of quote marks": HEAD + b"\r\n" + b"> " * 900_000,
    "a text of leads": HEAD + b"\r\n" + b"On a wrote\n" * 180_000,
    "a text of spaces": HEAD + b"\r\n" + b" \xe3\x80\x80" * 500_000 + b"1",
    "a text of commas": HEAD + b"\r\n" + b"1," * 900_000,
    "zeros": b"\0" * 1_000_000,
    "NULs in a text": HEAD + b"\r\n1\0",
    "base64 of nothing": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=" * 1_000_000,
    "quoted-printable of nothing": HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=" * 1_000_000,
    "a charset that there is not": HEAD + b"Content-Type: text/plain; charset=nothing\r\n\r\n\xff\xfe1",
    "a charset that is no text": HEAD + b"Content-Type: text/plain; charset=base64\r\n\r\nMQ==",
    "UTF-7": HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n+ADE-",
    "a wrong charset": HEAD + b"Content-Type: text/plain; charset=us-ascii\r\n\r\n" + "不要方案一".encode("gb18030"),
    "a false ISO-2022-CN": HEAD + b"Content-Type: text/plain; charset=iso-2022-cn\r\n\r\n\x1b$)G\x0e!!\x0f1",
    "nothing": b"",
    "line ends alone": b"\r\n" * 1000,
    "larger than is read": HEAD + b"\r\n1\r\n" + b"\r\n" * (MAX_BYTES // 2 + 10),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_read_in_time_and_is_no_number(name: str) -> None:
    began = time.monotonic()
    mail = read_mail(HOSTILE[name])
    kind = kind_of(mail)
    bounce_of(mail)
    is_proven(mail, "mx.example.com")
    written = newly_written(mail, ("a",))
    sense = understand(written.text, Asks.LEADER, options=2)
    assert time.monotonic() - began < LONGEST
    assert kind is Kind.HUMAN
    assert not (sense.exact and written.sure)
    assert len(mail.headers) <= MAX_HEADERS
    assert len(mail.attachments) <= MAX_PARTS


@given(st.binary(max_size=3000))
def test_any_bytes_are_a_mail(content: bytes) -> None:
    mail = read_mail(content)
    kind_of(mail)
    bounce_of(mail)
    newly_written(mail)


@given(st.text(max_size=300))
def test_any_text_means_something_or_nothing(text: str) -> None:
    for asks in Asks:
        understand(text, asks, options=3)


def html(body: str) -> str:
    content = base64.encodebytes(body.encode()).replace(b"\n", b"\r\n")
    head = HEAD + b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return newly_written(read_mail(head + content)).text


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ("<p>不要 <b>1</b></p>", "不要 1"),
        ("<style>p{}</style><script>1</script><p>2</p>", "2"),
        ("<p>1</p><div style='display:none'>2</div>", "1"),
        ("<blockquote>1</blockquote>", ""),
        ("<p>1<br>2</p>", "1\n2"),
    ],
)
def test_html_is_read_as_it_is_seen(body: str, written: str) -> None:
    assert html(body) == written


def test_what_is_crossed_out_is_no_answer() -> None:
    text = html("<p><s>1</s></p>")
    assert not understand(text, Asks.LEADER, options=2).exact


@pytest.mark.parametrize(
    ("charset", "codec"), [("gb18030", "gb18030"), ("gb2312", "gbk"), ("big5", "big5"), ("utf-8", "utf-8")]
)
def test_common_charsets(charset: str, codec: str) -> None:
    content = HEAD + f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + "方案一，可以".encode(codec)
    assert newly_written(read_mail(content)).text == "方案一，可以"


def test_iso_2022_cn() -> None:
    shifted = bytes(byte & 0x7F for byte in "同意方案一".encode("gb2312"))
    content = HEAD + b"Content-Type: text/plain; charset=ISO-2022-CN\r\n\r\n\x1b$)A\x0e" + shifted + b"\x0f 1"
    assert newly_written(read_mail(content)).text == "同意方案一 1"


def test_encoded_words_in_subject_and_names() -> None:
    word = base64.b64encode("自动回复: 您好".encode("gb18030")).decode()
    mail = read_mail(f"From: =?utf-8?b?6auY57+U?= <gao@example.com>\r\nSubject: =?gb18030?B?{word}?=\r\n\r\n".encode())
    assert (mail.sender_name, mail.sender, mail.subject) == ("高翔", "gao@example.com", "自动回复: 您好")
    assert kind_of(mail) is Kind.AUTOMATIC


@pytest.mark.parametrize(
    "head",
    [
        "From: a@example.com, b@example.com",
        "From: a@example.com\r\nFrom: b@example.com",
        "From: a",
        "From: =?utf-8?q?gao=40example=2Ecom?= <evil@elsewhere.example>",
    ],
)
def test_a_from_that_is_not_one_proven_address_proves_nothing(head: str) -> None:
    results = "Authentication-Results: mx.example.com; dmarc=pass header.from=example.com\r\n"
    assert not is_proven(read_mail(f"{results}{head}\r\n\r\n1".encode()), "mx.example.com")


@pytest.mark.parametrize(
    ("results", "proven"),
    [
        ("mx.example.com; dmarc=pass header.from=example.com", True),
        ("mx.example.com; dmarc=pass (p=reject) header.from=Example.com", True),
        ("mx.example.com; dkim=pass header.d=example.com; spf=none", True),
        ("mx.example.com; spf=pass smtp.mailfrom=gao@example.com", True),
        ("mx.example.com 1; dkim=pass header.i=@example.com", True),
        ("mx.example.com; dkim=pass header.d=example.com; dmarc=fail header.from=example.com", False),
        ("mx.example.com; dkim=pass header.d=ample.com", False),
        ("mx.example.com; dkim=pass header.d=mail.example.com", False),
        ("mx.example.com; dkim=fail (dkim=pass header.d=example.com)", False),
        ('mx.example.com; dkim=fail reason="x; dkim=pass header.d=example.com"', False),
        ("mx.example.com; spf=pass smtp.helo=example.com", False),
        ("mx.example.com; dmarc=pass header.from=elsewhere.example", False),
        ("mx.example.com.evil.example; dmarc=pass header.from=example.com", False),
        ("mx.example.com", False),
        ("", False),
    ],
)
def test_what_the_houses_server_found(results: str, proven: bool) -> None:
    content = f"Authentication-Results: {results}\r\nFrom: gao@example.com\r\n\r\n1".encode()
    assert is_proven(read_mail(content), "mx.example.com") is proven


def test_without_a_server_named_nothing_is_proven() -> None:
    content = b"Authentication-Results: ; dmarc=pass\r\nFrom: gao@example.com\r\n\r\n1"
    assert not is_proven(read_mail(content), "")
