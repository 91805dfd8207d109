from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0004_templates"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="meeting", name="one_meeting_a_matter"),
        migrations.AddField(
            model_name="meeting",
            name="decided",
            field=models.TextField(blank=True),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.UniqueConstraint(
                models.F("matter"),
                condition=models.Q(("cancelled_at", None), ("decided", "")),
                name="one_meeting_to_come",
            ),
        ),
    ]
