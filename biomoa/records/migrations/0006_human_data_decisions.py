"""A curator's decision on answers on human data, and what is said beside them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0005_korean_titles")]

    operations = [
        migrations.AddField(
            model_name="humandataanswer",
            name="is_decision",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="humandataanswer",
            name="words",
            field=models.TextField(blank=True, default=""),
        ),
    ]
