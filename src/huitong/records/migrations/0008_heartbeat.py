from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0007_transports"),
    ]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("worker", models.CharField(max_length=64, unique=True)),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("swept_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddIndex(
            model_name="outbox",
            index=models.Index(
                condition=models.Q(("state", "waiting"), _negated=True),
                fields=["state", "tries"],
                name="outbox_settled_by_state",
            ),
        ),
    ]
