"""The page and the styles of a DOCX. All measures of the standard are here, in its own units.

Word counts in twips (1/20 pt), in hundredths of a character, and letters in half points.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from huitong.method import Language


def twips(millimetres: float) -> int:
    return round(millimetres * 1440 / 25.4)


@dataclass(frozen=True, slots=True)
class Page:
    """A4 with its margins in twips; `characters` a line and `lines` a page, where the page has a grid."""

    top: int
    bottom: int
    left: int
    right: int
    footer: int
    characters: int = 0
    lines: int = 0

    @property
    def width(self) -> int:
        return A4[0] - self.left - self.right

    @property
    def pitch(self) -> int:
        """Twips a line, rounded down so that all the lines fit."""
        return (A4[1] - self.top - self.bottom) // self.lines

    @property
    def character(self) -> float:
        """Twips a character."""
        return self.width / self.characters


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style: a font for Chinese and Latin alike, its size in points, indents in characters or twips."""

    id: str
    name: str
    font: str
    size: float
    bold: bool = False
    align: str = "both"
    line: int = 0  # exactly so many twips; 0: as the letters need
    before: int = 0
    after: int = 0
    first: float = 0
    left: float = 0
    hanging: float = 0
    twips_hanging: int = 0
    keep: bool = False
    level: int = 0
    grid: bool = True
    spacing: int = 0  # twips between characters


A4: Final = (twips(210), twips(297))
# GB/T 9704-2012: 天头 37 mm, 订口 28 mm, a type area of 156 mm × 225 mm. The page number's dash stands 7 mm below it.
OFFICIAL_PAGE: Final = Page(twips(37), twips(35), twips(28), twips(26), twips(25), characters=28, lines=22)
MEMO_PAGE: Final = Page(twips(25), twips(25), twips(25), twips(25), twips(12))
FANG, KAI, HEI, SONG, TITLE = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "方正小标宋简体"
BODY_SIZE: Final = 16.0  # 3号
TITLE_SIZE: Final = 22.0  # 2号
NUMBER_SIZE: Final = 14.0  # 4号
TABLE_SIZE: Final = 12.0  # 小4号
_MEMO_FONT: Final = "Calibri"


def _official_styles() -> tuple[Style, ...]:
    pitch = OFFICIAL_PAGE.pitch
    closer = math.floor(OFFICIAL_PAGE.character - BODY_SIZE * 20)  # 28 characters of 16 pt are wider than 156 mm

    def body(id: str, name: str, font: str = FANG, size: float = BODY_SIZE, **more: Any) -> Style:
        return Style(id, name, font, size, line=pitch, spacing=closer if size == BODY_SIZE else 0, **more)

    headings = [
        body(f"Heading{level}", f"heading {level}", font, first=2, keep=True, level=level)
        for level, font in enumerate((HEI, KAI, FANG, FANG), 1)
    ]
    return (
        body("Normal", "Normal"),
        body("BodyText", "Body Text", first=2),
        body("Title", "Title", TITLE, TITLE_SIZE, align="center", keep=True, grid=False),
        *headings,
        body("Addressee", "主送机关", align="left"),
        body("Annex", "附件说明", align="left", left=6, hanging=1),
        body("Present", "出席", left=5, hanging=3),
        body("Signature", "Signature", align="left", keep=True),
        body("Date", "Date", align="left"),
        body("Contact", "附注", align="left", left=2),
        Style("TableText", "表格文字", FANG, TABLE_SIZE, align="left", before=60, after=60, grid=False),
        Style("TableHead", "表头", HEI, TABLE_SIZE, align="left", before=60, after=60, grid=False),
        Style("Footer", "footer", SONG, NUMBER_SIZE, align="right", grid=False),
    )


def _memo_styles() -> tuple[Style, ...]:
    def body(id: str, name: str, size: float = 11, **more: Any) -> Style:
        settings: dict[str, Any] = {"align": "left", "after": 120} | more
        return Style(id, name, _MEMO_FONT, size, **settings)

    headings = [
        body(f"Heading{level}", f"heading {level}", size, bold=True, before=280, after=80, keep=True, level=level)
        for level, size in enumerate((13.0, 11.0, 11.0, 11.0), 1)
    ]
    return (
        body("Normal", "Normal"),
        body("BodyText", "Body Text"),
        body("Title", "Title", 20, bold=True, after=240, keep=True),
        *headings,
        body("MemoLine", "Memo Line", after=40, twips_hanging=1200),
        body("Annex", "Attachment", after=40),
        body("Present", "Present"),
        body("Signature", "Signature", before=480),
        body("Date", "Date"),
        body("Contact", "Contact"),
        body("TableText", "Table Text", 10, before=60, after=60),
        body("TableHead", "Table Heading", 10, bold=True, before=60, after=60),
        body("Footer", "footer", 9, align="center", after=0),
    )


_OFFICIAL: Final = _official_styles()
_MEMO: Final = _memo_styles()


def prepare(file: Any, language: Language, *, official: bool) -> None:
    """Give the file its page and its styles, and no others."""
    page = OFFICIAL_PAGE if official else MEMO_PAGE
    _replace(file.styles.element, parse_xml(_styles(language, official)))
    section = file.sections[0]._sectPr
    _replace(section, parse_xml(_section(page)))
    for found in file.settings.element.iter(qn("w:compatSetting")):
        if found.get(qn("w:name")) == "compatibilityMode":
            found.set(qn("w:val"), "15")  # else Word opens it as a document of an older Word
    for found in file.settings.element.iter(qn("w:themeFontLang")):
        found.set(qn("w:eastAsia"), _east(language))


