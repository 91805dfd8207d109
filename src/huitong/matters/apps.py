from importlib import import_module

from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "huitong.matters"
    label = "matters"

    def ready(self) -> None:
        # What a sent letter changes in the desk is registered when this is imported; the worker needs it too.
        import_module("huitong.matters.request")
