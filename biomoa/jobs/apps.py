import os

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "biomoa.jobs"
    label = "jobs"

    def ready(self) -> None:
        from biomoa.jobs import steps

        if fault := os.environ.get(steps.FAULT_VARIABLE):
            from biomoa.jobs import boundaries

            boundaries.watch()
            steps.arm(fault)
