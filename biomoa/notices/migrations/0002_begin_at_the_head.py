"""A station that worked before there were notices tells nobody what was long ago: following begins at its head."""

from django.db import migrations

FOLLOWERS = ("notices", "notices-told")


def begin(apps, schema_editor):
    head = apps.get_model("ledger", "Head").objects.filter(id=1).first()
    for name in FOLLOWERS if head and head.seq else ():
        apps.get_model("ledger", "Position").objects.update_or_create(follower=name, defaults={"seq": head.seq})


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_notices_and_mails"), ("ledger", "0003_signed_heads")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
