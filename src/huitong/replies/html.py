"""HTML as text, for what a person wrote into it: blocks become lines, quoted blocks get "> ", what is hidden goes."""

import re
from html.parser import HTMLParser
from typing import Final

_SILENT: Final = frozenset({"style", "script", "head", "title", "noscript", "template"})
_BLOCKS: Final = frozenset(
    [
        "p",
        "div",
        "br",
        "tr",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "ul",
        "ol",
        "blockquote",
        "hr",
        "pre",
        "section",
        "article",
        "header",
        "footer",
        "dd",
        "dt",
    ]
)
_VOID: Final = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_STRUCK: Final = frozenset({"s", "strike", "del"})
STRUCK: Final = "✗"  # somebody has crossed something out: no text without it says what they mean
# How mail programs mark what they quote.
_QUOTED: Final = re.compile(
    r"gmail_quote|gmail_extra|yahoo_quoted|moz-cite-prefix|divrplyfwdmsg|appendonsend|replyforward|origbody|includetail"
    r"|isreplycontent|ntes_quote|reply-?content|protonmail_quote|zmail_extra|mail_quote|qmbox_quote|foxmailquote|x_divrpl",
    re.IGNORECASE,
)
_HIDDEN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])", re.I
)
_CROSSED: Final = re.compile(r"text-decoration[^;]*line-through", re.IGNORECASE)
MAX_OPEN: Final = 100  # elements open at once
MAX_TAGS: Final = 100_000


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line: list[str] = []
        self.open: list[tuple[str, str]] = []  # element, and what it does to what is in it: "", hidden, quoted
        self.tags = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags += 1
        if self.tags > MAX_TAGS:
            return
        if tag in _BLOCKS:
            self.end_line()
        if tag in _VOID:
            return
        values = {name: value or "" for name, value in attrs}
        style = values.get("style", "")
        does = ""
        if tag in _SILENT or _HIDDEN.search(style[:2000]) or "hidden" in values:
            does = "hidden"
        elif tag == "blockquote" or _QUOTED.search(
            f"{values.get('class', '')} {values.get('id', '')} {values.get('name', '')}"[:500]
        ):
            does = "quoted"
        elif tag in _STRUCK or _CROSSED.search(style[:2000]):
            self.line.append(STRUCK)
        if len(self.open) < MAX_OPEN:
            self.open.append((tag, does))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.end_line()

    def handle_endtag(self, tag: str) -> None:
        self.tags += 1
        if self.tags > MAX_TAGS:
            return
        if tag in _BLOCKS:
            self.end_line()
        for index in range(len(self.open) - 1, max(-1, len(self.open) - 50), -1):
            if self.open[index][0] == tag:
                del self.open[index:]
                return

    def handle_data(self, data: str) -> None:
        if self.tags > MAX_TAGS:
            return
        if not any(does == "hidden" for _, does in self.open):
            self.line.append(re.sub(r"[ \t\r\n\f]+", " ", data))

    def end_line(self) -> None:
        text = "".join(self.line).strip(" \u200b\ufeff")
        self.line = []
        quoted = any(does == "quoted" for _, does in self.open)
        self.lines.append(f"> {text}" if quoted else text)


def text_of_html(html: str) -> str:
    """The text. A tag that never ends, or too many of them, only shorten it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_line()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(reader.lines)).strip()
