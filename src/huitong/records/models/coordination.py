"""What a decision sets in motion: notes to the other department, meetings, talks, commitments."""

from django.db import models
from django.db.models import Q

from huitong.records.models.matters import Decision, Matter
from huitong.records.models.people import Person


class Note(models.Model):
    """The neutral note to the counterpart, and what they answered (yes, date or hard)."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="notes")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notes")
    subject = models.CharField(max_length=300)
    text = models.TextField()
    sent_at = models.DateTimeField()
    answer = models.CharField(max_length=20, blank=True)
    day = models.DateField(null=True, blank=True)
    who = models.CharField(max_length=100, blank=True)
    words = models.TextField(blank=True)
    answered_by = models.CharField(max_length=100, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)


class Meeting(models.Model):
    """A meeting that the leader hosts. `uid` and `sequence` are the invitation's (RFC 5545, 3.8.4.7 and 3.8.7.4).

    `time_sequence` is the sequence in which its time last changed: an answer to an earlier one is to the old time.
    """

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="meetings")
    decision = models.ForeignKey(Decision, null=True, on_delete=models.SET_NULL)
    title = models.CharField(max_length=300)
    start = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    place = models.CharField(max_length=200, blank=True)
    agenda = models.TextField(blank=True)
    decided = models.TextField(blank=True)  # what was decided there, a line each, once it was held
    uid = models.CharField(max_length=100, unique=True)
    sequence = models.PositiveIntegerField(default=0)
    time_sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("matter", condition=Q(cancelled_at=None, decided=""), name="one_meeting_to_come")
        ]


class Attendee(models.Model):
    """Who is invited, and what they answered: accepted, tentative or declined, maybe with another time.

    `answered_sequence` is the invitation that they answered, `stamp` when their program wrote the answer (DTSTAMP).
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendees")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    required = models.BooleanField(default=True)
    answer = models.CharField(max_length=10, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_sequence = models.PositiveIntegerField(null=True, blank=True)
    answered_by = models.CharField(max_length=100, blank=True)
    stamp = models.DateTimeField(null=True, blank=True)
    words = models.TextField(blank=True)
    proposed_start = models.DateTimeField(null=True, blank=True)
    proposed_minutes = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("meeting", "person", name="an_attendee_once")]


class Talk(models.Model):
    """A talk of the leader with the other head: the points, and what came of it."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="talks")
    decision = models.ForeignKey(Decision, null=True, on_delete=models.SET_NULL)
    points = models.JSONField(default=list)
    outcome = models.CharField(max_length=20, blank=True)
    words = models.TextField(blank=True)
    held_at = models.DateTimeField(null=True, blank=True)


class Commitment(models.Model):
    """What someone promised. `side` is ours, theirs or leader.

    `state` is proposed (its owner has not accepted it yet), open, kept, broken or dropped (the requester let it go).
    `done_when` says what counts as done; `shared`: the other department sees it too.

    Lending is a commitment too, with the last day of the loan (`until`); once it is accepted, giving back is another,
    which `returns` the first: so both have owners, days, reminders and pages like any other.
    """

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="commitments")
    decision = models.ForeignKey(Decision, null=True, blank=True, on_delete=models.SET_NULL)
    side = models.CharField(max_length=10)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="commitments")
    owner_name = models.CharField(max_length=100)
    what = models.TextField()
    done_when = models.TextField(blank=True)
    by = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, default="open")
    shared = models.BooleanField(default=False)
    until = models.DateField(null=True, blank=True)
    returns = models.OneToOneField("self", null=True, blank=True, on_delete=models.CASCADE, related_name="return_of")
    words = models.TextField(blank=True)
    made_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "state"])]

    @property
    def asker(self) -> Person:
        """To whom it is owed: who lent what is given back here; else the requester."""
        lender = self.returns.owner if self.returns else None
        return lender or self.matter.requester


class CommitmentMove(models.Model):
    """A commitment's date was moved, with the reason."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="moves")
    before = models.DateField(null=True)
    after = models.DateField()
    reason = models.TextField()
    by_name = models.CharField(max_length=100)
    at = models.DateTimeField()


class CommitmentOffer(models.Model):
    """Another date (`day`) or another owner (`person`) for a commitment: holds once the other one says yes.

    `by` offers; of a date the other of owner and requester answers, of an owner that person. The accepted ones with a
    person are the chain of hands through which the commitment went; `before` is who or what stood until then.
    """

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="offers")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(null=True, blank=True)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    before = models.CharField(max_length=100, blank=True)
    owner_before = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    agreed = models.BooleanField(null=True, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("commitment", condition=Q(answered_at=None), name="one_open_offer_a_commitment")
        ]


