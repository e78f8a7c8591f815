from django.apps import AppConfig
from django.db.models.signals import post_migrate


def ensure_head(**_: object) -> None:
    """The head row exists from the first migration on (and again after a test emptied the database)."""
    from biomoa.ledger.models import Head
    from biomoa.ledger.rules import GENESIS

    Head.objects.get_or_create(id=1, defaults={"seq": 0, "hash": GENESIS})


class LedgerConfig(AppConfig):
    name = "biomoa.ledger"
    label = "ledger"

    def ready(self) -> None:
        from biomoa.ledger import among

        among.register()
        post_migrate.connect(ensure_head, sender=self)
