"""Changes of accounts: row by row, as a real site does it; a bad row is a warning and the others are kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from lms_connectors.sandbox import values
from lms_connectors.sandbox.refusal import MoodleRefusal, no_permission
from lms_connectors.sandbox.site import SandboxSite
from lms_connectors.sandbox.users import is_deleted
from lms_connectors.sandbox.values import Listing, Record, Scalar

KEPT = ("firstname", "lastname", "email", "auth", "idnumber", "city", "country", "suspended")
UPDATE = Record(
    {
        "users": Listing(
            Record(
                {
                    "id": Scalar(values.integer),
                    "firstname": Scalar(values.without_tags, None),
                    "lastname": Scalar(values.without_tags, None),
                    "email": Scalar(values.raw, None),
                    "auth": Scalar(values.filled_word, None),
                    "idnumber": Scalar(values.raw, None),
                    "city": Scalar(values.without_tags, None),
                    "country": Scalar(values.word, None),
                    "department": Scalar(values.raw, None),
                    "suspended": Scalar(values.integer, None),
                }
            )
        )
    }
)


def update(site: SandboxSite, db: sqlite3.Connection, asked: Mapping[str, Any]) -> dict[str, Any]:
    """core_user_update_users: good rows are kept, bad ones are told."""
    if not site.may("moodle/user:update"):
        raise no_permission("Update user profiles")
    warnings = [warning for user in asked["users"] if (warning := _update_one(db, user))]
    return {"warnings": warnings}


def _update_one(db: sqlite3.Connection, user: Mapping[str, Any]) -> dict[str, Any] | None:
    number, email = user["id"], user["email"]
    held = db.execute("SELECT * FROM users WHERE id = ?", (number,)).fetchone()
    if held is None:
        return _warning(number, "invaliduserid", "Invalid user ID")
    if is_deleted(held):
        return _warning(number, "usernotupdateddeleted", "error/usernotupdateddeleted")
    if email is not None and email != held["email"]:
        try:
            values.e_mail(email)
        except MoodleRefusal:
            return _warning(number, "useremailinvalid", "error/useremailinvalid")
        if db.execute("SELECT 1 FROM users WHERE email = ? AND id <> ?", (email, number)).fetchone():
            return _warning(number, "useremailduplicate", "Duplicate address")
    for column in KEPT:
        if user[column] is not None:
            db.execute(f"UPDATE users SET {column} = ? WHERE id = ?", (user[column], number))  # noqa: S608 - a name of KEPT
    return None


def _warning(number: int, code: str, message: str) -> dict[str, Any]:
    return {"item": "user", "itemid": number, "warningcode": code, "message": message}
