"""Mails that were taken in: what came of each, and how far the house's mailbox was read."""

from django.db import models
from django.db.models import Q

from huitong.records.models.coordination import Commitment, Note
from huitong.records.models.delivery import Outbox
from huitong.records.models.matters import Matter, Request
from huitong.records.models.people import Person


class Mailbox(models.Model):
    """A mailbox that is read: `uid` is the last mail taken, in the numbering of `uidvalidity` (RFC 3501, 2.3.1.1).

    One worker reads at a time, until `busy_until`. `trouble` is why it could not be read the last time.
    """

    name = models.CharField(max_length=300, unique=True)
    uidvalidity = models.BigIntegerField(default=0)
    uid = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True, blank=True)
    busy_until = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=200, blank=True)


class Reply(models.Model):
    """One mail, in the transaction of its effect. `mark` is unique: the same mail never has two.

    `outcome` is counted, asked (to be confirmed by its person), passed_on, away, came_back, calendar or ignored;
    `person` is
    whom the letter was for, `sender` who wrote. Words are kept only where somebody is shown them; attachments never,
    but as rows of [name, bytes]. `meaning`, `option` (from 0) and `day` are what was understood.
    """

    mark = models.CharField(max_length=64, unique=True)
    taken_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, default="ignored")
    letter = models.ForeignKey(Outbox, null=True, blank=True, on_delete=models.SET_NULL, related_name="replies")
    matter = models.ForeignKey(Matter, null=True, blank=True, on_delete=models.CASCADE, related_name="replies")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="replies")
    request = models.ForeignKey(Request, null=True, blank=True, on_delete=models.CASCADE)
    note = models.ForeignKey(Note, null=True, blank=True, on_delete=models.CASCADE)
    commitment = models.ForeignKey(Commitment, null=True, blank=True, on_delete=models.CASCADE)
    sender = models.CharField(max_length=320, blank=True)
    proven = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    attachments = models.JSONField(default=list)
    meaning = models.CharField(max_length=20, blank=True)
    option = models.PositiveIntegerField(null=True, blank=True)
    day = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "replies"
        indexes = [
            models.Index(
                fields=["person", "outcome"], condition=Q(settled_at=None, outcome="asked"), name="replies_to_confirm"
            )
        ]
