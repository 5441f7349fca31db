"""A learning site, who our people are on it, and who may speak to us from it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    exists,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from workflows.models.base import Base, UtcDateTime
from workflows.models.person import Person


class FirstRun(Base):
    """The first delivery to a site is looked at before it is sent; until a person has agreed, rows wait."""

    __tablename__ = "first_run"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    plan: Mapped[str] = mapped_column(Text, default="")
    """What would be sent, as JSON by ids of enrolments (``workflows.first_run``); empty once it was agreed."""
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    """Of the wishes that were looked at."""
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SiteRewind(Base):
    """A site was seen to have gone back in time: what was looked at, and what a person decided.

    ``gone``, ``moved`` of ``looked``: accounts of ours that it no longer knows, and whose number is somebody else's.
    """

    __tablename__ = "site_rewind"
    __table_args__ = (CheckConstraint("status IN ('open', 'cleared', 'repaired')", name="status"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    course_ref: Mapped[str] = mapped_column(String(40))
    """The course that was about to be written to."""
    status: Mapped[str] = mapped_column(String(10), default="open")
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    looked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    looked: Mapped[int] = mapped_column(Integer)
    gone: Mapped[int] = mapped_column(Integer)
    moved: Mapped[int] = mapped_column(Integer)
    examples: Mapped[str] = mapped_column(Text)
    """Some of them, as JSON by our own ids of accounts: {"gone": [...], "moved": [...]}."""
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")


class Site(Base):
    """Connection details without secrets: the token comes from the environment or a file."""

    __tablename__ = "site"
    __table_args__ = (
        CheckConstraint("account_kind IN ('id', 'username', 'email')", name="account_kind"),
        CheckConstraint("account_policy IN ('find', 'create')", name="account_policy"),
        CheckConstraint("username_from IN ('number', 'email')", name="username_from"),
        CheckConstraint("idnumber_from IN ('number', 'person', 'none')", name="idnumber_from"),
        CheckConstraint("email_from IN ('email', 'none')", name="email_from"),
        CheckConstraint("completion_source IN ('xapi', 'polling', 'both')", name="completion_source"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    platform: Mapped[str] = mapped_column(String(40), default="moodle")
    url: Mapped[str] = mapped_column(String(300))
    home_page: Mapped[str] = mapped_column(String(300))
    """How the site names itself in statements."""
    account_kind: Mapped[str] = mapped_column(String(10), default="id")
    account_policy: Mapped[str] = mapped_column(String(10), default="create")
    auth: Mapped[str] = mapped_column(String(20), default="oauth2")
    username_from: Mapped[str] = mapped_column(String(10), default="number")
    idnumber_from: Mapped[str] = mapped_column(String(10), default="number")
    email_from: Mapped[str] = mapped_column(String(10), default="email")
    """Which field of ours goes into that field of an account there; ``workflows.accounts`` reads them."""
    role_id: Mapped[int] = mapped_column(Integer, default=5)
    """The site's id of the role that an enrolment gives (5 is student on a fresh Moodle)."""
    category_ref: Mapped[str] = mapped_column(String(40), default="")
    """The site's id of the category in which new courses are made; empty: none are made."""
    batch_size: Mapped[int] = mapped_column(Integer, default=50)
    """Rows in one call."""
    connections: Mapped[int] = mapped_column(Integer, default=2)
    """Calls at a time."""
    calls_per_second: Mapped[int] = mapped_column(Integer, default=0)
    """Most calls begun in a second by all processes together; 0: as fast as the site answers."""
    completion_source: Mapped[str] = mapped_column(String(8), default="both")
    brake_least: Mapped[int] = mapped_column(Integer, default=3)
    brake_most: Mapped[int] = mapped_column(Integer, default=50)
    brake_percent: Mapped[int] = mapped_column(Integer, default=20)
    brake_hours: Mapped[int] = mapped_column(Integer, default=24)
    """When stops of participants wait for a person: ``workflows.brake.Limits``."""
    paused_code: Mapped[str] = mapped_column(String(60), default="")
    """Why nothing is sent now (a refusal of every call); empty when all is well."""
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_course: Mapped[str] = mapped_column(String(40), default="")
    """The course that was refused for want of a right, where that is why; else empty."""
    open_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the site does not answer and only one cheap call at a time tries it (its breaker is open)."""
    trouble_code: Mapped[str] = mapped_column(String(60), default="")
    """The last cause of a failure; empty when all is well."""
    try_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Machine's time of the next trial of a site that is open or paused."""
    trials: Mapped[int] = mapped_column(Integer, default=0)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    """Runs in a row that failed."""
    awaits_first_run: Mapped[bool] = column_property(
        exists().where(FirstRun.site_id == id, FirstRun.confirmed_at.is_(None)).correlate_except(FirstRun)
    )
    """Nothing is sent yet: nobody has agreed to the first delivery."""
    went_back: Mapped[bool] = column_property(
        exists().where(SiteRewind.site_id == id, SiteRewind.status == "open").correlate_except(SiteRewind)
    )
    """It no longer knows accounts that we hold, or shows other people under their numbers; a person decides."""

    @property
    def closed(self) -> bool:
        """Nothing but trials is sent: it does not answer, or it refuses."""
        return self.open_since is not None or bool(self.paused_code)


