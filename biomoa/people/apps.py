from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "biomoa.people"
    label = "people"
