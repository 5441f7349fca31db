"""People and accounts: who is on the site, and making an account for who is not.

Found by idnumber (indexed on the site) in chunks, the rest by user name in as few calls as the field limit
allows, because each such call reads the whole user table. Never by e-mail alone; an account found is not changed
(``account_updates`` brings those up to date that were made for us).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from lms_connectors.batches import Batches, Done, Failed
from lms_connectors.likeness import differences
from lms_connectors.moodle.dialect import concerns_whole_call
from lms_connectors.moodle.form import FIXED_FIELDS, MAX_FIELDS, rows_per_call
from lms_connectors.moodle.shapes import Thing, things
from lms_connectors.moodle.site import Site
from workflows.ports import (
    AccountResult,
    AccountSeen,
    AccountStatus,
    Concern,
    LearnerAccount,
    Permanent,
    Retryable,
)

LOOKUP = "core_user_get_users_by_field"
CREATE = "core_user_create_users"
IDNUMBERS_PER_CALL = 200
FIELDS_PER_ACCOUNT = 7
KEEPS_PASSWORDS = frozenset({"manual", "email"})
"""Sign-in methods by Moodle's own password: it refuses a new account that comes without one."""

HASH = re.compile(r"[0-9a-f]{32}")
DELETED_NAME = re.compile(r".+@.+\.[0-9]{10}")

User = Thing


@dataclass
class Accounts:
    """One resolving of a list of people; ``results`` fills up by key of the list's place."""

    site: Site
    people: Sequence[LearnerAccount]
    results: dict[int, AccountResult] = field(default_factory=dict)
    doubted: set[str] = field(default_factory=set)
    """Keys of those whose making was asked for and not answered."""

    def resolve(self) -> list[AccountResult]:
        """One result a person, in order. Raises Retryable when not all could be settled now."""
        self._settle_doubles()
        self._settle("id", known_id, IDNUMBERS_PER_CALL)
        self._settle("idnumber", lambda person: person.idnumber, IDNUMBERS_PER_CALL)
        self._settle("username", user_name, MAX_FIELDS - FIXED_FIELDS - 1)
        self._settle_unknown()
        self._settle_shared()
        return [self.results[place] for place in range(len(self.people))]

    def _open(self) -> list[int]:
        return [place for place in range(len(self.people)) if place not in self.results]

    def _say(
        self,
        place: int,
        status: AccountStatus,
        user: User | None = None,
        reason: str = "",
        concerns: Concern = Concern.ROW,
    ) -> None:
        person, remote_id, username = self.people[place], None, None
        unlike: tuple[str, ...] = ()
        if user:
            remote_id, username = str(user["id"]), str(user.get("username", ""))
            unlike = said_otherwise(person, user)
        self.results[place] = AccountResult(
            person.key, status, remote_id, username, reason, concerns, differs=unlike
        )

    def _settle_doubles(self) -> None:
        """Two people of ours with one user name or one idnumber: which of them is the account?"""
        for value in (user_name, lambda person: person.idnumber):
            count = Counter(value(person) for person in self.people)
            for place, person in enumerate(self.people):
                if value(person) and count[value(person)] > 1:
                    self._say(place, AccountStatus.AMBIGUOUS, reason="twice_in_request")

    def _settle(self, name: str, value: Callable[[LearnerAccount], str], per_call: int) -> None:
        asked = {place: value(self.people[place]) for place in self._open() if value(self.people[place])}
        found, refused = look_up(self.site, name, asked.values(), per_call)
        for place, text in asked.items():
            if text in refused:
                self._say(place, AccountStatus.REFUSED, reason=f"{name}_refused")
            elif text in found:
                self._judge(place, name, found[text])

    def _judge(self, place: int, name: str, users: Sequence[User]) -> None:
        if len(users) > 1:
            return self._say(place, AccountStatus.AMBIGUOUS, reason=f"two_with_{name}")
        user = users[0]
        held, ours = str(user.get("idnumber", "")), self.people[place].idnumber
        if name == "username" and held and ours and held != ours:
            return self._say(place, AccountStatus.AMBIGUOUS, user, "other_idnumber")
        status = AccountStatus.SUSPENDED if user.get("suspended") else AccountStatus.FOUND
        return self._say(place, status, user)

    def _settle_unknown(self) -> None:
        may = self.site.account_policy == "create"
        places = [place for place in self._open() if may and self.people[place].may_be_made]
        for place in set(self._open()) - set(places):
            self._say(place, AccountStatus.MISSING)
        made = make(self.site, [self.people[place] for place in places], self.doubted)
        for place, outcome in zip(places, made, strict=True):
            if isinstance(outcome, Done):
                self._say(place, AccountStatus.MADE, outcome.result)
            else:
                self._explain(place, outcome)

    def _explain(self, place: int, failed: Failed) -> None:
        """A refused row: made by a call whose answer was lost, its e-mail in use, or simply refused."""
        if isinstance(failed.error, Retryable):
            raise failed.error
        person = self.people[place]
        if not concerns_whole_call(failed.error):
            user = seen(self.site, [person])[0]
            if user is not None and person.key in self.doubted and is_as_asked(person, user):
                return self._say(place, AccountStatus.MADE, user)
            if user is not None:
                return self._judge(place, "username", [user])
            if look_up(self.site, "email", [person.email], 1)[0]:
                return self._say(place, AccountStatus.REFUSED, reason="email_in_use")
        refused = AccountStatus.REFUSED
        return self._say(place, refused, reason=failed.error.code, concerns=failed.error.concerns)

    def _settle_shared(self) -> None:
        """Two people of ours that lead to one account: a case for a person."""
        count = Counter(result.remote_id for result in self.results.values() if result.remote_id)
        for place, result in self.results.items():
            if result.remote_id and count[result.remote_id] > 1:
                self.results[place] = replace(result, status=AccountStatus.AMBIGUOUS, reason="shared_account")


