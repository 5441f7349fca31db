"""Profiles: everything that makes an installation that of one region. Code names none of them."""

from __future__ import annotations

from pathlib import Path

from service.profiles.installing import install_profile
from service.profiles.loading import load_folder
from service.profiles.profile import Profile, ProfileError, Words

__all__ = ["Profile", "ProfileError", "Words", "available", "default_name", "install_profile", "load_profile"]

FOLDER = Path(__file__).parent


def available() -> list[str]:
    """Names of the profiles that come with this installation, in the order of the alphabet."""
    return sorted(path.parent.name for path in FOLDER.glob("*/profile.toml"))


def default_name() -> str:
    """The profile used when no setting names one: what the file ``default.txt`` says."""
    return (FOLDER / "default.txt").read_text(encoding="utf-8").strip()


def load_profile(name: str) -> Profile:
    """The profile of that name. ProfileError when it is unknown or broken, with file and line."""
    if name not in available():
        raise ProfileError(FOLDER / name, 1, f"no such profile; there are: {', '.join(available())}")
    return load_folder(FOLDER / name)
