"""What a text claims beside its facts: what is denied, how sure it is, what was agreed, refused, done or put off."""

import re
from typing import Final

from huitong.method.words import Language
from huitong.review.fidelity.words import CLAIMS
from huitong.review.script import simplified

# Words with 不, 没, 无, 非, 别 in them that deny nothing.
_NO_DENIAL: Final = re.compile(
    r"不仅|不但|不光|不过|不断|差不多|不久|不妨|不少|不胜|不吝|不超过|不少于|不低于|不多于|不等|不定期|不便之处|对不起|了不起|不得不|忍不住"
    r"|(.)不\1|有没有|是否|能否|可否|会否|与否|无论|无比|无非|未来|未必|特别|分别|区别|级别|类别|个别|辨别|性别|告别|别人|别的|别处|除非|非常|并非易事"
)
_DENIAL: Final = {
    "zh": re.compile(r"[不没未无否勿莫甭]|非(?!洲)|别(?!墅)"),
    "en": re.compile(
        r"n['’]t\b|\b(?:not|no|never|none|nor|neither|without|cannot|nobody|nothing|nowhere|hardly|unable|refus\w+)\b",
        re.I,
    ),
}


def denials(text: str, language: Language) -> list[int]:
    """Where the text denies something."""
    if language is Language.EN:
        return [m.start() for m in _DENIAL["en"].finditer(text)]
    bare = _NO_DENIAL.sub(lambda m: " " * len(m[0]), simplified(text))
    return [m.start() for m in _DENIAL["zh"].finditer(bare)]


def claims(text: str, language: Language) -> dict[int, list[str]]:
    """The claims of the text: for each group of words.toml that is said, by number, the words that say it."""
    groups = CLAIMS["en" if language is Language.EN else "zh"]
    folded = text if language is Language.EN else simplified(text)
    said = ([text[slice(*m.span())] for m in group.finditer(folded)] for group in groups)
    return {number: words for number, words in enumerate(said) if words}
