"""Answers put into the forms in which common mail programs send them: their quoting, their signatures, their charsets."""

import base64
import quopri
from collections.abc import Callable
from email.header import Header
from typing import Final

FROM: Final = "高翔 <gao@example.com>"
QUOTED: Final = """高总，您好：

新品发布会搭建物料采购卡在比价，最晚 12 月 1 日要定。您可以这样帮：

方案一　召开协调会，30 分钟
方案二　与王经理通个电话，10 分钟

请在这里批示，不用登录：
https://desk.example.com/Abc123

同意方案一就请点第一个。"""
QUOTED_HTML: Final = "<br>".join(QUOTED.split("\n"))
DESK: Final = "会同 <desk+abcdefgh@example.com>"


def _headers(*, subject: str = "回复: 请您定：搭建物料", sender: str = FROM, **more: str) -> list[tuple[str, str]]:
    name, _, address = sender.rpartition(" ")
    shown = f"{Header(name, 'utf-8').encode()} {address}" if name else address
    named = {"From": shown, "To": "desk+abcdefgh@example.com", "Subject": Header(subject, "utf-8").encode()}
    named |= {"Message-ID": "<reply-1@example.com>", "Date": "Wed, 25 Nov 2026 10:30:00 +0800", "MIME-Version": "1.0"}
    return [*named.items(), *((key.replace("_", "-"), value) for key, value in more.items())]


def _part(kind: str, text: str, charset: str, encoding: str) -> bytes:
    content = text.replace("\n", "\r\n").encode(charset, "xmlcharrefreplace" if kind == "html" else "replace")
    if encoding == "base64":
        content = base64.encodebytes(content).replace(b"\n", b"\r\n")
    elif encoding == "quoted-printable":
        content = quopri.encodestring(content).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    head = f'Content-Type: text/{kind}; charset="{charset}"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode() + content


def _mail(headers: list[tuple[str, str]], parts: list[bytes]) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in headers).encode()
    if len(parts) == 1:
        return head + parts[0]
    mark = b"----=_Part_1"
    body = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + mark + b"--\r\n"
    return head + b'Content-Type: multipart/alternative; boundary="' + mark + b'"\r\n\r\n' + body


def _html(says: str, after: str) -> str:
    escaped = says.replace("&", "&amp;").replace("<", "&lt;")
    lines = "".join(f"<div>{line or '<br>'}</div>" for line in escaped.split("\n"))
    return f"<html><head><style>div {{ color: #111 }}</style></head><body>{lines}{after}</body></html>"


def _marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def outlook(says: str, lang: str) -> bytes:
    if lang == "en":
        head = "From: Huitong <desk+abcdefgh@example.com>\nSent: Wednesday, November 25, 2026 10:02 AM\nTo: Gao Xiang\nSubject: Please decide"
        sign, notice = (
            "Gao Xiang\nDirector of Marketing",
            "This e-mail and any attachments are confidential and intended only for the addressee.",
        )
    else:
        head = "发件人: 会同 <desk+abcdefgh@example.com>\n发送时间: 2026年11月25日 10:02\n收件人: 高翔\n主题: 请您定：搭建物料"
        sign, notice = "高翔\n市场部总监", "本邮件及其附件含有保密信息，仅供收件人使用。"
    text = f"{says}\n\n{sign}\n\n{head}\n\n{QUOTED}\n\n{notice}\n"
    after = (
        "".join(f"<p class=MsoNormal>{line}</p>" for line in sign.split("\n"))
        + "<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal>"
        + head.replace("<", "&lt;").replace("\n", "<br>")
        + f"</p></div><p class=MsoNormal>{QUOTED_HTML}</p><p>{notice}</p>"
    )
    parts = [_part("plain", text, "gb2312" if lang == "zh" else "utf-8", "base64")]
    return _mail(_headers(Thread_Topic="x"), [*parts, _part("html", _html(says, after), "utf-8", "quoted-printable")])


def gmail(says: str, lang: str) -> bytes:
    lead = "On Wed, Nov 25, 2026 at 10:02 AM Huitong <desk+abcdefgh@example.com>\nwrote:"
    if lang != "en":
        lead = "会同 <desk+abcdefgh@example.com> 于2026年11月25日周三 10:02写道："
    after = f'<br><div class="gmail_quote"><div class="gmail_attr">{lead.replace("<", "&lt;")}</div><blockquote>{QUOTED_HTML}</blockquote></div>'
    parts = [_part("plain", f"{says}\n\n{lead}\n\n{_marked(QUOTED)}\n", "utf-8", "base64")]
    return _mail(_headers(), [*parts, _part("html", _html(says, after), "utf-8", "quoted-printable")])


