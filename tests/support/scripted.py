"""A scripted browser: real HTTP, real redirects, forms sent as they stand on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

Value = str | Sequence[str]


@dataclass
class Form:
    """``fields``: what a browser would send without touching anything; ``buttons``: (name, value, words)."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self._form: Form | None = None
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._option: str | None = None
        self._area: str | None = None
        self._button: tuple[Form | None, str, str] | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._form = Form(a.get("action", ""), a.get("method", "get").lower())
            self.forms.append(self._form)
            if "id" in a:
                self.by_id[a["id"]] = self._form
        elif tag == "button":
            self._button, self._text = (self._of(a), a.get("name", ""), a.get("value", "")), ""
        elif tag == "textarea":
            self._area, self._text = a.get("name", ""), ""
        elif tag == "select":
            self._select = (a.get("name", ""), [])
        elif tag == "option" and self._select is not None:
            self._select[1].append((a.get("value", ""), "selected" in a))
        elif tag == "input":
            self._input(a)

    def _of(self, a: Mapping[str, str]) -> Form | None:
        return self.by_id.get(a["form"]) if "form" in a else self._form

    def _input(self, a: Mapping[str, str]) -> None:
        form, name, kind = self._of(a), a.get("name", ""), a.get("type", "text")
        if form is None or not name or "disabled" in a:
            return
        form.names.add(name)
        if kind in ("checkbox", "radio"):
            if "checked" in a:
                form.fields.append((name, a.get("value", "on")))
        elif kind != "submit":
            form.fields.append((name, a.get("value", "")))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "button" and self._button is not None:
            form, name, value = self._button
            if form is not None:
                form.buttons.append((name, value, " ".join(self._text.split())))
            self._button = None
        elif tag == "textarea" and self._area is not None:
            if self._form is not None and self._area:
                self._form.names.add(self._area)
                text = self._text[1:] if self._text.startswith("\n") else self._text
                self._form.fields.append((self._area, text))
            self._area = None
        elif tag == "select" and self._select is not None:
            name, options = self._select
            if self._form is not None and name and options:
                self._form.names.add(name)
                chosen = next((value for value, selected in options if selected), options[0][0])
                self._form.fields.append((name, chosen))
            self._select = None


class ScriptedBrowser:
    """One person's browser. ``base`` is the address that paths belong to."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.session = requests.Session()
        self.page = requests.Response()

    @property
    def text(self) -> str:
        return self.page.text

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def open(self, path: str) -> requests.Response:
        return self._went(self.session.get(urljoin(self.base, path), timeout=60))

    def forms(self) -> list[Form]:
        reader = _Reader()
        reader.feed(self.page.text)
        return reader.forms

    def form(self, having: str) -> Form:
        """The form whose action ends so, or that has such a button, or such a field (``name`` or ``name=value``)."""
        for form in self.forms():
            words = {part for button in form.buttons for part in button} | {
                f"{n}={v}" for n, v in form.fields
            }
            if form.action.endswith(having) or having in form.names or having in words:
                return form
        raise AssertionError(
            f"no form with {having!r} on {self.page.url} ({self.page.status_code}):\n{self.text[:3000]}"
        )

    def send(self, having: str, press: str | None = None, **fields: Value) -> requests.Response:
        """Fill in and send. ``press`` is the words, name or value of the button; else the form's first one."""
        form = self.form(having)
        unknown = set(fields) - form.names
        assert not unknown, f"{unknown} are not on the form {sorted(form.names)} of {self.page.url}"
        data = [(name, value) for name, value in form.fields if name not in fields]
        for name, value in fields.items():
            data += [(name, one) for one in ([value] if isinstance(value, str) else value)]
        button = next((b for b in form.buttons if press is None or press in b), None)
        assert press is None or button is not None, f"no button {press!r} in {form.buttons}"
        if button is not None and button[0]:
            data.append((button[0], button[1]))
        address = urljoin(self.page.url, form.action)
        if form.method == "get":
            return self._went(self.session.get(address, params=data, timeout=60))
        headers = {"Referer": self.page.url, "Origin": self.base}
        return self._went(self.session.post(address, data=data, headers=headers, timeout=60))

    def sign_in(self, sub: str, path: str = "/") -> requests.Response:
        """Through the development provider; ``sub`` as in its accounts file."""
        self.open(path)
        return self.choose(sub)

    def sign_in_at(self, path: str, sub: str) -> requests.Response:
        """As ``sign_in``, also where the provider still knows who sits here and asks nothing."""
        self.open(path)
        return self.page if self.page.url.startswith(self.base) else self.choose(sub)

    def choose(self, sub: str) -> requests.Response:
        """On the provider's page: this account, however deep in the list."""
        if not any(sub in button for form in self.forms() for button in form.buttons):
            form = self.form("sub")
            data = [*(f for f in form.fields), ("sub", sub)]
            return self._went(self.session.post(urljoin(self.page.url, form.action), data=data, timeout=60))
        return self.send(sub, press=sub)

    def confirm(self, sub: str) -> requests.Response:
        """A step-up at the provider: the account again, then the code that its page shows."""
        if "otp" not in {name for form in self.forms() for name in form.names}:
            self.choose(sub)
        code = self.text.split("<output>")[1].split("</output>")[0]
        return self.send("otp", press="otp", otp=code)

    def _went(self, page: requests.Response) -> requests.Response:
        self.page = page
        return page
