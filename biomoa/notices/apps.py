from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "biomoa.notices"
    label = "notices"
