"""Numbers that are never given twice, and triggers that keep what is published as it is."""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE catalogue_number_seq;

CREATE FUNCTION catalogue_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'published rules are frozen (% of %): make a new version instead', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION catalogue_refuse_matter() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := ARRAY[]::bigint[];
BEGIN
    IF TG_OP <> 'INSERT' THEN touched := touched || OLD.catalogue_number; END IF;
    IF TG_OP <> 'DELETE' THEN touched := touched || NEW.catalogue_number; END IF;
    IF EXISTS (SELECT 1 FROM catalogue_catalogueversion WHERE number = ANY (touched) AND state = 'published') THEN
        RAISE EXCEPTION 'published rules are frozen (% of %): make a new version instead', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER catalogue_frozen BEFORE UPDATE OR DELETE ON catalogue_catalogueversion
    FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION catalogue_refuse();
CREATE TRIGGER procedure_frozen BEFORE UPDATE OR DELETE ON catalogue_procedureversion
    FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION catalogue_refuse();
CREATE TRIGGER policy_frozen BEFORE UPDATE OR DELETE ON catalogue_policyversion
    FOR EACH ROW EXECUTE FUNCTION catalogue_refuse();
CREATE TRIGGER matter_frozen BEFORE INSERT OR UPDATE OR DELETE ON catalogue_matter
    FOR EACH ROW EXECUTE FUNCTION catalogue_refuse_matter();
"""

BACKWARD = """
DROP TRIGGER matter_frozen ON catalogue_matter;
DROP TRIGGER policy_frozen ON catalogue_policyversion;
DROP TRIGGER procedure_frozen ON catalogue_procedureversion;
DROP TRIGGER catalogue_frozen ON catalogue_catalogueversion;
DROP FUNCTION catalogue_refuse_matter();
DROP FUNCTION catalogue_refuse();
DROP SEQUENCE catalogue_number_seq;
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [migrations.RunSQL(sql=FORWARD, reverse_sql=BACKWARD)]
