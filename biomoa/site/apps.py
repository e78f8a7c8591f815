from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SiteConfig(AppConfig):
    name = "biomoa.site"
    label = "site"

    def ready(self) -> None:
        from biomoa.site.shown import watch

        post_migrate.connect(watch, sender=self, dispatch_uid="site.shown")