def apple(says: str, lang: str) -> bytes:
    lead = "On 25 Nov 2026, at 10:02, Huitong <desk+abcdefgh@example.com> wrote:"
    if lang != "en":
        lead = "在 2026年11月25日，10:02，会同 <desk+abcdefgh@example.com> 写道："
    return _mail(
        _headers(), [_part("plain", f"{says}\n\n{_marked(lead)}\n> \n{_marked(QUOTED)}\n", "utf-8", "quoted-printable")]
    )


def iphone(says: str, lang: str) -> bytes:
    sign = "Sent from my iPhone" if lang == "en" else "發自我的 iPhone" if lang == "zh-Hant" else "发自我的 iPhone"
    lead = "On Nov 25, 2026, at 10:02 AM, Huitong <desk+abcdefgh@example.com> wrote:"
    if lang != "en":
        lead = "在 2026年11月25日，10:02，会同 <desk+abcdefgh@example.com> 写道："
    text = f"{says}\n\n{sign}\n\n> {lead}\n> \n{_marked(QUOTED)}\n"
    after = f'<div dir="ltr">{sign}</div><div dir="ltr"><br><blockquote type="cite">{lead.replace("<", "&lt;")}<br>{QUOTED_HTML}</blockquote></div>'
    return _mail(
        _headers(), [_part("plain", text, "utf-8", "base64"), _part("html", _html(says, after), "utf-8", "base64")]
    )


def qq(says: str, lang: str) -> bytes:
    lead = "------------------&nbsp;原始邮件&nbsp;------------------"
    head = '发件人: "会同"&lt;desk+abcdefgh@example.com&gt;;<br>发送时间: 2026年11月25日(星期三) 上午10:02<br>收件人: "高翔"&lt;gao@example.com&gt;;<br>主题: 请您定'
    after = f'<div><br></div><div><includetail><div>{lead}</div><div style="background:#efefef;">{head}</div><div>{QUOTED_HTML}</div></includetail></div>'
    return _mail(_headers(), [_part("html", _html(says, after), "gb18030", "base64")])  # this one writes no plain part


def foxmail(says: str, lang: str) -> bytes:
    head = "发件人： 会同\n发送时间： 2026-11-25 10:02\n收件人： gao\n主题： 请您定：搭建物料"
    text = f"{says}\n\n\n\ngao@example.com\n \n{head}\n{QUOTED}\n"
    after = f"<div><br></div><hr><div>gao@example.com</div><blockquote><div>&nbsp;</div><div>{head.replace(chr(10), '<br>')}</div>{QUOTED_HTML}</blockquote>"
    return _mail(
        _headers(),
        [_part("plain", text, "gb18030", "base64"), _part("html", _html(says, after), "gb18030", "quoted-printable")],
    )


def netease(says: str, lang: str) -> bytes:
    lead = '在 2026-11-25 10:02:11，"会同" <desk+abcdefgh@example.com> 写道：'
    text = f"{says}\n\n\n\n\n\n\n\n{lead}\n\n{QUOTED}\n"
    after = f'<br><pre>{lead.replace("<", "&lt;")}</pre><blockquote id="isReplyContent" style="PADDING-LEFT: 1ex">{QUOTED_HTML}</blockquote>'
    return _mail(
        _headers(), [_part("plain", text, "gb18030", "base64"), _part("html", _html(says, after), "gb18030", "base64")]
    )


def wecom(says: str, lang: str) -> bytes:
    after = f'<div><br></div><div>高翔</div><div>企业微信邮箱</div><div class="xm_compose_origin_mail_container"><hr><div>---Original---</div><div><b>发件人:</b> 会同</div><div><b>发送时间:</b> 2026年11月25日</div><div>{QUOTED_HTML}</div></div>'
    return _mail(_headers(), [_part("html", _html(says, after), "utf-8", "base64")])


def thunderbird(says: str, lang: str) -> bytes:
    """Below the quote, as its writers like it."""
    lead = "On 25/11/2026 10:02, Huitong wrote:" if lang == "en" else "在 2026/11/25 10:02，会同 写道："
    charset = "big5" if lang == "zh-Hant" else "utf-8"
    return _mail(
        _headers(), [_part("plain", f"{lead}\n{_marked(QUOTED)}\n\n{says}\n\n-- \nGao Xiang\n", charset, "8bit")]
    )


FORMS: Final[dict[str, Callable[[str, str], bytes]]] = {
    form.__name__: form for form in (outlook, gmail, apple, iphone, qq, foxmail, netease, wecom, thunderbird)
}
