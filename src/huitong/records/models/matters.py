"""A matter, what is prepared and written for it, its requests, versions, decisions and timeline."""

from django.db import models
from django.db.models import Q

from huitong.records.models.people import Person


class Matter(models.Model):
    requester = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="matters")
    title = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=10, default="zh")
    style = models.CharField(max_length=20, default="plain")  # how its texts are composed, with `variant`
    variant = models.PositiveSmallIntegerField(default=0)
    stage = models.CharField(max_length=20, default="preparing")
    opened_at = models.DateTimeField()
    stage_since = models.DateTimeField()
    begun_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    outcome = models.TextField(blank=True)
    settled = models.BooleanField(default=False)
    days = models.PositiveIntegerField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["requester", "stage"])]


class Answer(models.Model):
    """What the requester answered to one question, as typed: text, or for a log a list of rows of text."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=50)
    value = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("matter", "question", name="one_answer_a_question")]


class Draft(models.Model):
    """A text that was edited by hand. `composed` is what the engine had made when the editing began.

    `channel` is one of the request's, or the name of another text of the matter's life (matters/texts.py).
    """

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="drafts")
    channel = models.CharField(max_length=20)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    composed = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("matter", "channel", name="one_draft_a_channel")]


class Dismissed(models.Model):
    """What the requester leaves as it is in a channel's text: findings as [code, start in `text`, clause], elements."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="dismissed")
    channel = models.CharField(max_length=20)
    text = models.TextField()
    findings = models.JSONField(default=list)
    elements = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint("matter", "channel", name="one_dismissed_a_channel")]


class Request(models.Model):
    """One asking of one leader about one matter. `way` is how it is delivered: mail, person or chat.

    `minutes` is how long it takes the leader. `stays`: set by hand into time that was known to be busy, so that no
    change of the calendar moves it.
    """

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="requests")
    number = models.PositiveIntegerField()
    leader = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="asked")
    way = models.CharField(max_length=20)
    deliver_at = models.DateTimeField()
    reasons = models.JSONField(default=list)
    minutes = models.PositiveSmallIntegerField(default=20)
    stays = models.BooleanField(default=False)
    delivered_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateField(null=True, blank=True)
    later_until = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("matter", "number", name="one_request_a_number"),
            models.UniqueConstraint("matter", condition=Q(ended_at=None), name="one_open_request_a_matter"),
        ]


class Version(models.Model):
    """What the leader is shown, frozen. `options` is a list of {title, what_leader_does, minutes, benefit, kind}."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    brief = models.JSONField()
    options = models.JSONField(default=list)
    channel = models.CharField(max_length=20)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("request", "number", name="one_version_a_number")]


class Decision(models.Model):
    """A leader's answer, their words byte for byte. `option` counts from 0 into the version's options.

    `how` is link, account, mail or told; `by_name` is who answered in the leader's place, if someone did.
    At most one stands: neither undone nor superseded by a later one.
    """

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="decisions")
    version = models.ForeignKey(Version, on_delete=models.PROTECT)
    verdict = models.CharField(max_length=20)
    option = models.PositiveIntegerField(null=True, blank=True)
    words = models.TextField(blank=True)
    later_until = models.DateField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT)
    by_name = models.CharField(max_length=100, blank=True)
    how = models.CharField(max_length=20)
    decided_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "request", condition=Q(undone_at=None, superseded_at=None), name="one_standing_decision_a_request"
            )
        ]


class Consultation(models.Model):
    """One question of the leader to one person before they decide. Only these two see its words, and the answer's."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="consultations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consultations")
    question = models.TextField()
    asked_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=100, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "request", condition=Q(answered_at=None, withdrawn_at=None), name="one_open_consultation_a_request"
            )
        ]


class Event(models.Model):
    """One line of the timeline. `data` fills the sentence that web/timeline.py has for `kind`."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["matter", "at"])]


class View(models.Model):
    """The other department's own view of a request, asked for by its requester before the leader decides.

    Leader and requester read it, in these words; whoever writes it is told so first.
    """

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="views")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    text = models.TextField(blank=True)
    given_by = models.CharField(max_length=100, blank=True)
    given_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("request", "person", name="a_view_of_a_request_once")]


class Feedback(models.Model):
    """How somebody found that a closed matter went: `settled` yes, partly or no; `working` easy, fair or hard.

    Nobody is shown what one other person picked. `words` go to requester and leader where their writer has `shared`
    them.
    """

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="feedback")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    settled = models.CharField(max_length=10, blank=True)
    working = models.CharField(max_length=10, blank=True)
    words = models.TextField(blank=True)
    shared = models.BooleanField(default=False)
    given_by = models.CharField(max_length=100, blank=True)
    given_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("matter", "person", name="a_persons_feedback_once")]


class LookBack(models.Model):
    """What the requester said they would do better, looked at again a month after closing: items are {what, state}.

    `state` is "", kept, partly or not_yet. The words go with the matter where it is a precedent.
    """

    matter = models.OneToOneField(Matter, on_delete=models.CASCADE, related_name="look_back")
    due_on = models.DateField()
    items = models.JSONField(default=list)
    words = models.TextField(blank=True)
    given_at = models.DateTimeField(null=True, blank=True)
