from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "biomoa.jobs"
    label = "jobs"
