"""Name and e-mail of accounts that were made for us, brought up to date; nothing else of them is ever sent.

Moodle takes such a call row by row: bad rows come back as warnings and the good ones are kept, so that repeating
a call is harmless. Only a value that may not be sent at all spoils the whole call.
"""

from __future__ import annotations

from collections.abc import Sequence

from lms_connectors.batches import Batches, Done, Outcome
from lms_connectors.moodle.accounts import known_id
from lms_connectors.moodle.dialect import concerns_whole_call, short_code
from lms_connectors.moodle.shapes import record, unexpected
from lms_connectors.moodle.site import Site
from workflows.ports import LearnerAccount, Retryable, RowResult, RowStatus

UPDATE = "core_user_update_users"
FIELDS_PER_ACCOUNT = 4
OUR_WORDS = {
    "useremailduplicate": "email_in_use",
    "invaliduserid": "user_missing",
    "usernotupdateddeleted": "user_missing",
}


def update(site: Site, people: Sequence[LearnerAccount]) -> list[RowResult]:
    """One result a person, in order. Raises Permanent only for what concerns every call of the site."""
    if site.account_policy != "create":
        return [RowResult(person.key, RowStatus.REFUSED, "find_only") for person in people]
    asked = [person for person in people if known_id(person)]
    outcomes = dict(zip((person.key for person in asked), _updating(site).run(asked), strict=True))
    return [_told(person, outcomes.get(person.key)) for person in people]


def _updating(site: Site) -> Batches[LearnerAccount, str]:
    def send(chunk: Sequence[LearnerAccount]) -> list[str]:
        answer = record(site.client.call(UPDATE, {"users": [changed(person) for person in chunk]}))
        codes = _warned(answer.get("warnings"))
        return [codes.get(known_id(person), "") for person in chunk]

    # After a doubtful answer it is simply sent again: the same values twice are the same values.
    return Batches(
        send=send,
        read_back=lambda chunk: [None] * len(chunk),
        size=site.rows_per_call(FIELDS_PER_ACCOUNT),
        whole_call=concerns_whole_call,
    )


def changed(person: LearnerAccount) -> dict[str, str]:
    """The form of a change. Moodle requires a last name; many Indonesians have one name only."""
    names = {"firstname": person.given_name, "lastname": person.family_name.strip() or "-"}
    return {"id": known_id(person), **names, **({"email": person.email} if person.email else {})}


def _warned(warnings: object) -> dict[str, str]:
    """Code of the refusal by account id."""
    if not isinstance(warnings, list) or not all(isinstance(one, dict) for one in warnings):
        raise unexpected()
    return {str(one.get("itemid")): short_code(one.get("warningcode"), "refused") for one in warnings}


def _told(person: LearnerAccount, outcome: Outcome[str] | None) -> RowResult:
    if outcome is None:
        return RowResult(person.key, RowStatus.REFUSED, "user_missing")
    if isinstance(outcome, Done):
        code = OUR_WORDS.get(outcome.result, outcome.result)
        return RowResult(person.key, RowStatus.REFUSED if code else RowStatus.APPLIED, code)
    error = outcome.error
    if isinstance(error, Retryable):
        return RowResult(person.key, RowStatus.RETRY, error.code, error.message)
    return RowResult(person.key, RowStatus.REFUSED, error.code, error.message, error.concerns)
