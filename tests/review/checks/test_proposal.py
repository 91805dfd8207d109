"""What is offered as a choice is a proposal too."""

from huitong.method.words import Element
from huitong.review import review


def test_a_choice_is_a_proposal() -> None:
    assert Element.PROPOSAL in review("王总，月初付还是月底付？哪种合适请您定。").elements
