"""Which fonts a PDF is set in: the standard's own where they are there, else free ones of the same kind.

docs/documents.md names the free ones and where they come from. Latin letters are in the same fonts as the Chinese.
"""

from collections.abc import Iterable
from typing import Final

from huitong.documents.errors import ReportError
from huitong.method import Language

# Best first. The last of each are the fonts that systems commonly have, so that a kind is never without one.
_SERIF: Final = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Noto Serif CJK TC", "Noto Serif TC")
_SANS: Final = ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "Noto Sans CJK TC", "Noto Sans TC")
_ANY: Final = (
    ("SimSun", "NSimSun", "Songti SC", "STSong", "FandolSong", "AR PL UMing CN", "AR PL UMing", "PMingLiU")
    + ("Microsoft YaHei", "PingFang SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback")
    + ("SimHei", "Heiti SC", "STHeiti", "FandolHei", "Source Han Serif CN", "Source Han Sans CN")
)
FANG: Final = (
    "FangSong_GB2312",
    "仿宋_GB2312",
    "FangSong",
    "STFangsong",
    "FZFangSong-Z02",
    "FandolFang R",
    "FandolFang",
)
KAI: Final = ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "STKaiti", "Kaiti SC", "FandolKai", "AR PL UKai", "AR PL UKai CN")
HEI: Final = ("SimHei", "Heiti SC", "STHeiti", "FandolHei")
SONG: Final = ("SimSun", "NSimSun", "Songti SC", "STSong", "FandolSong", "AR PL UMing CN")
TITLE: Final = ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "FZXiaoBiaoSong-B05", "FandolSong")

# In traditional characters these come first. (cwTeX FangSong is left out: its brackets run into their neighbours.)
_TRADITIONAL: Final = {
    "body": ("DFKai-SB", "BiauKai"),
    "kai": ("DFKai-SB", "BiauKai", "TW-Kai", "AR PL UKai TW"),
    "hei": ("Noto Sans CJK TC", "Microsoft JhengHei", "PingFang TC", "Noto Sans TC"),
    "song": ("PMingLiU", "Songti TC", "Noto Serif CJK TC", "TW-Sung"),
    "title": ("Noto Serif CJK TC", "Source Han Serif TC"),
}
_SIMPLIFIED: Final = {"body": FANG, "kai": KAI + ("LXGW WenKai",), "hei": HEI, "song": SONG, "title": TITLE}
_ROLES: Final = tuple(_SIMPLIFIED)
_LATIN: Final = ("Times New Roman", "Liberation Serif", "Libertinus Serif")


def choose(available: Iterable[str], language: Language) -> dict[str, list[str]]:
    """The families for each part of the page, best first, of those that are there.

    Raises ReportError, saying what to install, if none of them has Chinese and the document needs it.
    """
    there = {name.lower(): name for name in available}
    chosen: dict[str, list[str]] = {}
    for role in _ROLES:
        wanted = _TRADITIONAL[role] + _SIMPLIFIED[role] if language is Language.ZH_HANT else _SIMPLIFIED[role]
        common: tuple[str, ...] = _SANS + _SERIF if role == "hei" else _SERIF + _SANS
        if language is Language.ZH_HANT:
            common = tuple(sorted(common, key=lambda name: "SC" in name))
        names = (_LATIN if language is Language.EN else ()) + wanted * (language is not Language.EN) + common + _ANY
        found = [there[name.lower()] for name in dict.fromkeys(names) if name.lower() in there]
        chosen[role] = found[:6]
    if language is not Language.EN and not has_chinese(chosen):
        raise no_chinese(language)
    return chosen


def has_chinese(chosen: dict[str, list[str]]) -> bool:
    return any(name not in _LATIN for name in chosen["body"])


def no_chinese(language: Language) -> ReportError:
    """What is said instead of a page of empty boxes."""
    return ReportError(
        "fonts",
        "这台机器上没有中文字体，PDF 会是一片空框，所以没有生成。"
        "请安装一种（Debian：apt-get install fonts-noto-cjk），或指明字体所在的文件夹。",
        "There is no Chinese font on this machine, and a PDF would be all boxes. Install one (on Debian: apt-get "
        "install fonts-noto-cjk), or name a folder of fonts.",
        language,
    )