def said_otherwise(person: LearnerAccount, user: User) -> tuple[str, ...]:
    """What the account says otherwise than we do, as far as it is shown."""
    shown = {"full_name": user.get("fullname"), "email": user.get("email"), "idnumber": user.get("idnumber")}
    return differences(person, **{name: str(value or "") for name, value in shown.items()})


def is_as_asked(person: LearnerAccount, user: User) -> bool:
    """After a making that nobody answered: it was not there before, and what is there now says all that we asked.

    So it was we who made it. An account that says anything else came from somebody else in between.
    """
    return not user.get("suspended") and not said_otherwise(person, user)


def known_id(person: LearnerAccount) -> str:
    """Moodle's ids are numbers; anything else would only be refused."""
    return person.remote_id if person.remote_id and person.remote_id.isdecimal() else ""


def user_name(person: LearnerAccount) -> str:
    """Moodle refuses upper case in a user name, in a look-up as well."""
    return person.username.strip().lower()


def look_up(
    site: Site, name: str, values: Iterable[str], per_call: int
) -> tuple[dict[str, list[User]], set[str]]:
    """Users by the value asked for, and the values that may not be asked (one spoils the whole call)."""
    wanted = list(dict.fromkeys(value for value in values if value))
    found: dict[str, list[User]] = defaultdict(list)

    def ask(chunk: Sequence[str]) -> list[bool]:
        users = things(site.client.call(LOOKUP, {"field": name, "values": list(chunk)}))
        by_value = {comparable(name, value): value for value in chunk}
        for user in users:
            value = by_value.get(comparable(name, str(user.get(name, ""))))
            if value is not None and not is_deleted(user):
                found[value].append(user)
        return [True] * len(chunk)

    # A look-up changes nothing: after a doubtful answer it is simply asked again.
    asking: Batches[str, bool] = Batches(
        send=ask, read_back=lambda chunk: [None] * len(chunk), size=per_call, whole_call=no_value_refused
    )
    outcomes = asking.run(wanted)
    return dict(found), {value for value, outcome in zip(wanted, outcomes, strict=True) if refused(outcome)}


