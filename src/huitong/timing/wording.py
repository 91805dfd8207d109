"""The words of the reasons, read from reasons/<language>.toml."""

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from huitong.method import Language


@lru_cache(maxsize=8)
def words(language: Language) -> dict[str, Any]:
    return tomllib.loads((files("huitong.timing") / "reasons" / f"{language}.toml").read_text(encoding="utf-8"))
