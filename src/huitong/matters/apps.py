from importlib import import_module

from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "huitong.matters"
    label = "matters"

    def ready(self) -> None:
        # What follows from a sent letter or a changed calendar is registered when these are imported; the worker
        # needs it too.
        import_module("huitong.matters.request")
        import_module("huitong.matters.moving")
        import_module("huitong.matters.minutes_corrected")
        # So is what a mail that comes in does.
        import_module("huitong.matters.replies")
        # Settings that can't be used stop the process at its beginning, not a reader at a page.
        import_module("huitong.matters.polish").server()
