from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FilesConfig(AppConfig):
    name = "biomoa.files"
    label = "files"

    def ready(self) -> None:
        from biomoa.files.adoption import adopt, mark_at_start
        from biomoa.files.storage import adopters

        adopters.append(adopt)
        post_migrate.connect(mark_at_start, sender=self)
