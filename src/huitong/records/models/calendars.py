"""Calendars of people: where each comes from, and the busy time that is kept of it."""

from django.db import models
from django.db.models import Q

from huitong.records.models.people import Person


class Calendar(models.Model):
    """One calendar of a person. `kind` names where it comes from: file, or a module of delivery/calendars/kinds.

    `counts` is all, timed (without its whole days) or none; with `soft_is_busy` its tentative time is busy.
    `sealed` holds addresses, passwords and tokens, encrypted (directory/sealing.py): shown to nobody. `state` is what
    the last fetch left for the next (ETag, sync token), `notes` which events were left out, `trouble` why the last
    fetch failed, {} if it did not. A row with `due_at` is fetched then; one whose `lease_until` has not passed is in
    some worker's hands.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="calendars")
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    counts = models.CharField(max_length=10, default="all")
    soft_is_busy = models.BooleanField(default=False)
    sealed = models.TextField(blank=True)
    state = models.JSONField(default=dict, blank=True)
    notes = models.JSONField(default=list, blank=True)
    trouble = models.JSONField(default=dict, blank=True)
    failures = models.PositiveIntegerField(default=0)
    added_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="calendar_by_due")]

    def __str__(self) -> str:
        return f"{self.kind} calendar {self.pk}"


class Busy(models.Model):
    """An interval of a calendar. Never what it is about.

    `part` says, where a calendar is kept up event by event, which of its objects this belongs to: a digest.
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="busy")
    start = models.DateTimeField()
    end = models.DateTimeField()
    soft = models.BooleanField(default=False)
    whole_day = models.BooleanField(default=False)
    part = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes = [models.Index(fields=["calendar", "start"])]
