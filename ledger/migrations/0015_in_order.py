"""Lists that are shown by their day and, within it, by their number: PostgreSQL would sort all of a day to begin one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0014_guarded_again"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="appeal", name="appeals_by_stage"),
        migrations.RemoveIndex(model_name="appeal", name="drafts_by_day"),
        migrations.RemoveIndex(model_name="remittance", name="remittances_by_day"),
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(fields=["practice", "stage", "deadline", "id"], name="appeals_by_stage"),
        ),
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(
                condition=models.Q(("stage", "draft")),
                fields=["practice", "is_complete", "deadline", "id"],
                name="drafts_by_day",
            ),
        ),
        migrations.AddIndex(
            model_name="remittance",
            index=models.Index(fields=["practice", "paid_on", "id"], name="remittances_by_day"),
        ),
    ]
