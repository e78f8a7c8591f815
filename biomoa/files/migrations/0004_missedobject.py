from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0003_shelf_closed"),
    ]

    operations = [
        migrations.CreateModel(
            name="MissedObject",
            fields=[
                ("sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("file_id", models.BigIntegerField()),
                ("missed_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]
