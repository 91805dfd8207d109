"""Why something was not done."""


class Refused(Exception):
    """Nothing was changed; the message says why, and what to do."""
