"""What the database itself holds about roles, whoever writes: the admin, a shell, or SQL by hand.

Without this, whoever may write a membership could make herself an officer. The signed user of the transaction must own
the brand, and nobody gives a role to herself; workers and commands, which act for no user, may.
"""

MEMBERSHIP_GUARD = """
CREATE FUNCTION tenants_membership_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    acting uuid := public.lighttouch_user();
    changed public.tenants_membership%ROWTYPE;
BEGIN
    changed := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    IF acting IS NULL THEN
        RETURN changed;
    END IF;
    IF TG_OP <> 'DELETE' AND changed.user_id = acting THEN
        RAISE EXCEPTION 'nobody gives a role to herself' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM public.tenants_membership m WHERE m.brand_id = changed.brand_id
                      AND m.user_id = acting AND m.role = 'owner') THEN
        RAISE EXCEPTION 'only an owner of the brand gives and takes roles' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN changed;
END $$;

CREATE TRIGGER tenants_membership_guard BEFORE INSERT OR UPDATE OR DELETE ON tenants_membership
FOR EACH ROW EXECUTE FUNCTION tenants_membership_guard();
"""

REMOVE = """
DROP TRIGGER tenants_membership_guard ON tenants_membership;
DROP FUNCTION tenants_membership_guard();
"""