class SiteTurn(Base):
    """When the next call to a site may begin, among all processes; seconds since 1970 by the database's clock."""

    __tablename__ = "site_turn"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    next_at: Mapped[float] = mapped_column(Double)


class XapiCredential(Base):
    """Key and secret with which a site delivers statements. 256 random bits, kept as SHA-256."""

    __tablename__ = "xapi_credential"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    secret_sha256: Mapped[str] = mapped_column(String(64))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))

    site: Mapped[Site] = relationship()


class LmsAccount(Base):
    """Who a person is on a site. ``status`` other than found/made: needs an account, with the reason."""

    __tablename__ = "lms_account"
    __table_args__ = (
        UniqueConstraint("site_id", "person_id"),
        UniqueConstraint("site_id", "remote_id"),
        Index("ix_lms_account_check", "check_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    remote_id: Mapped[str | None] = mapped_column(String(40))
    """Also of a suspended account, which nobody can use meanwhile."""
    username: Mapped[str | None] = mapped_column(String(100), index=True)
    status: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why there is no account that can be used (``workflows.accounts.REASONS``); empty while there is one."""
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_ref: Mapped[str] = mapped_column(String(40), default="")
    """The account that we made; where it is ``remote_id``, the account is ours and follows our data."""
    sent_print: Mapped[str] = mapped_column(String(64), default="")
    """Fingerprint of the name and e-mail that the account of ours was last given."""
    sent_number: Mapped[str] = mapped_column(String(64), default="")
    """Fingerprint of the ID number that it was last given; empty: not known."""
    differs: Mapped[str] = mapped_column(String(20), default="")
    """``name``, ``email``, ``idnumber``: what the account says otherwise than we do."""
    update_code: Mapped[str] = mapped_column(String(60), default="")
    """Why an account of ours could not be given our data."""
    looks: Mapped[int] = mapped_column(Integer, default=0)
    """Looks in vain, one after the other."""
    check_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Machine's time of the next look; None: none is set."""

    person: Mapped[Person] = relationship()

    @property
    def ours(self) -> bool:
        return bool(self.remote_id) and self.made_ref == self.remote_id


class SiteLack(Base):
    """A right that our service lacks for a part of the work, while the rest goes on: one alarm, not many failures."""

    __tablename__ = "site_lack"
    __table_args__ = (
        CheckConstraint("kind IN ('create', 'update', 'unenrol', 'completion', 'view')", name="kind"),
    )

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    """As the site refused it."""
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    try_after: Mapped[datetime] = mapped_column(UtcDateTime)
    """Machine's time of the next cheap try."""
    trials: Mapped[int] = mapped_column(Integer, default=0)


class CourseLease(Base):
    """One worker at a time speaks about one course; a dead worker's lease runs out."""

    __tablename__ = "course_lease"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    course_ref: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(80))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    doing: Mapped[str] = mapped_column(String(10), default="")
    """``accounts`` | ``send``: what its worker asks the site for now; empty: nothing long."""
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    """So many rows of it were answered, a few seconds ago; what came of them is kept when all are."""
