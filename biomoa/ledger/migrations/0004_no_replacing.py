"""What SQLite's REPLACE passes by, and deleting of signed heads and keys: refused, too.

REPLACE deletes the row that is in its way without a BEFORE DELETE trigger. On PostgreSQL the key refuses a second row,
and ON CONFLICT DO UPDATE is an UPDATE, which is refused already.
"""

from django.db import migrations

REFUSE = "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
KEYS = {"ledger_entry": "seq", "ledger_signedhead": "number", "ledger_signingkey": "number"}
KEPT = ("ledger_signedhead", "ledger_signingkey")


def protect(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    refuse = "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()" if is_postgresql else REFUSE
    for table in KEPT:
        schema_editor.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
    for table, key in {} if is_postgresql else KEYS.items():
        schema_editor.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) {REFUSE}"
        )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_signed_heads")]
    operations = [migrations.RunPython(protect, migrations.RunPython.noop)]
