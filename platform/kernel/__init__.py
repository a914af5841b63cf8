"""The ground every room stands on: clock, ids, errors, tenancy, crypto, jobs, egress, problem details."""
