"""Why an action was not done. Nothing has changed when one of these is raised."""

from huitong.records.models import Decision, Version


class NotDone(Exception):
    """The root: the action was refused."""


class NotAllowed(NotDone):
    """This person may not do this."""


class NotNow(NotDone):
    """The matter's stage does not know this action (see matters/stages.py)."""


class StaleVersion(NotDone):
    """The answer was to an older version of the request. `answered` and `latest` show the difference."""

    def __init__(self, answered: Version | None, latest: Version) -> None:
        self.answered, self.latest = answered, latest
        super().__init__(f"version {latest.number} is the latest")


class AlreadyDecided(NotDone):
    """Someone was faster. `decision` says who and when."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        super().__init__(f"decided at {decision.decided_at:%H:%M}")


class AskAgain(NotDone):
    """Two different answers came by one link within ten seconds: neither counts."""


class TooLate(NotDone):
    """The time in which this could be undone has passed."""


class Incomplete(NotDone):
    """Something is missing first; `field` names it."""

    def __init__(self, field: str, message: str) -> None:
        self.field, self.message = field, message
        super().__init__(message)
