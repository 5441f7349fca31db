"""An external record store over HTTP: ``workflows.ports.RecordStore`` for xAPI 1.0.3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson
import requests

from workflows.ports import Permanent, Retryable

_HEADERS = {"X-Experience-API-Version": "1.0.3", "Content-Type": "application/json"}
_NOT_NOW = frozenset({408, 425, 429, 500, 502, 503, 504})
_MAYBE_DONE = frozenset({500, 502, 504})
_EVERY_CALL = frozenset({401, 403, 404})


class HttpRecordStore:
    """``endpoint``: the address before ``/statements``. Times in seconds. Redirects are not followed."""

    def __init__(
        self,
        endpoint: str,
        key: str,
        secret: str,
        *,
        connect_timeout: float = 5,
        read_timeout: float = 30,
    ) -> None:
        self._url = f"{endpoint.rstrip('/')}/statements"
        self._timeout = (connect_timeout, read_timeout)
        self._session = requests.Session()
        # requests encodes these as Latin-1: hand it the UTF-8 bytes in that disguise.
        self._session.auth = (key.encode().decode("latin-1"), secret.encode().decode("latin-1"))
        self._session.headers.update(_HEADERS)

    def send(self, statements: Sequence[Mapping[str, object]]) -> Sequence[str]:
        """Store the statements, return their ids in order; raises Retryable or Permanent only."""
        if not statements:
            return []
        answer = self._post(orjson.dumps([dict(one) for one in statements]))
        if answer.status_code != 200:
            raise _refusal(answer.status_code)
        return _ids(answer.content, len(statements))

    def _post(self, body: bytes) -> requests.Response:
        try:
            return self._session.post(self._url, data=body, timeout=self._timeout, allow_redirects=False)
        except requests.ConnectTimeout:
            raise Retryable("connect_timeout") from None
        except requests.Timeout:
            raise Retryable("timeout", doubtful=True) from None
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            raise Retryable("connection", doubtful=True) from None
        except requests.RequestException as error:
            raise Permanent("bad_request", type(error).__name__, site_wide=True) from None


def _refusal(status: int) -> Retryable | Permanent:
    code = f"http_{status}"
    if status in _NOT_NOW:
        return Retryable(code, doubtful=status in _MAYBE_DONE)
    return Permanent(code, site_wide=status in _EVERY_CALL or status < 400)


def _ids(body: bytes, count: int) -> list[str]:
    try:
        ids = orjson.loads(body)
    except orjson.JSONDecodeError:
        ids = None
    if not isinstance(ids, list) or len(ids) != count or not all(isinstance(one, str) for one in ids):
        raise Permanent("no_record_store", "the answer is not one id a statement", site_wide=True)
    return ids
