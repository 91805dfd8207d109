"""The pages that are made from the code are what the code says."""

import pytest

from tools import reference


@pytest.mark.parametrize("file", sorted(reference.PAGES))
def test_the_page_is_up_to_date(file: str) -> None:
    written = (reference.DOCS / file).read_text(encoding="utf-8")
    assert written == reference.PAGES[file](), "run: python -m tools.reference"
