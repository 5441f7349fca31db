"""Accounts: looking up and making, with the checks that a real site makes and does not explain."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from hashlib import md5
from typing import Any

from lms_connectors.sandbox import values
from lms_connectors.sandbox.refusal import coding_error, invalid_parameter, no_permission
from lms_connectors.sandbox.site import SandboxSite
from lms_connectors.sandbox.store import next_id
from lms_connectors.sandbox.values import Listing, Record, Scalar

Account = sqlite3.Row | Mapping[str, Any]

LOOKUP = Record({"field": Scalar(values.filled_word), "values": Listing(Scalar(values.raw))})

_CHECKS: Mapping[str, values.Check] = {
    "id": values.integer,
    "idnumber": values.raw,
    "username": values.user_name,
    "email": values.e_mail,
}
_SELECT = {
    "id": "SELECT * FROM users WHERE id = ?",
    "idnumber": "SELECT * FROM users WHERE idnumber = ? AND idnumber <> '' ORDER BY id",
    "username": "SELECT * FROM users WHERE username = ?",
    "email": "SELECT * FROM users WHERE email = ? ORDER BY id",
}
_GUEST = {
    "id": 1,
    "username": "guest",
    "firstname": "Guest user",
    "lastname": "",
    "email": "root@localhost",
    "idnumber": "",
    "auth": "manual",
    "suspended": 0,
    "city": "",
    "country": "",
}
"""Every site has it from its installation; it is not among the people of the stand-in's pages."""
_OPTIONAL = ("password", "idnumber", "city", "department", "institution", "timezone", "middlename")
CREATE = Record(
    {
        "users": Listing(
            Record(
                {
                    "username": Scalar(values.user_name),
                    "firstname": Scalar(values.without_tags),
                    "lastname": Scalar(values.without_tags),
                    "email": Scalar(values.e_mail),
                    "auth": Scalar(values.filled_word, "manual"),
                    "country": Scalar(values.word, "ID"),
                    "createpassword": Scalar(values.integer, 0),
                    "lang": Scalar(values.filled_word, "id"),
                    "customfields": Listing(
                        Record({"type": Scalar(values.word), "value": Scalar(values.raw)}), None
                    ),
                    **{name: Scalar(values.raw, "") for name in _OPTIONAL},
                }
            )
        )
    }
)
_INTERNAL = frozenset({"manual", "email", "none"})
_AUTHS = _INTERNAL | {"oauth2", "oidc", "ldap", "nologin", "shibboleth"}


def look_up(site: SandboxSite, db: sqlite3.Connection, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """core_user_get_users_by_field: a miss is simply absent."""
    name = asked["field"]
    if name not in _CHECKS:
        raise coding_error("invalid field parameter")
    wanted = [_CHECKS[name](value) for value in asked["values"]]
    found = {row["id"]: row for value in wanted for row in db.execute(_SELECT[name], (value,))}
    guest = [_GUEST] if name == "id" and 1 in wanted and site.capable else []
    return [profile(site, row) for row in (*guest, *found.values())]


def profile(site: SandboxSite, row: Account) -> dict[str, Any]:
    """An account as a service with a role sees it; an empty ID number, city or country is left out."""
    shown = {
        **identity(row),
        "department": "",
        "firstaccess": 0,
        "lastaccess": 0,
        "auth": row["auth"],
        "suspended": bool(row["suspended"]),
        "confirmed": True,
        "lang": "en",
        "theme": "",
        "timezone": "99",
        "mailformat": 1,
    }
    told = {name: row[name] for name in ("idnumber", "city", "country") if row[name]}
    return shown | told | pictures(site)


def delete(site: SandboxSite, username: str) -> None:
    """As an administrator does it: the account stays, found by its id, without what named the person."""
    with site.store.writing() as db:
        user = db.execute("SELECT * FROM users WHERE username = ?", (username,)).fetchone()
        for table in ("enrolments", "group_members"):
            db.execute(f"DELETE FROM {table} WHERE user = ?", (user["id"],))  # noqa: S608 - one of two names
        db.execute(
            "UPDATE users SET username = ?, email = ?, idnumber = '' WHERE id = ?",
            (f"{user['email']}.{site.seconds()}", md5(username.encode()).hexdigest(), user["id"]),  # noqa: S324
        )


def is_deleted(row: Account) -> bool:
    return not row["idnumber"] and "@" not in row["email"] and len(row["email"]) == 32


def identity(row: Account) -> dict[str, Any]:
    return {
        "id": row["id"],
        "username": row["username"],
        "fullname": full_name(row),
        "email": row["email"],
    }


def full_name(row: Account) -> str:
    return f"{row['firstname']} {row['lastname']}"


def pictures(site: SandboxSite) -> dict[str, str]:
    image = f"{site.home_page}/theme/image.php/boost/core/1/u"
    return {"profileimageurlsmall": f"{image}/f2", "profileimageurl": f"{image}/f1"}


def create(site: SandboxSite, db: sqlite3.Connection, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """core_user_create_users: all of them or none."""
    if not site.may("moodle/user:create"):
        raise no_permission("Create users")
    return [_create_one(db, user) for user in asked["users"]]


def _create_one(db: sqlite3.Connection, user: Mapping[str, Any]) -> dict[str, Any]:
    _allowed(db, user)
    number = next_id(db, "users")
    columns = ("username", "idnumber", "firstname", "lastname", "email", "auth", "city", "country")
    db.execute(
        "INSERT INTO users (id, username, idnumber, firstname, lastname, email, auth, city, country)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (number, *(user[column] for column in columns)),
    )
    return {"id": number, "username": user["username"]}


def _allowed(db: sqlite3.Connection, user: Mapping[str, Any]) -> None:
    passwordless = not user["password"] and not user["createpassword"]
    blank = not all(user[name].strip() for name in ("username", "firstname", "lastname"))
    if user["auth"] not in _AUTHS or blank or (user["auth"] in _INTERNAL and passwordless):
        raise invalid_parameter()
    taken = "SELECT 1 FROM users WHERE username = ? OR email = ?"
    if db.execute(taken, (user["username"], user["email"])).fetchone():
        raise invalid_parameter()
