from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0009_consultation"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="outbox",
            index=models.Index(
                condition=models.Q(("begun__gt", 0), ("state", "waiting")),
                fields=["lease_until"],
                name="outbox_being_sent",
            ),
        ),
    ]
