"""A small application that shows every part of the pages with made-up data, under our CSP.

``python -m tests.support.gallery`` serves it on 127.0.0.1:8099 for the eye; tests open it in Chromium.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel

from tests.support import gallery_data as data

ROOT = Path(__file__).resolve().parents[2]
CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGES = ("home", "task", "form", "parts", "table")


def create_gallery(framed: bool = True) -> Flask:
    """``framed`` gives each page its person, places and clock; templates must survive without them."""
    app = Flask(
        "gallery", static_folder=str(ROOT / "service/static"), template_folder=str(ROOT / "service/templates")
    )
    app.config.update(SECRET_KEY="gallery", BABEL_DEFAULT_LOCALE="id")
    Babel(app)
    app.jinja_loader.searchpath.append(str(Path(__file__).parent / "gallery_pages"))  # type: ignore[union-attr]
    if framed:
        app.context_processor(data.frame)
    app.add_url_rule("/<page>", "page", _page, methods=["GET", "POST"])
    app.add_url_rule("/error/<int:status>", "error", _error)
    app.after_request(_with_csp)
    return app


def _page(page: str) -> ResponseReturnValue:
    if request.method == "POST":
        flash("Kebutuhan Anda sudah terkirim ke badan kepegawaian.", "success")
        return redirect("/home")
    return render_template(f"{page}.html", data=data)


def _error(status: int) -> tuple[str, int]:
    context: dict[str, Any] = {"status": status, "page_id": "7f3a-19c2"}
    return render_template("errors/error.html", **context), status


def _with_csp(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CSP
    return response


if __name__ == "__main__":
    create_gallery().run(port=8099)
