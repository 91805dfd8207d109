"""Compile the translations (.po to .mo) whenever the package is built or installed."""

from pathlib import Path
from typing import Any

from babel.messages import mofile, pofile
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def compile_translations(source: Path) -> None:
    for path in sorted((source / "huitong").glob("**/locale/*/LC_MESSAGES/*.po")):
        with path.open("rb") as file:
            catalogue = pofile.read_po(file)
        with path.with_suffix(".mo").open("wb") as file:
            mofile.write_mo(file, catalogue)


class CompileTranslations(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        compile_translations(Path(self.root) / "src")


if __name__ == "__main__":
    compile_translations(Path(__file__).parent / "src")
