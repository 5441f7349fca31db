"""What is done in the background. Each job may run again at any time; all are called by the sweep."""

from __future__ import annotations

from service.jobs import (
    accounts,
    breaker,
    completions,
    courses,
    drift,
    enrolments,
    groups,
    lifecycle,
    offices,
    privacy,
    records,
    seals,
    sign_in,
    surveys,
    units,
)

SWEEP = (
    records.read_statements,
    breaker.try_closed_sites,
    courses.make_ordered,
    courses.send_dates,
    enrolments.renew_dates,
    accounts.look_again,
    enrolments.sync_due,
    groups.place_due,
    accounts.check_accounts,
    enrolments.forget_old_attempts,
    completions.fetch_missing,
    drift.compare_due,
    surveys.open_and_close_due,
    surveys.destroy_spent,
    lifecycle.start_due,
    units.turn_due,
    offices.note_alarms,
    privacy.note_overdue_breaches,
    sign_in.forget_kept_forms,
    sign_in.renew_sign_ins,
    seals.seal_day,
)
"""In this order: what came in first, then what goes out, then what the calendar asks for."""
