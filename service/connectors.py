"""Setting -> connector: the only place that names a concrete platform (others join by entry point)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import entry_points

from lms_connectors.moodle.platform import MoodlePlatform
from lms_connectors.pace import Pace
from service.config import Settings
from service.pace import pace_of
from workflows.models import Site
from workflows.ports import LearningPlatform, PeopleSource

PlatformFor = Callable[[Site], LearningPlatform]
GROUP = "bangkom.learning_platforms"
PEOPLE_GROUP = "bangkom.people_sources"
"""Entry points of other packages: name of the platform -> ``factory(url, token) -> LearningPlatform``."""


def platform_factory(settings: Settings, seconds: Sequence[float] = ()) -> PlatformFor:
    """A function from a site's row to its connector. Tokens come from the settings, never from the database.

    ``seconds``: how long it waits for the site, where not as ``settings.site_seconds``.
    """
    paces: dict[tuple[str, int], Pace] = {}
    connecting, reading, whole = seconds or settings.site_seconds

    def platform_for(site: Site) -> LearningPlatform:
        token = settings.site_token(site.code)
        if site.platform == "moodle":
            return MoodlePlatform(
                site.url,
                token,
                account_policy=site.account_policy,
                auth=site.auth,
                role_id=site.role_id,
                category_ref=site.category_ref,
                batch_size=site.batch_size,
                connections=site.connections,
                pace=_pace(paces, site),
                home_page=site.home_page,
                timeouts=(connecting, reading),
                longest=whole,
            )
        return _from_package(site, token)

    return platform_for


def _pace(paces: dict[tuple[str, int], Pace], site: Site) -> Pace:
    key = (site.code, site.calls_per_second)
    if key not in paces:
        paces[key] = pace_of(site)
    return paces[key]


def _from_package(site: Site, token: str) -> LearningPlatform:
    for found in entry_points(group=GROUP, name=site.platform):
        platform: LearningPlatform = found.load()(site.url, token)
        return platform
    raise LookupError(f"no installed package offers the learning platform {site.platform!r}")


def people_source(name: str) -> PeopleSource:
    """A source of people that another package offers by entry point; its factory takes nothing."""
    for found in entry_points(group=PEOPLE_GROUP, name=name):
        source: PeopleSource = found.load()()
        return source
    raise LookupError(f"no installed package offers the people source {name!r}")
