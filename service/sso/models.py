"""What the relying party keeps: pending log-ins, login sessions, accounts, what waits. Secrets only as SHA-256."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.models.base import Base, BigId, UtcDateTime


class LoginTransaction(Base):
    """One trip to the provider and back: bound to a browser, used once. ``payload`` waits for a step-up."""

    __tablename__ = "login_transaction"
    __table_args__ = (CheckConstraint("kind IN ('login', 'stepup')", name="kind"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    state_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(10))
    nonce: Mapped[str] = mapped_column(String(100))
    code_verifier: Mapped[str] = mapped_column(String(128))
    next_path: Mapped[str] = mapped_column(Text, default="/")
    session_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("login_session.id"), index=True)
    expected_sub: Mapped[str] = mapped_column(String(255), default="")
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LoginSession(Base):
    """A signed-in browser ("Perangkat yang masuk"). ``key_hash`` changes at step-up, the row stays."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    iss: Mapped[str] = mapped_column(String(255))
    sub: Mapped[str] = mapped_column(String(255), index=True)
    sid: Mapped[str | None] = mapped_column(String(255), index=True)
    id_token: Mapped[str] = mapped_column(Text, default="")
    refresh_token: Mapped[str] = mapped_column(Text, default="")
    """Sealed (``sealed.py``); empty where the provider gives none."""
    refresh_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    auth_time: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acr: Mapped[str | None] = mapped_column(String(255))
    amr: Mapped[list[str]] = mapped_column(JSON, default=list)
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    device: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_why: Mapped[str] = mapped_column(String(20), default="")


class SsoAccount(Base):
    """An account of the provider and its person: one each, so that nobody counts twice (R12)."""

    __tablename__ = "sso_account"
    __table_args__ = (UniqueConstraint("iss", "sub"), UniqueConstraint("iss", "person_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    iss: Mapped[str] = mapped_column(String(255))
    sub: Mapped[str] = mapped_column(String(255))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_login_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SsoLogoutToken(Base):
    """Logout tokens that were obeyed, so that a copy is not: the hash of issuer and ``jti``."""

    __tablename__ = "sso_logout_token"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    jti_hash: Mapped[str] = mapped_column(String(64), unique=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class KeptForm(Base):
    """A form that came after the session's end: it waits for the same person in the same browser, for one sending.

    ``fields`` are pairs of name and text in the order of the form; emptied when it is sent.
    """

    __tablename__ = "kept_form"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    path: Mapped[str] = mapped_column(Text)
    fields: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RefusedSignIn(Base):
    """Somebody whom the provider knows and we could not place: a case for an administrator.

    No NIP: ``who_masked`` shows its first four and last three digits, ``who_hash`` is keyed with a secret that is
    not in the database. The same case again counts up ``times``.
    """

    __tablename__ = "refused_sign_in"
    __table_args__ = (Index("ix_refused_sign_in_code_who_hash", "code", "who_hash"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    who_hash: Mapped[str] = mapped_column(String(64))
    who_masked: Mapped[str] = mapped_column(String(30))
    times: Mapped[int] = mapped_column(Integer, default=1)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
