"""Static files go out compressed: the ``.gz`` beside each was made beforehand (waitress does not compress)."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from flask import Flask, Response, request, send_from_directory

MAX_AGE = 3600


def serve_compressed(app: Flask) -> None:
    folder = Path(app.static_folder or "static")

    def static(filename: str) -> Response:
        if request.accept_encodings["gzip"] and (folder / f"{filename}.gz").is_file():
            kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
            response = send_from_directory(folder, f"{filename}.gz", mimetype=kind, max_age=MAX_AGE)
            response.headers["Content-Encoding"] = "gzip"
        else:
            response = send_from_directory(folder, filename, max_age=MAX_AGE)
        response.headers["Vary"] = "Accept-Encoding"
        return response

    app.view_functions["static"] = static
