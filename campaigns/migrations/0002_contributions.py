from django.db import migrations

# Whoever is signed in and writes a campaign stands among its contributors, also by SQL of her own; so does everybody
# who wrote the answers of a source that the campaign draws on.
KEEP_AUTHOR = """
CREATE FUNCTION campaigns_carry_source_authors(of_brand uuid, of_source uuid, of_campaign uuid) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO public.campaigns_contribution (id, brand_id, campaign_id, actor_kind, user_id, client_id, what, at)
    SELECT public.lighttouch_new_id(), w.brand_id, of_campaign, w.actor_kind, w.user_id, w.client_id, 'source', w.at
    FROM (
        SELECT DISTINCT ON (c.actor_kind, c.user_id, c.client_id) c.*
        FROM public.sources_sourcecontribution c
        WHERE c.brand_id = of_brand AND c.source_id = of_source
        ORDER BY c.actor_kind, c.user_id, c.client_id, c.at
    ) w
    WHERE NOT EXISTS (
        SELECT 1 FROM public.campaigns_contribution k
        WHERE k.brand_id = of_brand AND k.campaign_id = of_campaign AND k.actor_kind = w.actor_kind
          AND k.user_id IS NOT DISTINCT FROM w.user_id AND k.client_id IS NOT DISTINCT FROM w.client_id
    )
$$;

CREATE FUNCTION campaigns_keep_author() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE author uuid := public.lighttouch_user();
BEGIN
    IF author IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM public.campaigns_contribution c
        WHERE c.brand_id = NEW.brand_id AND c.campaign_id = NEW.id AND c.user_id = author AND c.what <> 'source'
    ) THEN
        INSERT INTO public.campaigns_contribution (id, brand_id, campaign_id, actor_kind, user_id, what, at)
        VALUES (public.lighttouch_new_id(), NEW.brand_id, NEW.id, 'user', author,
                CASE TG_OP WHEN 'INSERT' THEN 'registered' ELSE 'edited' END, clock_timestamp());
    END IF;
    PERFORM public.campaigns_carry_source_authors(NEW.brand_id, d.id, NEW.id)
    FROM public.sources_datasource d WHERE d.brand_id = NEW.brand_id AND NEW.sources ? d.key;
    RETURN NULL;
END $$;

CREATE TRIGGER keep_author
AFTER INSERT OR UPDATE OF key, name, facts, content, schedule, audience, sources, integrations ON campaigns_campaign
FOR EACH ROW EXECUTE FUNCTION campaigns_keep_author();
"""

CARRY_AUTHOR = """
CREATE FUNCTION campaigns_carry_author() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE written uuid;
BEGIN
    IF TG_TABLE_NAME = 'sources_datasource' THEN
        written := NEW.id;
    ELSE
        written := NEW.source_id;
    END IF;
    PERFORM public.campaigns_carry_source_authors(NEW.brand_id, written, c.id)
    FROM public.campaigns_campaign c
    JOIN public.sources_datasource d ON d.brand_id = c.brand_id AND c.sources ? d.key
    WHERE d.brand_id = NEW.brand_id AND d.id = written;
    RETURN NULL;
END $$;

CREATE TRIGGER carry_author AFTER INSERT ON sources_datasource
FOR EACH ROW EXECUTE FUNCTION campaigns_carry_author();
CREATE TRIGGER carry_author AFTER INSERT ON sources_sourcecontribution
FOR EACH ROW EXECUTE FUNCTION campaigns_carry_author();
"""

DROP_CARRY_AUTHOR = """
DROP TRIGGER carry_author ON sources_sourcecontribution;
DROP TRIGGER carry_author ON sources_datasource;
DROP FUNCTION campaigns_carry_author();
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial"), ("sources", "0002_contributions")]

    operations = [
        migrations.RunSQL(
            KEEP_AUTHOR,
            "DROP TRIGGER keep_author ON campaigns_campaign; DROP FUNCTION campaigns_keep_author();"
            "DROP FUNCTION campaigns_carry_source_authors(uuid, uuid, uuid);",
        ),
        migrations.RunSQL(CARRY_AUTHOR, DROP_CARRY_AUTHOR),
    ]
