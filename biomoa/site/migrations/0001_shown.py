"""The stamp of what pages show; its triggers are made after every migration (site/shown.py)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.CreateModel(
            name="Shown",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("stamp", models.CharField(max_length=36)),
            ],
        ),
    ]
