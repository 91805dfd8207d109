"""What must happen outside, and the links that lead back in."""

from django.db import models
from django.db.models import Q

from huitong.records.models.coordination import Agreement, Commitment, Meeting, Note, Series
from huitong.records.models.matters import Consultation, Feedback, Matter, Request, View
from huitong.records.models.people import Person


class Link(models.Model):
    """A signed link for one person and one purpose: decide, confirm, answer, commitment, consult, meeting, invite ...

    The token is not kept: `digest` is its SHA-256, `nonce` the random part it is derived from with the secret key.
    `last_choice` and `last_choice_at` are what was last answered by it, to notice two different answers in ten seconds.
    """

    purpose = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, unique=True)
    nonce = models.CharField(max_length=64)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="links")
    request = models.ForeignKey(Request, null=True, blank=True, on_delete=models.CASCADE)
    note = models.ForeignKey(Note, null=True, blank=True, on_delete=models.CASCADE)
    commitment = models.ForeignKey(Commitment, null=True, blank=True, on_delete=models.CASCADE)
    consultation = models.ForeignKey(Consultation, null=True, blank=True, on_delete=models.CASCADE)
    meeting = models.ForeignKey(Meeting, null=True, blank=True, on_delete=models.CASCADE)
    agreement = models.ForeignKey(Agreement, null=True, blank=True, on_delete=models.CASCADE)
    series = models.ForeignKey(Series, null=True, blank=True, on_delete=models.CASCADE)
    view = models.ForeignKey(View, null=True, blank=True, on_delete=models.CASCADE)
    feedback = models.ForeignKey(Feedback, null=True, blank=True, on_delete=models.CASCADE)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_choice = models.CharField(max_length=64, blank=True)
    last_choice_at = models.DateTimeField(null=True, blank=True)


class Outbox(models.Model):
    """One thing that must happen outside, written in the transaction of its cause.

    `key` is unique: the same cause never makes two. `state` is waiting, sent, withdrawn or failed; a waiting row whose
    `lease_until` has not passed is in some worker's hands. `message_id` is fixed here, so that a repeat is recognised.
    `reason` says why it is where it is, where that is not plain: quiet, limit, now, fault, cancelled (outbox.Reason).
    `begun` counts how often sending began since it last ended; `toward` is the receiving host, where that has a limit.
    `reply_digest` is the hash of the token to which answers by mail come (delivery/reply_address.py).
    A row that could not go by its first transport goes by mail: `first_transport`, and there `first_outcome`.
    `digest` is the row with which this one goes, or was to go: it waits for it while its reason is digest. `far_id` is
    what the far end calls the message that it took, where that can be changed afterwards.
    """

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    transport = models.CharField(max_length=20, default="mail")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="outbox")
    matter = models.ForeignKey(Matter, null=True, blank=True, on_delete=models.CASCADE, related_name="outbox")
    link = models.ForeignKey(Link, null=True, blank=True, on_delete=models.SET_NULL)
    payload = models.JSONField()
    message_id = models.CharField(max_length=200, db_index=True)
    reply_digest = models.CharField(max_length=64, blank=True)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="waiting")
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=64, blank=True)
    tries = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    reason = models.CharField(max_length=20, blank=True)
    begun = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    toward = models.CharField(max_length=100, blank=True)
    first_transport = models.CharField(max_length=20, blank=True)
    first_outcome = models.CharField(max_length=10, blank=True)
    first_error = models.TextField(blank=True)
    digest = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, db_index=False)
    far_id = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="outbox_waiting_by_due"),
            models.Index(fields=["matter", "kind"], name="outbox_by_matter"),
            models.Index(fields=["state", "id"], name="outbox_by_state"),
            models.Index(fields=["id"], condition=~Q(first_transport=""), name="outbox_gone_by_mail_instead"),
            models.Index(fields=["toward", "tried_at"], condition=~Q(toward=""), name="outbox_by_receiving_host"),
            # The few that are on their way: whose lease is over is found among them.
            models.Index(fields=["lease_until"], condition=Q(state="waiting", begun__gt=0), name="outbox_being_sent"),
            models.Index(fields=["digest"], condition=Q(digest__isnull=False), name="outbox_by_digest"),
            # What has come of the rows is counted without reading them; never an index that `claim` could take.
            models.Index(fields=["reply_digest"], condition=~Q(reply_digest=""), name="outbox_by_reply_digest"),
            models.Index(fields=["state", "tries"], condition=~Q(state="waiting"), name="outbox_settled_by_state"),
        ]
