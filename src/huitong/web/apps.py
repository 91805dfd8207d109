from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "huitong.web"
    label = "web"
