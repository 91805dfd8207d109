"""The minutes of a meeting: written while it goes on, sent to all for correction, then they count."""

from django.db import models

from huitong.records.models.coordination import Commitment, Meeting
from huitong.records.models.people import Person


class Minutes(models.Model):
    """The minutes of one meeting. `texts` is what was typed, by the page's fields; `points` the agenda as it was then.

    `present` (names) and `decided` (a line each) are fixed when it goes out at `sent_at`; until `until` it can be
    corrected; from `counted_at` on it counts. `right`: who said that it is right.
    """

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="record")
    points = models.JSONField(default=list)
    texts = models.JSONField(default=dict)
    saved_at = models.DateTimeField(null=True, blank=True)
    present = models.JSONField(default=list)
    decided = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    right = models.ManyToManyField(Person, blank=True, related_name="+")


class MinutesItem(models.Model):
    """Who does what by when, as the minutes have it. `commitment` is what it became once they count."""

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="items")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    what = models.TextField()
    by = models.DateField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    commitment = models.ForeignKey(Commitment, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")


class MinutesCorrection(models.Model):
    """What somebody says is not so: their own item (`what` and `by` as it should be), or in `words` anything else.

    `taken` is the host's answer, None while it is open.
    """

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="corrections")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(MinutesItem, null=True, blank=True, on_delete=models.CASCADE, related_name="corrections")
    what = models.TextField(blank=True)
    by = models.DateField(null=True, blank=True)
    words = models.TextField(blank=True)
    by_name = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()
    taken = models.BooleanField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
