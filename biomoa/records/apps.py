from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "biomoa.records"
    label = "records"