class CommitmentReminder(models.Model):
    """One reminder, promised: of a commitment, for its date, in one round. `letter` brings it, with others.

    `round` is unanswered (a proposed one), before, after, or asked (its requester is asked what now).
    """

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="reminders")
    day = models.DateField()
    round = models.CharField(max_length=10)
    receiver = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    due_at = models.DateTimeField()
    letter = models.ForeignKey(
        "records.Outbox", null=True, blank=True, on_delete=models.SET_NULL, related_name="reminders"
    )

    class Meta:
        constraints = [models.UniqueConstraint("commitment", "day", "round", name="a_commitments_reminder_once")]
        indexes = [models.Index(fields=["receiver", "due_at"])]


class Escalation(models.Model):
    """A commitment about which the leader is to be asked again, its owner being told so first.

    `letter` is the word to the owner; the request can follow from `ready_at` on. An answer of the owner withdraws it.
    """

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="escalations")
    begun_at = models.DateTimeField()
    letter = models.ForeignKey("records.Outbox", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    ready_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "commitment", condition=Q(withdrawn_at=None, asked_at=None), name="one_open_escalation_a_commitment"
            )
        ]


class Understanding(models.Model):
    """What the requester understood of an answer that differs from what was asked; texts agree with it.

    `title` is the help as the leader wants it, of this `kind`, by `day`. `correction` are the leader's words if it is
    not so; then it no longer holds.
    """

    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="understanding")
    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=20)
    day = models.DateField(null=True, blank=True)
    said_at = models.DateTimeField()
    correction = models.TextField(blank=True)
    corrected_by = models.CharField(max_length=100, blank=True)
    corrected_at = models.DateTimeField(null=True, blank=True)


class Agreement(models.Model):
    """An agreed way of communicating between two departments, one version of it; it holds once both heads confirmed.

    `ours` and `theirs` are the contacts, `where` says what goes where, a line each. `head` is the other department's.
    `outcome` is what the review came to: keeps, change or ends. A later version or an end leaves the earlier as it was.
    """

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="agreements")
    decision = models.ForeignKey(Decision, null=True, on_delete=models.SET_NULL)
    number = models.PositiveIntegerField()
    head = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    leader = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ours = models.CharField(max_length=200)
    theirs = models.CharField(max_length=200)
    channel = models.CharField(max_length=200)
    within = models.CharField(max_length=200)
    where = models.TextField(blank=True)
    made_at = models.DateTimeField()
    holds_at = models.DateTimeField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("matter", "number", name="an_agreements_version_once"),
            models.UniqueConstraint("matter", condition=Q(ended_at=None), name="one_agreement_that_stands"),
        ]


class AgreementAnswer(models.Model):
    """What a head said of an agreement, when it was proposed or when it was looked at again (`is_review`).

    `answer` is yes or change; of a review keeps, change or ends.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="answers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    is_review = models.BooleanField(default=False)
    answer = models.CharField(max_length=10)
    words = models.TextField(blank=True)
    by_name = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("agreement", "person", "is_review", name="a_heads_answer_once")]


class Series(models.Model):
    """A standing meeting: a series of sittings with an end and a day on which both sides are asked whether it goes on.

    `every` is week, fortnight or month (the same weekday of each month), by the clock of `zone`. `uid` and `sequence`
    are the invitation's. `reviewed_at`: the requester said that it goes on. `ended_at`: it was dissolved, or is over.
    """

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="series")
    decision = models.ForeignKey(Decision, null=True, on_delete=models.SET_NULL)
    title = models.CharField(max_length=300)
    start = models.DateTimeField()
    zone = models.CharField(max_length=64)
    every = models.CharField(max_length=10)
    minutes = models.PositiveIntegerField()
    place = models.CharField(max_length=200, blank=True)
    until = models.DateField()
    review_on = models.DateField()
    uid = models.CharField(max_length=100, unique=True)
    sequence = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("matter", condition=Q(ended_at=None), name="one_series_that_goes_on")]


class SeriesGuest(models.Model):
    """Who comes to a standing meeting, and what they said when asked whether it goes on: goes_on or enough."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="guests")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=10, blank=True)
    words = models.TextField(blank=True)
    answered_by = models.CharField(max_length=100, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("series", "person", name="a_guest_of_a_series_once")]


class Sitting(models.Model):
    """One sitting of a standing meeting. `off` is why it is not held: holiday or called_off. `decided`, a line each."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="sittings")
    start = models.DateTimeField()
    off = models.CharField(max_length=10, blank=True)
    decided = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("series", "start", name="a_sitting_once")]
