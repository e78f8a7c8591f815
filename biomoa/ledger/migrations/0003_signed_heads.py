"""Signed heads and the keys that sign them, neither of which is ever changed; changes of two persons."""

from django.db import migrations, models

TABLES = ("ledger_signedhead", "ledger_signingkey")


def protect(apps, schema_editor):
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_change BEFORE UPDATE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
            )
        else:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            )


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=32)),
                ('reason', models.TextField()),
                ('value', models.CharField(blank=True, max_length=200)),
                ('proposed_by', models.CharField(max_length=64)),
                ('proposed_at', models.DateTimeField()),
                ('state', models.CharField(default='open', max_length=16)),
                ('decided_by', models.CharField(blank=True, max_length=64)),
                ('decided_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Setting',
            fields=[
                ('name', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('value', models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='SignedHead',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('at', models.CharField(max_length=27)),
                ('seq', models.BigIntegerField()),
                ('hash', models.CharField(max_length=64)),
                ('key', models.PositiveIntegerField()),
                ('signature', models.CharField(max_length=128)),
            ],
        ),
        migrations.CreateModel(
            name='SigningKey',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('public', models.CharField(max_length=64)),
                ('since', models.CharField(max_length=27)),
                ('endorsement', models.CharField(max_length=128)),
            ],
        ),
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
