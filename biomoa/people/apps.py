from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "biomoa.people"
    label = "people"

    def ready(self) -> None:
        from biomoa.people import signals

        signals.connect()
