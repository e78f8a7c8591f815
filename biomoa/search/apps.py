from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "biomoa.search"
    label = "search"
