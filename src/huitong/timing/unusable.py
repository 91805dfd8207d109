"""Why one event of a calendar cannot be used, in both languages; who reads the calendar names it and goes on."""


class Unusable(Exception):
    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


def unreadable(name: str) -> Unusable:
    """For a property whose value makes no sense. The value itself is never repeated: it may be anything."""
    return Unusable(f"{name} 一行读不懂。", f"its {name} cannot be read.")
