"""A made-up city boots by its profile alone, under its own names and in its own zone."""

from __future__ import annotations

from pathlib import Path

from service.profiles import load_profile
from tests.support.running import running_demo

NAME = "tanjung_asri"


def test_another_region_boots_and_shows_its_names(tmp_path: Path, database_url: str) -> None:
    profile = load_profile(NAME)
    with running_demo(tmp_path, database_url=database_url, profile=NAME) as demo:
        agency = demo.signed_in(profile.titles["hrd_agency"].id)
        assert agency.page.status_code == 200
        assert profile.short_name in agency.text
        assert profile.zone_label in agency.text
        assert load_profile("mamuju").short_name not in agency.text
