"""What a leader likes to have a tap away: three phrases that everyone has, and their own."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from huitong.records.models import Person, Phrase

DEFAULTS: Final = (_("按此办"), _("数字再核一遍"), _("办完告诉我"))
LONGEST: Final = 100
MOST: Final = 12


def phrases_of(person: Person) -> list[str]:
    """The texts, their own first."""
    own = list(Phrase.objects.filter(person=person).order_by("-id").values_list("text", flat=True)[:MOST])
    return own + [text for text in map(str, DEFAULTS) if text not in own]


def keep(person: Person, text: str) -> bool:
    """Keep this text as a phrase. False, and nothing is kept, if it is empty or too long, or they have many."""
    text = " ".join(text.split())
    if not text or len(text) > LONGEST or Phrase.objects.filter(person=person).count() >= MOST:
        return False
    Phrase.objects.get_or_create(person=person, text=text)
    return True
