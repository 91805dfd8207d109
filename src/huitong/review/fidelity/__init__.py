"""Whether a rewriting says the same as the text that it was made from: every fact still there, none new."""

from huitong.review.fidelity.facts import Fact, facts
from huitong.review.fidelity.judge import judge
from huitong.review.fidelity.reasons import Reason

__all__ = ["Fact", "Reason", "facts", "judge"]
