"""The ten minutes in which the leader may take an answer back: nobody acts over it, nobody is told what it is."""

from django.utils import timezone

from huitong.matters.errors import NotNow
from huitong.matters.timeline import lock
from huitong.records.models import Decision, Matter


def is_held(matter: Matter) -> bool:
    """Whether the leader has answered and may still take it back."""
    standing = Decision.objects.filter(request__matter=matter, request__ended_at=None, undone_at=None)
    return standing.filter(superseded_at=None, effective_at__gt=timezone.now()).exists()


def lock_unless_held(matter: Matter) -> Matter:
    """The locked row. Raises NotNow during the ten minutes, whatever the answer: nothing can be told from that."""
    matter = lock(matter)
    if is_held(matter):
        raise NotNow("the leader has just answered")
    return matter
