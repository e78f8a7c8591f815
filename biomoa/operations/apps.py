from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "biomoa.operations"
    label = "operations"
