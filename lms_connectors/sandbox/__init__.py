"""A small site that answers Moodle's REST protocol: for the demo and for tests, never for real work."""

from lms_connectors.sandbox.app import SandboxApp, create_sandbox
from lms_connectors.sandbox.seed import SeedCourse, SeedUser, seed_courses, seed_users
from lms_connectors.sandbox.server import SandboxServer, serve_sandbox

__all__ = [
    "SandboxApp",
    "SandboxServer",
    "SeedCourse",
    "SeedUser",
    "create_sandbox",
    "seed_courses",
    "seed_users",
    "serve_sandbox",
]
