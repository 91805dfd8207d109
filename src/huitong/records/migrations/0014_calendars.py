import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def one_calendar_a_person(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Until now a person had one file at most, and its busy time was theirs."""
    person, calendar, busy = (apps.get_model("records", name) for name in ("Person", "Calendar", "Busy"))
    with_busy = set(busy.objects.values_list("person", flat=True))
    for each in person.objects.filter(models.Q(calendar_taken_at__isnull=False) | models.Q(pk__in=with_busy)):
        taken = each.calendar_taken_at or timezone.now()
        kept = calendar.objects.create(
            person=each, kind="file", name=each.calendar_name or "calendar.ics", added_at=taken, taken_at=taken
        )
        busy.objects.filter(person=each).update(calendar=kept)
        person.objects.filter(pk=each.pk).update(calendar_taken_at=taken)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still due can't be altered


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0013_digest"),
    ]

    operations = [
        migrations.CreateModel(
            name="Calendar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=200)),
                ("counts", models.CharField(default="all", max_length=10)),
                ("soft_is_busy", models.BooleanField(default=False)),
                ("sealed", models.TextField(blank=True)),
                ("state", models.JSONField(blank=True, default=dict)),
                ("notes", models.JSONField(blank=True, default=list)),
                ("trouble", models.JSONField(blank=True, default=dict)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("added_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("lease_owner", models.CharField(blank=True, max_length=64)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="calendars", to="records.person"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="calendar_by_due"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="busy",
            name="calendar",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="busy", to="records.calendar"
            ),
        ),
        migrations.AddField(
            model_name="busy",
            name="whole_day",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="busy",
            name="part",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.RunPython(one_calendar_a_person),
        migrations.RemoveIndex(
            model_name="busy",
            name="records_bus_person__12b925_idx",
        ),
        migrations.RemoveField(
            model_name="busy",
            name="person",
        ),
        migrations.RemoveField(
            model_name="person",
            name="calendar_name",
        ),
        migrations.AlterField(
            model_name="busy",
            name="calendar",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="busy", to="records.calendar"
            ),
        ),
        migrations.AddIndex(
            model_name="busy",
            index=models.Index(fields=["calendar", "start"], name="records_bus_calenda_96a196_idx"),
        ),
    ]
