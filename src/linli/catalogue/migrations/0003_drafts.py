from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0002_frozen'),
    ]

    operations = [
        migrations.AddField(
            model_name='catalogueversion',
            name='base',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='catalogueversion',
            name='note',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='catalogueversion',
            name='proposed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='catalogueversion',
            name='proposed_by',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name='catalogueversion',
            name='revision',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='matter',
            name='retired',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='policyversion',
            name='note',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='policyversion',
            name='proposed_by',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AlterField(
            model_name='catalogueversion',
            name='source',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.CreateModel(
            name='DraftChange',
            fields=[
                ('id', models.CharField(db_collation='C', max_length=40, primary_key=True, serialize=False)),
                ('catalogue_number', models.BigIntegerField()),
                ('revision', models.PositiveIntegerField()),
                ('code', models.CharField(blank=True, db_collation='C', max_length=12)),
                ('what', models.CharField(max_length=12)),
                ('by', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'change of a draft',
                'verbose_name_plural': 'changes of drafts',
                'constraints': [models.UniqueConstraint(fields=('catalogue_number', 'revision'), name='draft_change_in_order'), models.CheckConstraint(condition=models.Q(('what__in', ('edited', 'added', 'retired', 'restored', 'undone', 'imported', 'copied'))), name='draft_change_known')],
            },
        ),
    ]
