"""An answer read whole within its time: a server that sends a byte now and then never meets a read time-out."""

from __future__ import annotations

import time

import requests
from urllib3.exceptions import DecodeError, ProtocolError, ReadTimeoutError, SSLError

PIECE = 65_536
"""Bytes read at most before the time is looked at."""


def read_whole(response: requests.Response, seconds: float) -> None:
    """Fill ``response.content``, at most ``seconds`` from now. Raises as requests does, ReadTimeout when too slow."""
    until = time.monotonic() + seconds
    pieces = []
    try:
        while piece := response.raw.read1(PIECE, decode_content=True):
            pieces.append(piece)
            if time.monotonic() > until:
                raise requests.exceptions.ReadTimeout("The answer came too slowly")
    except ProtocolError as error:
        raise requests.exceptions.ChunkedEncodingError(error) from None
    except DecodeError as error:
        raise requests.exceptions.ContentDecodingError(error) from None
    except ReadTimeoutError as error:
        raise requests.exceptions.ReadTimeout(error) from None
    except SSLError as error:
        raise requests.exceptions.SSLError(error) from None
    finally:
        response.close()
    response._content = b"".join(pieces)
