from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "biomoa.exchange"
    label = "exchange"
