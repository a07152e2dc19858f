from django.db import migrations


class Migration(migrations.Migration):
    """Case numbers come in blocks of 64 from a sequence, so that no row is locked and no number is given twice."""

    dependencies = [("cases", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE cases_running_number INCREMENT BY 64 START WITH 1",
            "DROP SEQUENCE cases_running_number",
        ),
    ]