def is_deleted(user: User) -> bool:
    """Moodle keeps a deleted account and finds it by its id as if it were one: without ID number, with a hash for an
    e-mail, and with the old e-mail and the time for a user name. It says nowhere that it is deleted."""
    if user.get("idnumber"):
        return False
    email = str(user.get("email", ""))
    return bool(HASH.fullmatch(email) if email else DELETED_NAME.fullmatch(str(user.get("username", ""))))


def existing(site: Site, remote_ids: Iterable[str]) -> set[str]:
    """Ids of accounts that are there; one that was deleted is not."""
    found, _ = look_up(site, "id", remote_ids, IDNUMBERS_PER_CALL)
    return set(found)


def shown(site: Site, remote_ids: Iterable[str]) -> dict[str, AccountSeen]:
    """User name and ID number of these ids, as the site holds them now."""
    found, _ = look_up(site, "id", remote_ids, IDNUMBERS_PER_CALL)
    return {
        remote_id: AccountSeen(
            remote_id, str(users[0].get("username") or ""), str(users[0].get("idnumber") or "")
        )
        for remote_id, users in found.items()
    }


def comparable(name: str, value: str) -> str:
    """As Moodle compares: e-mails and user names without regard to case."""
    return value.casefold() if name in ("email", "username") else value


def no_value_refused(error: Permanent) -> bool:
    """A value that may not be asked is refused as a parameter; anything else is said of the question."""
    return error.code != "invalidparameter"


def refused(outcome: Done[bool] | Failed) -> bool:
    """True for a value that was refused by itself; raises what concerns the whole call."""
    if isinstance(outcome, Done):
        return False
    if isinstance(outcome.error, Retryable) or no_value_refused(outcome.error):
        raise outcome.error
    return True


def make(site: Site, people: Sequence[LearnerAccount], doubted: set[str]) -> list[Done[User] | Failed]:
    """Make these accounts; a bad row stands alone and the others are made.

    ``doubted`` takes up the keys of those whom a call was about that nobody answered.
    """

    def create(chunk: Sequence[LearnerAccount]) -> list[User]:
        try:
            made = things(
                site.client.call(CREATE, {"users": [new_account(site, person) for person in chunk]})
            )
        except Retryable as error:
            doubted.update(person.key for person in chunk if error.doubtful)
            raise
        if len(made) != len(chunk):
            doubted.update(person.key for person in chunk)
            raise Retryable("answer_too_short", "Fewer accounts came back than were sent", doubtful=True)
        return made

    def as_asked(chunk: Sequence[LearnerAccount]) -> list[User | None]:
        held = zip(chunk, seen(site, chunk), strict=True)
        return [user if user is not None and is_as_asked(person, user) else None for person, user in held]

    making: Batches[LearnerAccount, User] = Batches(
        send=create,
        read_back=as_asked,
        size=site.rows_per_call(FIELDS_PER_ACCOUNT),
        whole_call=concerns_whole_call,
        answered=site.answered,
    )
    return making.run(people)


def seen(site: Site, people: Sequence[LearnerAccount]) -> list[User | None]:
    """Which of these accounts the site holds, by user name: that is what Moodle keeps unique."""
    per_call = rows_per_call(1, wanted=MAX_FIELDS, fixed=FIXED_FIELDS + 1)
    found, _ = look_up(site, "username", [user_name(person) for person in people], per_call)
    return [found[user_name(person)][0] if user_name(person) in found else None for person in people]


def new_account(site: Site, person: LearnerAccount) -> dict[str, str]:
    """The form of a new account. We never hold a password: sign-in is by the identity provider, or Moodle
    makes one and mails it to the person.

    Moodle requires a last name; many Indonesians have one name only.
    """
    password = {"createpassword": "1"} if site.auth in KEEPS_PASSWORDS else {}
    return {
        "username": user_name(person),
        "firstname": person.given_name,
        "lastname": person.family_name.strip() or "-",
        "email": person.email,
        "idnumber": person.idnumber,
        "auth": site.auth,
        **password,
    }
