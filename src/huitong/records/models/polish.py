"""Rewritings that a language model offers for a requester's own text, and whether the house wants any."""

from django.db import models
from django.db.models import Q

from huitong.records.models.matters import Matter
from huitong.records.models.people import Person


class PolishSettings(models.Model):
    """The switch. One row for real people, one for sample ones."""

    is_sample = models.BooleanField(unique=True)
    on = models.BooleanField(default=False)


class Rewriting(models.Model):
    """One asking of the model at `address`. Answered, it has a `text`, or `reasons` why not, or a `trouble`.

    `before` is the text as it stood, `text` what may stand in its place; both are emptied when the next one is asked
    for. `reasons` are rows of [code, [words]], see review/fidelity/reasons.py.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE)
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    before = models.TextField()
    text = models.TextField(blank=True)
    reasons = models.JSONField(default=list)
    trouble = models.CharField(max_length=20, blank=True)
    outcome = models.CharField(max_length=20, blank=True)  # accepted, kept or undone

    class Meta:
        constraints = [
            models.UniqueConstraint("person", condition=Q(answered_at=None), name="one_rewriting_at_a_time"),
        ]
        indexes = [models.Index(fields=["person", "asked_at"]), models.Index(fields=["matter", "channel"])]