def _replace(old: Any, new: Any) -> None:
    for child in list(old):
        old.remove(child)
    old.extend(list(new))


def _section(page: Page) -> str:
    grid = ""
    if page.lines:
        # A grid of lines alone: 28 characters are narrower than their letters, and LibreOffice gives a letter that is
        # wider than its place on a grid of characters two places. The styles' spacing has 28 to a line everywhere.
        grid = f'<w:docGrid w:type="lines" w:linePitch="{page.pitch}"/>'
    return (
        f'<w:sectPr {nsdecls("w")}><w:pgSz w:w="{A4[0]}" w:h="{A4[1]}"/>'
        f'<w:pgMar w:top="{page.top}" w:right="{page.right}" w:bottom="{page.bottom}" w:left="{page.left}"'
        f' w:header="{page.footer}" w:footer="{page.footer}" w:gutter="0"/>{grid}</w:sectPr>'
    )


def _east(language: Language) -> str:
    return "zh-TW" if language is Language.ZH_HANT else "zh-CN"


@cache
def _styles(language: Language, official: bool) -> str:
    east = _east(language)
    latin = "en-GB" if language is Language.EN else "en-US"
    rows = "".join(_style(style) for style in (_OFFICIAL if official else _MEMO))
    label = _fonts(HEI) if official else "<w:b/>"
    return (
        f"<w:styles {nsdecls('w')}><w:docDefaults><w:rPrDefault><w:rPr>"
        f'<w:lang w:val="{latin}" w:eastAsia="{east}"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>{rows}'
        f'<w:style w:type="character" w:customStyle="1" w:styleId="Label"><w:name w:val="Label"/><w:rPr>{label}</w:rPr>'
        '</w:style><w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="108" w:type="dxa"/>'
        '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/>'
        f"<w:tblPr><w:tblBorders>{''.join(_border(side) for side in _SIDES)}</w:tblBorders></w:tblPr></w:style>"
        "</w:styles>"
    )


_SIDES: Final = ("top", "left", "bottom", "right", "insideH", "insideV")


def _border(side: str) -> str:
    return f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'


def _fonts(font: str) -> str:
    name = quoteattr(font)
    return f"<w:rFonts w:ascii={name} w:hAnsi={name} w:eastAsia={name} w:cs={name}/>"


_BUILT_IN: Final = ("Normal", "Body Text", "Title", "Signature", "Date", "footer")


def _style(style: Style) -> str:
    normal = style.id == "Normal"
    built_in = style.name in _BUILT_IN or style.level
    follows = "Heading" in style.id or style.id in ("Title", "Addressee")
    return (
        f'<w:style w:type="paragraph"{" w:default=" + quoteattr("1") if normal else ""}'
        f'{"" if built_in else " w:customStyle=" + quoteattr("1")} w:styleId="{style.id}">'
        f"<w:name w:val={quoteattr(style.name)}/>"
        + ("" if normal else '<w:basedOn w:val="Normal"/>')
        + ('<w:next w:val="BodyText"/>' if follows else "")
        + "<w:qFormat/><w:pPr>"
        + ("<w:keepNext/><w:keepLines/>" if style.keep else "")
        + '<w:widowControl w:val="0"/>'  # every page has all its lines
        # No space between Han and digits: each character has its place.
        + ('<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>' if style.font != _MEMO_FONT else "")
        + ("" if style.grid else '<w:snapToGrid w:val="0"/>')
        + f'<w:spacing w:before="{style.before}" w:after="{style.after}"'
        + (f' w:line="{style.line}" w:lineRule="exact"/>' if style.line else ' w:line="240" w:lineRule="auto"/>')
        + indent(style.left, style.hanging, style.first)
        + (f'<w:ind w:left="{style.twips_hanging}" w:hanging="{style.twips_hanging}"/>' if style.twips_hanging else "")
        + f'<w:jc w:val="{style.align}"/>'
        + (f'<w:outlineLvl w:val="{style.level - 1}"/>' if style.level else "")
        + f"</w:pPr><w:rPr>{_fonts(style.font)}{'<w:b/>' if style.bold else ''}"
        + (f'<w:spacing w:val="{style.spacing}"/>' if style.spacing else "")
        + f'<w:sz w:val="{round(style.size * 2)}"/><w:szCs w:val="{round(style.size * 2)}"/></w:rPr></w:style>'
    )


def indent(left: float = 0, hanging: float = 0, first: float = 0, right: float = 0) -> str:
    """The indents in characters, and in twips for programs that do not know characters."""
    shown = {"left": left, "right": right, "hanging": hanging, "firstLine": first}
    unit = OFFICIAL_PAGE.character
    written = "".join(
        f' w:{name}Chars="{round(count * 100)}" w:{name}="{round(count * unit)}"'
        for name, count in shown.items()
        if count
    )
    return f"<w:ind{written}/>" if written else ""


def indented(paragraph: Any, **characters: float) -> None:
    """Set a paragraph's own indents, in characters."""
    properties = paragraph._p.get_or_add_pPr()
    for old in properties.findall(qn("w:ind")):
        properties.remove(old)
    inside = indent(**characters)
    if inside:
        element = parse_xml(inside.replace("<w:ind", f"<w:ind {nsdecls('w')}"))
        properties.insert_element_before(element, "w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr")
