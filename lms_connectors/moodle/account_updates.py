"""Name, e-mail and ID number of accounts that were made for us, brought up to date; nothing else is ever sent.

Moodle takes such a call row by row: bad rows come back as warnings and the good ones are kept, so that repeating
a call is harmless. Only a value that may not be sent at all spoils the whole call. Moodle takes an ID number that
another account carries already, and then nobody is found by it: so that is looked up first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lms_connectors.batches import Batches, Done, Outcome
from lms_connectors.moodle.accounts import IDNUMBERS_PER_CALL, known_id, look_up
from lms_connectors.moodle.dialect import concerns_whole_call, short_code
from lms_connectors.moodle.shapes import record, unexpected
from lms_connectors.moodle.site import Site
from workflows.ports import LearnerAccount, Retryable, RowResult, RowStatus

UPDATE = "core_user_update_users"
FIELDS_PER_ACCOUNT = 5
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
    try:
        taken = _taken(site, asked)
    except Retryable as error:
        return [RowResult(person.key, RowStatus.RETRY, error.code, error.message) for person in people]
    sent = [replace(person, idnumber="") if person.key in taken else person for person in asked]
    outcomes = dict(zip((person.key for person in asked), _updating(site).run(sent), strict=True))
    told = [_told(person, outcomes.get(person.key)) for person in people]
    return [_without_number(one) if one.key in taken else one for one in told]


def _taken(site: Site, people: Sequence[LearnerAccount]) -> set[str]:
    """Keys of those whose ID number another account carries."""
    found, _ = look_up(site, "idnumber", [person.idnumber for person in people], IDNUMBERS_PER_CALL)
    return {
        person.key
        for person in people
        if any(str(user["id"]) != known_id(person) for user in found.get(person.idnumber, ()))
    }


def _without_number(told: RowResult) -> RowResult:
    if told.status is not RowStatus.APPLIED:
        return told
    return RowResult(told.key, RowStatus.REFUSED, "idnumber_in_use")


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
    """The form of a change; what is empty is not sent. Moodle requires a last name; many have one name only."""
    form = {"id": known_id(person)}
    if person.given_name or person.family_name:
        form |= {"firstname": person.given_name, "lastname": person.family_name.strip() or "-"}
    told = {"email": person.email, "idnumber": person.idnumber}
    return form | {name: value for name, value in told.items() if value}


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
