"""What the database itself holds about house packs, whoever writes: officers of the brand, and the moves of states.py.

A confirmation lets a case stand under other house packs. It can never carry a case over a change of the law, and never
over house packs that are not on.
"""

from audits.states import PACK_LIFE

_MOVES = ", ".join(f"('{now}', '{then}')" for now, events in PACK_LIFE.items() for then in events.values())

OFFICER = """
CREATE OR REPLACE FUNCTION audits_check_officer(of_brand uuid, writer uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF writer IS NULL OR writer IS DISTINCT FROM public.lighttouch_user() THEN
        RAISE EXCEPTION 'house packs are written by the signed-in officer alone'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM 1 FROM public.tenants_membership m JOIN public.tenants_user u ON u.id = m.user_id AND u.is_active
      WHERE m.brand_id = of_brand AND m.user_id = writer AND m.role = 'officer';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only an officer of the brand writes and switches house packs'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;
"""

VERSION_GUARD = f"""
CREATE OR REPLACE FUNCTION audits_house_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM public.audits_check_officer(NEW.brand_id, NEW.written_by_id);
        IF NEW.state <> 'draft' OR NEW.switched_by_id IS NOT NULL THEN
            RAISE EXCEPTION 'a version of a house pack begins as a draft'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NEW.sha256 <> encode(sha256(convert_to(NEW.text, 'UTF8')), 'hex') THEN
            RAISE EXCEPTION 'the fingerprint is not that of the text'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.brand_id, NEW.pack_id, NEW.number, NEW.title, NEW.text, NEW.sha256, NEW.fault, NEW.written_by_id,
        NEW.written_at) IS DISTINCT FROM
       (OLD.id, OLD.brand_id, OLD.pack_id, OLD.number, OLD.title, OLD.text, OLD.sha256, OLD.fault, OLD.written_by_id,
        OLD.written_at) THEN
        RAISE EXCEPTION 'what was written never changes: write the next version'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (OLD.state, NEW.state) NOT IN ({_MOVES}) THEN
        RAISE EXCEPTION 'a version that is % cannot become %', OLD.state, NEW.state
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM public.audits_check_officer(NEW.brand_id, NEW.switched_by_id);
    RETURN NEW;
END $$;

CREATE TRIGGER audits_house_guard BEFORE INSERT OR UPDATE ON audits_housepackversion
FOR EACH ROW EXECUTE FUNCTION audits_house_guard();
"""

CONFIRMATION_GUARD = """
CREATE OR REPLACE FUNCTION audits_confirmation_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    judged jsonb;
BEGIN
    PERFORM public.audits_check_officer(NEW.brand_id, NEW.officer_id);
    SELECT c.verdict -> 'packs' INTO judged FROM public.audits_case c
      WHERE c.brand_id = NEW.brand_id AND c.id = NEW.case_id AND c.state IN ('in_review', 'approved')
      FOR NO KEY UPDATE;
    IF NOT FOUND OR judged IS NULL THEN
        RAISE EXCEPTION 'only a case that was judged and stands can be confirmed'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (SELECT jsonb_object_agg(key, value) FROM jsonb_each(judged) WHERE key NOT LIKE 'house-%') IS DISTINCT FROM
       (SELECT jsonb_object_agg(key, value) FROM jsonb_each(NEW.packs) WHERE key NOT LIKE 'house-%') THEN
        RAISE EXCEPTION 'no case is confirmed over a change of the law'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (SELECT jsonb_object_agg(key, value) FROM jsonb_each(NEW.packs) WHERE key LIKE 'house-%') IS DISTINCT FROM
       (SELECT jsonb_object_agg(p.code, 'sha256:' || v.sha256) FROM public.audits_housepackversion v
          JOIN public.audits_housepack p ON p.brand_id = v.brand_id AND p.id = v.pack_id
         WHERE v.brand_id = NEW.brand_id AND v.state = 'on') THEN
        RAISE EXCEPTION 'a case is confirmed for the house packs that are on, and for no other'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER audits_confirmation_guard BEFORE INSERT ON audits_confirmation
FOR EACH ROW EXECUTE FUNCTION audits_confirmation_guard();
"""

KEEP = "REVOKE DELETE ON audits_housepackversion FROM {app}; REVOKE UPDATE, DELETE ON audits_housepack FROM {app};"
MAY_DELETE = "GRANT DELETE ON audits_housepackversion TO {app}; GRANT UPDATE, DELETE ON audits_housepack TO {app};"

REMOVE = """
DROP TRIGGER audits_confirmation_guard ON audits_confirmation;
DROP FUNCTION audits_confirmation_guard();
DROP TRIGGER audits_house_guard ON audits_housepackversion;
DROP FUNCTION audits_house_guard();
DROP FUNCTION audits_check_officer(uuid, uuid);
"""
