"""The SQL of the fence. Everything that trusts the context goes through these functions."""

# HMAC-SHA-256 from core sha256() alone (RFC 2104): the embedded server carries no pgcrypto.
CONTEXT = """
CREATE OR REPLACE FUNCTION lighttouch_context(kind text) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    signed text := current_setting('lighttouch.' || kind, true);
    value uuid;
    expected bytea;
    -- A brand is signed together with its user: whoever takes the user off loses the brand as well.
    beside text := CASE kind WHEN 'brand'
        THEN '.' || coalesce(substr(current_setting('lighttouch.user', true), 1, 36), '') ELSE '' END;
BEGIN
    IF signed IS NULL OR signed = '' THEN
        RETURN NULL;
    END IF;
    BEGIN
        value := substr(signed, 1, 36)::uuid;
    EXCEPTION WHEN invalid_text_representation THEN
        RAISE EXCEPTION 'malformed % context', kind USING ERRCODE = 'insufficient_privilege';
    END;
    SELECT sha256(k.outer_pad || sha256(k.inner_pad || convert_to(
               kind || '.' || pg_backend_pid() || '.' || value::text || beside, 'UTF8')))
      INTO expected FROM public.kernel_context_key k;
    IF expected IS NULL OR substr(signed, 37) <> '.' || encode(expected, 'hex') THEN
        RAISE EXCEPTION 'forged % context', kind USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN value;
END $$;
"""

FUNCTIONS = """
CREATE TABLE kernel_context_key (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL
);
REVOKE ALL ON kernel_context_key FROM PUBLIC;
REVOKE ALL ON kernel_context_key FROM {app};

{context}
CREATE FUNCTION lighttouch_brand() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE value uuid := public.lighttouch_context('brand');
BEGIN
    IF value IS NULL THEN
        RAISE EXCEPTION 'no brand context' USING ERRCODE = 'insufficient_privilege',
            HINT = 'Open kernel.tenancy.brand_context(brand_id) around this statement.';
    END IF;
    RETURN value;
END $$;

CREATE FUNCTION lighttouch_user() RETURNS uuid
LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
    SELECT public.lighttouch_context('user')
$$;

CREATE FUNCTION lighttouch_brand_or_own(row_brand uuid, row_user uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    brand uuid := public.lighttouch_context('brand');
    own uuid := public.lighttouch_context('user');
BEGIN
    IF brand IS NULL AND own IS NULL THEN
        RAISE EXCEPTION 'no brand or user context' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN coalesce(row_brand = brand, false) OR coalesce(row_user = own, false);
END $$;

REVOKE ALL ON FUNCTION lighttouch_context(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lighttouch_context(text) TO {app};
"""

DROP_FUNCTIONS = """
DROP FUNCTION lighttouch_brand_or_own(uuid, uuid);
DROP FUNCTION lighttouch_user();
DROP FUNCTION lighttouch_brand();
DROP FUNCTION lighttouch_context(text);
DROP TABLE kernel_context_key;
"""

GRANTS = """
GRANT USAGE ON SCHEMA public TO {app};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app};
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {app};
"""

BY_BRAND = "brand_id = (SELECT lighttouch_brand())"
BY_BRAND_OR_OWN = "lighttouch_brand_or_own(brand_id, user_id)"

FENCE = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY brand_rows ON {table} AS PERMISSIVE USING ({seen}) WITH CHECK ({kept});
CREATE POLICY brand_fence ON {table} AS RESTRICTIVE USING ({seen}) WITH CHECK ({kept});
"""

UNFENCE = """
DROP POLICY brand_fence ON {table};
DROP POLICY brand_rows ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""

UNIQUE = "ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (brand_id, {key});"

REFERENCE = """
ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (brand_id, {column})
    REFERENCES {target} (brand_id, {key}) DEFERRABLE INITIALLY DEFERRED;
"""

DROP_CONSTRAINT = "ALTER TABLE {table} DROP CONSTRAINT {name};"

APPEND_ONLY = "REVOKE UPDATE, DELETE ON {table} FROM {app};"
NOT_APPEND_ONLY = "GRANT UPDATE, DELETE ON {table} TO {app};"
