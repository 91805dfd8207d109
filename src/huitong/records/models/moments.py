"""How a person wants to be asked, and what they say of today."""

from datetime import time

from django.db import models
from django.db.models import Q

from huitong.records.models.people import Person


class Habits(models.Model):
    """One person's hours and limits, of which they alone decide; without a row the defaults hold.

    `notice` and `gap` are minutes, `a_day` 0 is no limit, `report_days` are days of the month. `learns`: how long they
    took to answer may move the ranking; answers to what reached them before `forgotten_at` never do.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="habits")
    work_from = models.TimeField(default=time(9, 0))
    noon_from = models.TimeField(default=time(12, 0))
    noon_until = models.TimeField(default=time(13, 30))
    work_until = models.TimeField(default=time(18, 0))
    notice = models.PositiveSmallIntegerField(default=0)
    gap = models.PositiveSmallIntegerField(default=30)
    a_day = models.PositiveSmallIntegerField(default=0)
    report_days = models.JSONField(default=list)
    leave_first = models.DateField(null=True, blank=True)
    leave_last = models.DateField(null=True, blank=True)
    learns = models.BooleanField(default=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)


class Welcome(models.Model):
    """Hours in which a person likes to be asked. `weekday` 0 is Monday, None every day; `longest` 0 is anything."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="welcomes")
    weekday = models.PositiveSmallIntegerField(null=True, blank=True)
    start = models.TimeField()
    end = models.TimeField()
    longest = models.PositiveSmallIntegerField(default=0)


class Mood(models.Model):
    """What a person said of themselves with one tap: bad_day (of `day`, by their clock) or ten_minutes.

    `moves` are the requests that it moved, as [number, when it was set for, when it is set for now], for the undoing.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="moods")
    kind = models.CharField(max_length=20)
    day = models.DateField()
    at = models.DateTimeField()
    moves = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "person", "day", condition=Q(kind="bad_day", undone_at=None), name="one_bad_day_a_day"
            )
        ]
