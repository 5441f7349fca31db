"""The development identity provider (a stand-in, for the demo and tests only)."""

from service.demo.provider.app import create_provider
from service.demo.provider.serve import serve_provider
from service.serving import Served

__all__ = ["Served", "create_provider", "serve_provider"]
