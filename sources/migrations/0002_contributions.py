from django.db import migrations

# An id as the application makes them (UUIDv7: RFC 9562, section 5.7), for rows that the database writes by itself.
NEW_ID = """
CREATE FUNCTION lighttouch_new_id() RETURNS uuid
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(set_bit(set_bit(overlay(
        uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
        FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$;
"""

# Whoever is signed in and writes a source's answers stands among its contributors, also by SQL of her own.
KEEP_AUTHOR = """
CREATE FUNCTION sources_keep_author() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE author uuid := public.lighttouch_user();
BEGIN
    IF author IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM public.sources_sourcecontribution c
        WHERE c.brand_id = NEW.brand_id AND c.source_id = NEW.id AND c.user_id = author
    ) THEN
        INSERT INTO public.sources_sourcecontribution (id, brand_id, source_id, actor_kind, user_id, what, at)
        VALUES (public.lighttouch_new_id(), NEW.brand_id, NEW.id, 'user', author,
                CASE TG_OP WHEN 'INSERT' THEN 'registered' ELSE 'edited' END, clock_timestamp());
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER keep_author AFTER INSERT OR UPDATE OF key, name, kind, facts ON sources_datasource
FOR EACH ROW EXECUTE FUNCTION sources_keep_author();
"""

# Campaigns name their sources by key: a key that moved would put other answers, and other authors, under a campaign.
KEEP_KEY = """
CREATE FUNCTION sources_keep_key() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the key of a data source never changes' USING ERRCODE = 'integrity_constraint_violation',
        HINT = 'Register another source, and retire this one.';
END $$;

CREATE TRIGGER keep_key BEFORE UPDATE OF key ON sources_datasource
FOR EACH ROW WHEN (OLD.key IS DISTINCT FROM NEW.key) EXECUTE FUNCTION sources_keep_key();
"""


class Migration(migrations.Migration):
    dependencies = [("sources", "0001_initial")]

    operations = [
        migrations.RunSQL(NEW_ID, "DROP FUNCTION lighttouch_new_id();"),
        migrations.RunSQL(
            KEEP_AUTHOR, "DROP TRIGGER keep_author ON sources_datasource; DROP FUNCTION sources_keep_author();"
        ),
        migrations.RunSQL(KEEP_KEY, "DROP TRIGGER keep_key ON sources_datasource; DROP FUNCTION sources_keep_key();"),
    ]
