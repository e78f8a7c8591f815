"""The Korean title beside the title; for the projects that are registered, from their current version."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import F, Q

FIELD = "title_ko"  # of the project's form when this was written


def fill(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    record, version = apps.get_model("records", "Record"), apps.get_model("records", "Version")
    current = version.objects.filter(record__record_type="bioproject", number=F("record__version"))
    for each in current.filter(Q(values__has_key=FIELD) | Q(layer__has_key=FIELD)).iterator():
        said = each.layer[FIELD]["value"] if FIELD in each.layer else each.values[FIELD]
        if title := said.strip()[:500]:
            record.objects.filter(pk=each.record_id).update(title_ko=title)


class Migration(migrations.Migration):
    dependencies = [("records", "0004_human_data_answers")]

    operations = [
        migrations.AddField(
            model_name="record",
            name="title_ko",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
