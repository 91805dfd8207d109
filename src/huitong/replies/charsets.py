"""From bytes to text, by the charset that a mail names and, where that is wrong, by what the bytes are."""

import codecs
import re
from typing import Final

# Names that programs write for what is really a wider set, and the few that we read at all: a charset such as UTF-7,
# which
# hides its letters from every other reader, is not one of them.
_KNOWN: Final = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "gb18030": "gb18030",
    "x-gbk": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "big-5": "big5hkscs",
    "cp950": "cp950",
    "iso-8859-1": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-15": "iso8859-15",
    "iso-2022-jp": "iso2022_jp",
    "shift_jis": "shift_jis",
    "euc-kr": "euc_kr",
    "utf-16": "utf-16",
}
_SHIFTED: Final = re.compile(rb"\x1b\$\)(?P<set>[A-Z])|\x0e(?P<text>[^\x0f\r\n]*)\x0f?")


def decode(content: bytes, charset: str) -> str:
    """The text. What no reading fits holds U+FFFD, and is never taken for an answer."""
    name = charset.strip().strip("'\"").lower()
    if name in ("iso-2022-cn", "iso-2022-cn-ext"):
        return _iso_2022_cn(content)
    codec = _KNOWN.get(name, "")
    for attempt in dict.fromkeys(filter(None, (codec, "utf-8", "gb18030"))):
        try:
            return codecs.decode(content, attempt)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode(codec or "utf-8", "replace")


def _iso_2022_cn(content: bytes) -> str:
    """RFC 1922, of its sets GB 2312. Characters of another set become U+FFFD."""
    shifted_to, text, at = "", "", 0
    for mark in _SHIFTED.finditer(content):
        text += content[at : mark.start()].decode("ascii", "replace")
        at = mark.end()
        if mark["set"]:
            shifted_to = mark["set"].decode()
        elif shifted_to == "A":
            text += bytes(byte | 0x80 for byte in mark["text"]).decode("gb2312", "replace")
        else:
            text += "\ufffd"
    return text + content[at:].decode("ascii", "replace")
