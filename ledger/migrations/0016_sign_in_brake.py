"""Wrong entries at the sign-in page are counted by where they come from, for names that nobody has too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0015_in_order"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignInBrake",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64, unique=True)),
                ("free_at", models.DateTimeField()),
                ("told", models.BooleanField(default=False)),
            ],
        ),
    ]
