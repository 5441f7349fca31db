"""What a site may be set to is what the parts behind it understand."""

from __future__ import annotations

from lms_connectors.moodle.platform import ACCOUNT_POLICIES as POLICIES_OF_MOODLE
from lms_connectors.xapi.profiles import moodle_logstore
from service.command_sites import MEANINGS
from workflows.site_settings import BY_NAME


def test_every_kind_of_account_that_a_site_may_have_can_be_read() -> None:
    assert BY_NAME["account_kind"].choices == moodle_logstore.ACCOUNT_KINDS


def test_every_policy_that_a_site_may_have_is_known_to_moodle() -> None:
    assert BY_NAME["account_policy"].choices == POLICIES_OF_MOODLE


def test_every_setting_has_its_meaning_on_the_command_line() -> None:
    assert set(MEANINGS) == set(BY_NAME)
