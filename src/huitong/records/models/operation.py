"""What the desk knows of its own running."""

from django.db import models


class Heartbeat(models.Model):
    """A worker's sign of life: `seen_at` is when it last said so, `swept_at` when it last looked for what is due.

    A worker that stops takes its row along; one that dies leaves it, and the next one clears it up a day later.
    """

    worker = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    swept_at = models.DateTimeField(null=True, blank=True)
