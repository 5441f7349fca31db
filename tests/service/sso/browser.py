"""A browser without JavaScript: cookies, redirects, forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(values.get("action", ""), values.get("method", "get")))
        elif tag == "input" and values.get("name"):
            self.forms[-1].fields[values["name"]] = values.get("value", "")
        elif tag == "button":
            self.forms[-1].buttons.append((values.get("name", ""), values.get("value", "")))


class Browser:
    """``page`` is the last answer after all redirects; ``trail`` every address on the way."""

    def __init__(self) -> None:
        self.http = requests.Session()
        self.page = requests.Response()
        self.trail: list[str] = []

    def get(self, address: str, *, follow: bool = True) -> requests.Response:
        return self._went(self.http.get(address, timeout=10, allow_redirects=follow))

    def post(self, address: str, *, follow: bool = True, **fields: str) -> requests.Response:
        return self._went(self.http.post(address, data=fields, timeout=10, allow_redirects=follow))

    def forms(self) -> list[Form]:
        parser = _Forms()
        parser.feed(self.page.text)
        return parser.forms

    def form_with(self, name: str, value: str | None = None) -> Form:
        """The form that has this button or field."""
        for form in self.forms():
            named = [*form.buttons, *form.fields.items()]
            if any(n == name and value in (None, v) for n, v in named):
                return form
        raise AssertionError(f"no form with {name}={value}: {self.page.text}")

    def press(
        self, name: str, value: str | None = None, *, follow: bool = True, **fields: str
    ) -> requests.Response:
        form = self.form_with(name, value)
        pressed = {name: value} if value is not None and (name, value) in form.buttons else {}
        address = urljoin(self.page.url, form.action) if form.action else self.page.url
        return self.post(address, follow=follow, **{**form.fields, **pressed, **fields})

    def cookie(self, name: str) -> str | None:
        return self.http.cookies.get(name)

    def _went(self, page: requests.Response) -> requests.Response:
        self.page = page
        self.trail += [step.url for step in [*page.history, page]]
        return page
