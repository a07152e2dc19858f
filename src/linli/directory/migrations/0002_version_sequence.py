"""The sequence behind ``District.version``: a rollback doesn't turn it back, so no version is given twice."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="CREATE SEQUENCE directory_version_seq", reverse_sql="DROP SEQUENCE directory_version_seq"
        ),
    ]
