"""The end point at which learning platforms hand in statements: a part of a record store, xAPI 1.0.3."""

from service.xapi.credentials import XapiCredential, hash_secret
from service.xapi.views import make_blueprint

__all__ = ["XapiCredential", "hash_secret", "make_blueprint"]
