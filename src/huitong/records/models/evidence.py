"""What a requester lays beside a request for its readers to see: kept as pictures of its pages, or as its text."""

from django.db import models

from huitong.records.models.matters import Matter
from huitong.records.models.people import Person


class Evidence(models.Model):
    """One file of a matter. `audience` is leader or both; `kind` is picture, pdf or text, of which `text` is all.

    The file itself is not kept: its pages are made anew from it, so nothing that hides in it comes along.
    """

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="evidence")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    audience = models.CharField(max_length=10)
    text = models.TextField(blank=True)
    left_out = models.PositiveIntegerField(default=0)  # pages of a PDF beyond those that are kept
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()


class EvidencePage(models.Model):
    """One page as a JPEG, `small` for a tile."""

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField()
    picture = models.BinaryField()
    small = models.BinaryField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("evidence", "number", name="an_evidence_page_once")]
