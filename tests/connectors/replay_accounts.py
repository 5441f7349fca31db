"""The function that changes accounts, and which of its recordings are replayed where."""

from __future__ import annotations

UPDATE = "core_user_update_users"

UPDATE_CASES: dict[str, list[str]] = {
    "names_and_email": ["", ""],
    "names_email_taken": ["", "email_in_use", ""],
    "names_unknown_id": ["user_missing"],
    "names_deleted": ["user_missing"],
    "names_bad_email": ["useremailinvalid"],
}
"""The code of each row; empty where it is done."""
REPLAYED_ACCOUNTS = {
    *(f"{UPDATE}.{case}" for case in UPDATE_CASES),
    f"{UPDATE}.names_with_markup",
    f"{UPDATE}.names_missing_capability",
}
"""Played by test_moodle_account_updates."""
