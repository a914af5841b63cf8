"""What the database itself holds about decisions, whoever writes: the admin, the API, a shell, or SQL by hand.

Nobody approves their own work (maker ≠ checker, the four-eyes principle). The application's role owns neither the
tables nor the triggers, so it can neither drop nor disable them. Migrations install these texts; when `states.py`
changes, a new migration installs `CASE_GUARD` again, and a test compares the two.
"""

from audits.states import LIFE

_MOVES = ", ".join(f"('{now}', '{then}')" for now, events in LIFE.items() for then in events.values())

# Who freezes or submits by SQL of her own contributes, too; campaigns and sources note who writes their rows.
SUBMITTER = """
CREATE OR REPLACE FUNCTION audits_keep_submitter() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    submitter uuid := public.lighttouch_user();
    submitted uuid;
BEGIN
    IF TG_TABLE_NAME = 'campaigns_campaignversion' THEN
        submitted := NEW.campaign_id;
    ELSE
        SELECT v.campaign_id INTO submitted FROM public.campaigns_campaignversion v
         WHERE v.brand_id = NEW.brand_id AND v.id = NEW.version_id;
    END IF;
    IF submitter IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM public.campaigns_contribution k WHERE k.brand_id = NEW.brand_id
           AND k.campaign_id = submitted AND k.user_id = submitter AND k.what = 'submitted'
    ) THEN
        INSERT INTO public.campaigns_contribution (id, brand_id, campaign_id, actor_kind, user_id, what, at)
        VALUES (public.lighttouch_new_id(), NEW.brand_id, submitted, 'user', submitter, 'submitted', clock_timestamp());
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER audits_keep_submitter AFTER INSERT ON campaigns_campaignversion
FOR EACH ROW EXECUTE FUNCTION audits_keep_submitter();
CREATE TRIGGER audits_keep_submitter AFTER INSERT ON audits_case
FOR EACH ROW EXECUTE FUNCTION audits_keep_submitter();
"""

# The locks on membership and case make a revocation or an edit that is under way come first or wait.
DECISION_GUARD = """
CREATE OR REPLACE FUNCTION audits_decision_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    audited public.audits_case%ROWTYPE;
    audited_campaign uuid;
BEGIN
    IF NEW.officer_id IS NULL OR NEW.officer_id IS DISTINCT FROM public.lighttouch_user() THEN
        RAISE EXCEPTION 'a decision is written by the signed-in officer alone'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM 1 FROM public.tenants_membership m
      WHERE m.brand_id = NEW.brand_id AND m.user_id = NEW.officer_id AND m.role = 'officer' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only an officer of the brand decides'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM 1 FROM public.tenants_user u WHERE u.id = NEW.officer_id AND u.is_active;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only an officer who may sign in decides'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO audited FROM public.audits_case c
      WHERE c.brand_id = NEW.brand_id AND c.id = NEW.case_id FOR NO KEY UPDATE;
    IF NOT FOUND OR audited.state <> 'in_review' THEN
        RAISE EXCEPTION 'only a case in review can be decided'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF audited.sha256 = '' OR NEW.sha256 IS DISTINCT FROM audited.sha256 THEN
        RAISE EXCEPTION 'the decision is on another fingerprint than the case'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT v.campaign_id INTO audited_campaign FROM public.campaigns_campaignversion v
      WHERE v.brand_id = NEW.brand_id AND v.id = audited.version_id;
    IF EXISTS (SELECT 1 FROM public.campaigns_contribution k WHERE k.brand_id = NEW.brand_id
                  AND k.campaign_id = audited_campaign AND k.user_id = NEW.officer_id) THEN
        RAISE EXCEPTION 'nobody decides on their own work'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.reason !~ '[^[:space:]]' THEN
        RAISE EXCEPTION 'a decision needs a written reason'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.kind = 'approve'
       AND coalesce(audited.verdict #>> '{can,verdict}', 'unknown') NOT IN ('clear', 'needs_human') THEN
        RAISE EXCEPTION 'what is blocked cannot be approved'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER audits_decision_guard BEFORE INSERT ON audits_decision
FOR EACH ROW EXECUTE FUNCTION audits_decision_guard();
"""

CASE_GUARD = f"""
CREATE OR REPLACE FUNCTION audits_case_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'checking' OR NEW.sha256 <> '' OR NEW.verdict <> '{{}}' OR NEW.measured <> '{{}}' THEN
            RAISE EXCEPTION 'a case begins with its check, unjudged'
            USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NEW.submitted_by_id IS DISTINCT FROM public.lighttouch_user() THEN
            RAISE EXCEPTION 'a case is submitted in nobody else''s name'
            USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.brand_id, NEW.version_id, NEW.submitted_by_id, NEW.submitted_at)
       IS DISTINCT FROM (OLD.id, OLD.brand_id, OLD.version_id, OLD.submitted_by_id, OLD.submitted_at) THEN
        RAISE EXCEPTION 'what was submitted, by whom and when never changes'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state = OLD.state AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a case changes only with its state'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({_MOVES}) THEN
        RAISE EXCEPTION 'a case that is % cannot become %', OLD.state, NEW.state
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (NEW.sha256, NEW.verdict, NEW.measured) IS DISTINCT FROM (OLD.sha256, OLD.verdict, OLD.measured)
       AND NOT (OLD.state = 'checking' AND NEW.state = 'in_review') THEN
        RAISE EXCEPTION 'verdict and fingerprint are written once, by the check'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.state = 'checking' AND NEW.state = 'in_review' THEN
        IF public.lighttouch_user() IS NOT NULL THEN
            RAISE EXCEPTION 'no user writes a verdict'
            USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NEW.sha256 !~ '^[0-9a-f]{{64}}$' OR NEW.verdict #>> '{{can,verdict}}' IS NULL THEN
            RAISE EXCEPTION 'a case in review has a verdict and a fingerprint'
            USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    IF NEW.state <> OLD.state AND NEW.state IN ('approved', 'changes_asked', 'refused') AND NOT EXISTS (
        SELECT 1 FROM public.audits_decision d
         WHERE d.brand_id = NEW.brand_id AND d.case_id = NEW.id AND d.sha256 = NEW.sha256
           AND d.kind = CASE NEW.state
               WHEN 'approved' THEN 'approve' WHEN 'refused' THEN 'refuse' ELSE 'ask_changes' END
    ) THEN
        RAISE EXCEPTION 'a case becomes % only by an officer''s decision on its fingerprint', NEW.state
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER audits_case_guard BEFORE INSERT OR UPDATE ON audits_case
FOR EACH ROW EXECUTE FUNCTION audits_case_guard();
"""

KEEP_CASES = "REVOKE DELETE ON audits_case FROM {app};"
MAY_DELETE_CASES = "GRANT DELETE ON audits_case TO {app};"

REMOVE = """
DROP TRIGGER audits_case_guard ON audits_case;
DROP FUNCTION audits_case_guard();
DROP TRIGGER audits_decision_guard ON audits_decision;
DROP FUNCTION audits_decision_guard();
DROP TRIGGER audits_keep_submitter ON audits_case;
DROP TRIGGER audits_keep_submitter ON campaigns_campaignversion;
DROP FUNCTION audits_keep_submitter();
"""
