"""Thanks to one who helped."""

from dataclasses import dataclass

from huitong.compose.facts import Facts
from huitong.compose.language import drop_start
from huitong.compose.outward import outward_facts
from huitong.compose.request import Composed, write
from huitong.compose.template import PACKAGED, House
from huitong.method import Brief


@dataclass(frozen=True, slots=True)
class Helper:
    name: str
    form_of_address: str = ""
    what_they_did: str = ""


def thanks(brief: Brief, helper: Helper, outcome: str, days: int | None, *, house: House = PACKAGED) -> Composed:
    """One short message, by name and by what they did (points 1.5, 3.10, 4.10). `days` is how long the matter took."""
    return write(thanks_facts(brief, helper, outcome, days), "thanks", house=house)


def thanks_facts(brief: Brief, helper: Helper, outcome: str, days: int | None) -> Facts:
    facts = outward_facts(brief)
    say = facts.setting
    did = say.inside(drop_start(say.line(helper.what_they_did), say.words["did_starts"]))
    doing = did.split(" ", 1)[0].endswith("ing")
    return facts.but(
        to=helper.form_of_address or helper.name,
        doing=did if doing else "",
        did="" if doing else did,
        outcome=drop_start(say.line(outcome), say.words["outcome_starts"]),
        days=str(days) if days and days > 1 else "",
        one_day=str(days) if days == 1 else "",
    )
