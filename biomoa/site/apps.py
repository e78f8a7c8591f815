from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "biomoa.site"
    label = "site"
