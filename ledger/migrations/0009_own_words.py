from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0008_tasks'),
    ]

    operations = [
        migrations.AddField(
            model_name='appeal',
            name='own_words',
            field=models.TextField(default=''),
        ),
    ]
