"""Security headers of every answer."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, Response, request

from service.sso import current_login


def add_security(app: Flask, *, form_targets: Iterable[str]) -> None:
    """CSP without inline code. ``form_targets``: origins that a form may lead to (the issuer: a step-up's
    redirect dies silently otherwise)."""
    policy = "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            " ".join(("form-action 'self'", *form_targets)),
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )

    @app.after_request
    def secure(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        cacheable = request.endpoint in ("static", "home.emblem", None) or request.blueprint == "xapi"
        if not cacheable and current_login():
            response.headers["Cache-Control"] = "no-store"
        return response
