"""Every table, so that ``Base.metadata`` is whole after one import."""

from workflows.models.approval import ApprovalRequest, ApprovalStep, ApprovalTask, Decision
from workflows.models.assignment import Assignment, AssignmentKind
from workflows.models.base import Base
from workflows.models.budget import Ceiling, Reservation
from workflows.models.competency import Competency
from workflows.models.course import CourseOrder
from workflows.models.drift import DriftCheck, DriftCourse, DriftFinding
from workflows.models.enrolment import Batch, CapException, Completion, Enrolment, JpEntry
from workflows.models.evaluation import Answer, Evaluation, Invitation, Survey, Wave
from workflows.models.event import HistoryRow, HistoryValue, StreamHead
from workflows.models.grouping import CourseGrouping
from workflows.models.look import Look, LookedAt
from workflows.models.mandate import MandateRule
from workflows.models.need import Need
from workflows.models.office import Office, OfficeAlarm, OfficeHolding, OfficeLeave, RoleGrant
from workflows.models.organisation import JobField, Unit, UnitChange
from workflows.models.parameter import LegalParameter, TrainingForm
from workflows.models.partner import Partner
from workflows.models.people_import import PeopleImport, PeopleImportRow, PeopleMapping
from workflows.models.person import Employment, Identifier, Person, Posting
from workflows.models.polling import CoursePoll, CourseProgress, JobMark
from workflows.models.preparation import Preparation, Preparer, PreparerComment
from workflows.models.privacy import Breach, DataRequest
from workflows.models.programme import CostLine, Programme, ProgrammeVersion, Revision, VersionChange
from workflows.models.record import Fact, Statement
from workflows.models.review import InputItem, InvitedField, Review
from workflows.models.runtime import DemoClock, RunnerClaim
from workflows.models.site import (
    CourseLease,
    FirstRun,
    LmsAccount,
    Site,
    SiteLack,
    SiteRewind,
    SiteTurn,
    XapiCredential,
)
from workflows.models.sync import SyncAttempt, SyncHold, SyncHoldRow, SyncPause

__all__ = [
    "Answer",
    "ApprovalRequest",
    "ApprovalStep",
    "ApprovalTask",
    "Assignment",
    "AssignmentKind",
    "Base",
    "Batch",
    "CapException",
    "Breach",
    "Ceiling",
    "Competency",
    "Completion",
    "CostLine",
    "CourseGrouping",
    "CourseLease",
    "CourseOrder",
    "CoursePoll",
    "CourseProgress",
    "DataRequest",
    "Decision",
    "DemoClock",
    "Employment",
    "DriftCheck",
    "DriftCourse",
    "DriftFinding",
    "Enrolment",
    "Evaluation",
    "Fact",
    "FirstRun",
    "HistoryRow",
    "HistoryValue",
    "Identifier",
    "InputItem",
    "Invitation",
    "InvitedField",
    "JobField",
    "JobMark",
    "JpEntry",
    "LegalParameter",
    "LmsAccount",
    "MandateRule",
    "Look",
    "LookedAt",
    "Need",
    "Office",
    "OfficeAlarm",
    "OfficeHolding",
    "OfficeLeave",
    "Partner",
    "PeopleImport",
    "PeopleImportRow",
    "PeopleMapping",
    "Person",
    "Posting",
    "Preparation",
    "Preparer",
    "PreparerComment",
    "Programme",
    "ProgrammeVersion",
    "Reservation",
    "Review",
    "Revision",
    "RoleGrant",
    "RunnerClaim",
    "Site",
    "SiteLack",
    "SiteRewind",
    "SiteTurn",
    "Statement",
    "StreamHead",
    "Survey",
    "SyncAttempt",
    "SyncHold",
    "SyncHoldRow",
    "SyncPause",
    "TrainingForm",
    "Unit",
    "UnitChange",
    "VersionChange",
    "Wave",
    "XapiCredential",
]
