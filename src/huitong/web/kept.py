"""Fields that are kept while they are typed: each comes with the mark of the text that it began from."""

from collections.abc import Mapping

from django.http import JsonResponse, QueryDict
from django.template.loader import render_to_string
from django.utils import timezone

from huitong.matters.prepare import Saved, mark

Typed = dict[str, tuple[str, str]]  # a field's text now, and the mark of what it began from


def typed_in(post: QueryDict, action: str) -> Typed:
    """The fields that came with their mark; a field that did not come is not touched.

    Where a field was changed elsewhere too, `action` says what counts: mine:FIELD or stored:FIELD.
    """
    typed = {name: (post[name], post[f"was:{name}"]) for name in post if ":" not in name and f"was:{name}" in post}
    chosen = action.partition(":")[2]
    if action.startswith("mine:") and chosen in typed:
        typed[chosen] = (typed[chosen][0], post.get(f"now:{chosen}", ""))
    elif action.startswith("stored:"):
        typed.pop(chosen, None)
    return typed


def kept_as_json(typed: Typed, saved: Saved, *, longest: int, problems: Mapping[str, str]) -> JsonResponse:
    """What the page's script needs to go on: the new marks, what could not be kept, what cannot be used."""
    conflicts = {
        name: render_to_string("prepare/_conflict.html", {"name": name, "stored": text, "now": mark(text)})
        for name, text in saved.conflicts.items()
    }
    marks = {name: mark(text[:longest]) for name, (text, _was) in typed.items() if name not in conflicts}
    at = f"{timezone.localtime():%H:%M}"
    return JsonResponse({"at": at, "marks": marks, "conflicts": conflicts, "problems": problems})
