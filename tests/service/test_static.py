"""What every page promises: light, readable in both schemes, under our CSP, usable on a small phone."""

from __future__ import annotations

import gzip
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from service import vendor
from tests.support.gallery import PAGES, create_gallery

STATUSES = (401, 403, 404, 409, 422, 429, 500, 503)
FIRST_PAGE_LIMIT = 60 * 1024
LATER_PAGE_LIMIT = 20 * 1024
PRESSED = (
    "button, summary, select, textarea, .button, .choice, .input, .places a, .pager a, .topbar a, .head a"
)
TOKENS = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{6});")


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_gallery().test_client()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_gallery(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=[(360, "light"), (360, "dark"), (1100, "light"), (1100, "dark")], ids=str)
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    width, scheme = request.param
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 360, "height": 800})
    yield context.new_page()
    context.close()


def test_vendored_files_are_those_of_the_manifest() -> None:
    assert vendor.problems() == []


def test_a_changed_vendored_file_is_noticed(tmp_path: Path) -> None:
    shutil.copytree(vendor.STATIC, tmp_path / "static")
    (tmp_path / "static/vendor/htmx.min.js").write_text("alert(1)")
    found = vendor.problems(tmp_path / "static")
    assert any(sentence.startswith("htmx.min.js: not the file") for sentence in found)
    assert any(sentence.startswith("htmx.min.js.gz: stale") for sentence in found)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_inline_style_or_script(client: FlaskClient, name: str) -> None:
    html = client.get(f"/{name}").text
    assert not re.search(r"<style|<script(?![^>]* src=)|\sstyle=|\son[a-z]+=|javascript:", html)


@pytest.mark.parametrize("status", STATUSES)
def test_an_error_page_says_what_to_do_and_offers_a_way_on(client: FlaskClient, status: int) -> None:
    answer = client.get(f"/error/{status}")
    assert answer.status_code == status
    assert f"Kode {status}" in answer.text
    assert "Ke beranda" in answer.text
    assert "7f3a-19c2" in answer.text


def test_an_error_page_needs_nobody_signed_in_and_no_context() -> None:
    answer = create_gallery(framed=False).test_client().get("/error/503")
    assert "Layanan sedang tidak dapat dipakai" in answer.text
    assert "Peragaan" not in answer.text
    assert 'class="places"' not in answer.text


def test_first_page_stays_under_60_kib_and_later_ones_under_20(client: FlaskClient) -> None:
    for name in PAGES:
        html = client.get(f"/{name}").text
        own = len(gzip.compress(html.encode()))
        linked = re.findall(r'(?:href|src)="/static/([^"]+)"', html)
        assets = sum(vendor.compressed_path(vendor.STATIC / path).stat().st_size for path in linked)
        assert assets > 0
        assert own + assets < FIRST_PAGE_LIMIT, (name, own, assets)
        assert own < LATER_PAGE_LIMIT, (name, own)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_token_is_readable_on_every_ground_it_stands_on(scheme: str) -> None:
    light, dark = (
        (vendor.STATIC / "bangkom.css").read_text().split("@media screen and (prefers-color-scheme: dark)", 1)
    )
    tokens = dict(TOKENS.findall(light)) | (dict(TOKENS.findall(dark)) if scheme == "dark" else {})
    for ground in ("paper", "ground", "sea-soft", "sun-soft", "leaf-soft", "rust-soft"):
        assert _contrast(tokens["ink"], tokens[ground]) >= 7
        assert _contrast(tokens["muted"], tokens[ground]) >= 4.5
    for tone in ("sea", "sun", "leaf", "rust"):
        for ground in ("paper", "ground", f"{tone}-soft"):
            assert _contrast(tokens[tone], tokens[ground]) >= 4.5, (tone, ground)
    for fill in ("sea-fill", "sea-deep", "rust-fill", "bar"):
        assert _contrast("#ffffff", tokens[fill]) >= 4.5, fill
    assert _contrast(tokens["edge"], tokens["paper"]) >= 3
    assert _contrast(tokens["bar-muted"], tokens["bar"]) >= 4.5


@pytest.mark.parametrize("name", [*PAGES, "error/409"])
def test_no_page_has_a_barrier_or_scrolls_sideways(page: Page, address: str, name: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{address}/{name}")
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [text for text in said if "status of 409" not in text] == []


@pytest.mark.parametrize("number", range(2))
def test_an_opened_refusal_has_no_barrier_and_takes_the_focus(page: Page, address: str, number: int) -> None:
    page.goto(f"{address}/task")
    page.locator(".decision summary").nth(number).click()
    reason = page.locator(".decision details[open] textarea")
    reason.wait_for()
    assert page.evaluate("!!document.activeElement.closest('.decision details[open] form')")
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Escape")
    assert page.locator(".decision details[open]").count() == 0


def test_a_step_of_the_rail_opens_who_when_and_why(page: Page, address: str) -> None:
    page.goto(f"{address}/task")
    page.locator(".rail summary").nth(1).click()
    panel = page.locator(".rail details[open] .rail-panel")
    assert "Tiga paraf sudah ada" in panel.inner_text()
    box = panel.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.evaluate("innerWidth")
    assert Axe().run(page).response["violations"] == []


@pytest.mark.parametrize("name", PAGES)
def test_what_a_thumb_presses_is_48_pixels_high(phone: Page, address: str, name: str) -> None:
    phone.goto(f"{address}/{name}")
    small = phone.evaluate(
        """pressed => [...document.querySelectorAll(pressed)].filter(e => e.checkVisibility())
           .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
           .filter(([, r]) => r.height < 48 || r.width < 48).map(([html, r]) => [html, r.width, r.height])""",
        PRESSED,
    )
    assert small == []


def test_what_the_review_said_and_the_three_answers_show_in_the_first_screen(
    phone: Page, address: str
) -> None:
    phone.goto(f"{address}/task")
    bar = phone.locator(".decision").bounding_box()
    gist = phone.locator(".gist li").first.bounding_box()
    assert bar is not None
    assert gist is not None
    assert gist["y"] + gist["height"] <= bar["y"]
    answers = phone.locator(".decision summary, .decision-yes button").all()
    assert [answer.inner_text().strip() for answer in answers] == ["Tolak", "Kembalikan", "Paraf"]
    verbs = [answer.bounding_box() for answer in answers]
    assert all(box is not None and box["y"] + box["height"] <= 800 for box in verbs)


def test_typed_text_stays_until_the_service_says_it_was_sent(phone: Page, address: str) -> None:
    phone.goto(f"{address}/form")
    phone.fill("#hard", "Menghitung kebutuhan obat")
    phone.reload()
    assert phone.input_value("#hard") == "Menghitung kebutuhan obat"
    phone.get_by_role("button", name="Kirim").click()
    phone.wait_for_url("**/home")
    phone.goto(f"{address}/form")
    assert phone.input_value("#hard") == ""


def test_the_error_summary_takes_the_focus_and_links_to_its_fields(phone: Page, address: str) -> None:
    phone.goto(f"{address}/form")
    assert phone.evaluate("document.activeElement.classList.contains('error-summary')")
    phone.get_by_role("link", name="Tuliskan apa yang sulit dalam pekerjaan Anda").click()
    assert phone.evaluate("document.activeElement.id") == "hard"


def test_pages_work_without_a_script(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/task")
    page.locator(".decision summary").first.click()
    assert page.locator(".decision details[open] textarea").is_visible()
    context.close()


def _contrast(one: str, other: str) -> float:
    """Ratio of WCAG 2.2, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
