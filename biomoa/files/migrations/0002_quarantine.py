"""Quarantine, also of what an earlier inspection found."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def hold_what_was_found(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    """Files whose newest inspection found an identifier of a person."""
    file, hold = apps.get_model("files", "StoredFile"), apps.get_model("files", "Quarantine")
    newest: dict[str, bool] = {}
    results = apps.get_model("files", "InspectionResult").objects.order_by("pk").filter(verdict="fail")
    for sha256, findings in results.values_list("object_id", "findings").iterator():
        newest[sha256] = any(each["code"] == "person-identifier" for each in findings)
    for sha256 in (sha256 for sha256, is_found in newest.items() if is_found):
        for pk in file.objects.filter(object_id=sha256).values_list("pk", flat=True):
            hold.objects.create(file_id=pk)


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Quarantine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(default="held", max_length=16)),
                ("since", models.DateTimeField(auto_now_add=True)),
                ("said", models.TextField(blank=True)),
                ("reason", models.TextField(blank=True)),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="quarantine", to="files.storedfile"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RemovedObject",
            fields=[
                ("sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("removed_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.RunPython(hold_what_was_found, migrations.RunPython.noop),
    ]
