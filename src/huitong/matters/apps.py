from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "huitong.matters"
    label = "matters"
