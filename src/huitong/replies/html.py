"""HTML as text, for what a person wrote into it: blocks become lines, quoted blocks get "> ", what is hidden goes."""

import re
from html import unescape
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
MAX_TAG: Final = 5_000  # characters of one tag
_TAG: Final = re.compile(r"(?P<end>/?)(?P<name>[A-Za-z!?][A-Za-z0-9:-]*)(?P<rest>.*)", re.DOTALL)
_ATTRIBUTE: Final = re.compile(r"""([A-Za-z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_RAW: Final = ("style", "script", "title")


class _Reader:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.open: list[tuple[str, str]] = []  # element, and what it does to what is in it: "", hidden, quoted

    def begin(self, tag: str, attributes: str) -> None:
        if tag in _BLOCKS:
            self.end_line()
        if tag in _VOID or attributes.endswith("/"):
            return
        values = {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(attributes)}
        style, marks = values.get("style", ""), " ".join(values.get(name, "") for name in ("class", "id", "name"))
        does = ""
        if tag in _SILENT or _HIDDEN.search(style) or "hidden" in values:
            does = "hidden"
        elif tag == "blockquote" or _QUOTED.search(marks):
            does = "quoted"
        elif tag in _STRUCK or _CROSSED.search(style):
            self.line.append(STRUCK)
        if len(self.open) < MAX_OPEN:
            self.open.append((tag, does))

    def end(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.end_line()
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index][0] == tag:
                del self.open[index:]
                return

    def text(self, data: str) -> None:
        if data and not any(does == "hidden" for _, does in self.open):
            self.line.append(re.sub(r"[ \t\r\n\f]+", " ", unescape(data)))

    def end_line(self) -> None:
        text = "".join(self.line).strip(" \u200b\ufeff")
        self.line = []
        quoted = any(does == "quoted" for _, does in self.open)
        self.lines.append(f"> {text}" if quoted else text)


def text_of_html(html: str) -> str:
    """The text. A tag that never ends is text; what stands in a comment that never ends is lost."""
    # The standard library's parser takes quadratic time over what never ends, so the tags are found here.
    reader, at = _Reader(), 0
    while (begin := html.find("<", at)) >= 0:
        reader.text(html[at:begin])
        if html.startswith("<!--", begin):
            end = html.find("-->", begin)
            at = end + 3 if end >= 0 else len(html)
            continue
        end = html.find(">", begin, begin + MAX_TAG)
        tag = _TAG.fullmatch(html, begin + 1, end) if end >= 0 else None
        if tag is None:
            reader.text("<")
            at = begin + 1
            continue
        at, name = end + 1, tag["name"].lower()
        if tag["end"]:
            reader.end(name)
        else:
            reader.begin(name, tag["rest"])
            if name in _RAW:
                closing = re.compile(rf"</{name}", re.IGNORECASE).search(html, at)
                at = closing.start() if closing else len(html)
    reader.text(html[at:])
    reader.end_line()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(reader.lines)).strip()
