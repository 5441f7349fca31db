"""What a site may be set to is what the parts behind it understand."""

from __future__ import annotations

from lms_connectors.moodle.platform import ACCOUNT_POLICIES as POLICIES_OF_MOODLE
from lms_connectors.xapi.profiles import moodle_logstore
from workflows.actions.sites import ACCOUNT_KINDS, ACCOUNT_POLICIES


def test_every_kind_of_account_that_a_site_may_have_can_be_read() -> None:
    assert ACCOUNT_KINDS == moodle_logstore.ACCOUNT_KINDS


def test_every_policy_that_a_site_may_have_is_known_to_moodle() -> None:
    assert ACCOUNT_POLICIES == POLICIES_OF_MOODLE
