from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "biomoa.files"
    label = "files"
