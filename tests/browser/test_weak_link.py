"""50 kbit/s, 2 s a request, and the connection cut at each step: nothing typed is lost, nothing happens twice."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Error, Locator, Page
from sqlalchemy import select, update

from service.db import writing
from service.demo.places import Ports
from service.sso.models import LoginSession
from tests.flows.regency import Regency
from tests.support.running import running_demo
from tests.support.weak_link import Gate, Line
from workflows.models import ApprovalStep, ApprovalTask, Decision, Need

pytestmark = pytest.mark.long

TWICE = ("before", "after")
"""A step's first request never arrives; the second arrives and its answer is lost; the third passes."""
PROBLEM = "Laporan gizi terlambat karena kader belum menguasai aplikasi."
REASON = "Setuju; utamakan peserta dari kecamatan terpencil."
MOST_ACTS = 40


def step_at(place: str) -> Callable[[str, str, bytes], str]:
    def name_of(method: str, path: str, body: bytes) -> str:
        more = " again" if b"kept_form=" in body else " otp" if b"action=otp" in body else ""
        return f"{place} {method} {re.sub(r'[0-9]+', '#', path)}{more}"

    return name_of


@dataclass
class Weak:
    """A demo behind two gates, and one browser in which nobody has signed in yet."""

    regency: Regency
    gates: Sequence[Gate]
    browser: Browser
    line: Line = field(default_factory=Line)
    pages: list[str] = field(default_factory=list)
    page: Page = None  # type: ignore[assignment]
    begun: float = 0.0

    def over(self, line: Line) -> None:
        self.line, self.begun = line, time.monotonic()
        for gate in self.gates:
            gate.through(line)

    def open(self) -> None:
        context = self.browser.new_context(
            base_url=self.regency.demo.url, viewport={"width": 360, "height": 800}
        )
        context.set_default_timeout(60_000)
        self.page, self.pages = context.new_page(), []
        self.page.on("framenavigated", lambda frame: self.pages.append(frame.url))

    def go(self, path: str) -> None:
        with suppress(Error):  # cut: whoever sits there sees the browser's own page
            self.page.goto(path, wait_until="commit")

    def carry_on(self, goal: Callable[[], bool], *hands: Locator) -> None:
        """What a patient person does: reload a page that did not come, else press what is there to be pressed."""
        for _ in range(MOST_ACTS):
            self._wait()
            if self.page.url.startswith("chrome-error"):
                self._reload()
            elif goal():
                return
            else:
                self._press(hands)
        raise AssertionError(f"{self.page.url}: {self.page.inner_text('body')[:1500]}\n{self.line.seen}")

    def _press(self, hands: Sequence[Locator]) -> None:
        """The first that is there, if any is there yet."""
        for hand in hands:
            if hand.count() and hand.first.is_visible():
                hand.first.click(no_wait_after=True)
                return

    def _reload(self) -> None:
        with suppress(Error):  # cut again
            self.page.reload(wait_until="commit")

    def _wait(self) -> None:
        """Until nothing has moved for a moment."""
        still, patience = time.monotonic(), time.monotonic() + 90
        while time.monotonic() - still < 0.5 and time.monotonic() < patience:
            if not self.line.quiet:
                still = time.monotonic()
            self.page.wait_for_timeout(50)

    def tell(self, what: str) -> None:
        cuts = sum(fate != "pass" for _, fate in self.line.seen)
        print(
            f"{what}: {time.monotonic() - self.begun:.0f} s, {len(self.line.seen)} requests, {cuts} of them cut"
        )


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Regency, Sequence[Gate]]]:
    inner = Ports.free()
    with running_demo(tmp_path_factory.mktemp("demo"), behind=(inner.app, inner.provider)) as demo:
        ports, line = demo.stack.places.ports, Line(delay=0, bits_a_second=10**9)
        gates = [
            Gate(line, ports.app, inner.app, step_at("app")),
            Gate(line, ports.provider, inner.provider, step_at("idp")),
        ]
        yield Regency(demo), gates
        for gate in gates:
            gate.stop()


@pytest.fixture
def weak(gated: tuple[Regency, Sequence[Gate]], chromium: Browser) -> Iterator[Weak]:
    regency, gates = gated
    weak = Weak(regency, gates, chromium)
    weak.over(Line(delay=0, bits_a_second=10**9))
    weak.open()
    yield weak
    weak.page.context.close()


def account(weak: Weak, label: str) -> Locator:
    return weak.page.locator(f"button[value='{weak.regency.demo.sub(label)}']")


def words(weak: Weak, *said: str) -> list[Locator]:
    return [
        weak.page.locator("main").locator("a, button").filter(has_text=re.compile(f"^\\s*{one}"))
        for one in said
    ]


def test_a_link_in_a_message_opens_its_task_with_no_page_of_ours_in_between(weak: Weak) -> None:
    task = open_task(weak, "unit_head")
    weak.over(Line())
    weak.go(f"/keputusan/{task}")
    weak.carry_on(lambda: weak.page.locator(".decision").count() == 1, account(weak, "kepala dinas"))
    weak.tell("a link to its task")
    assert [place_of(weak, url) for url in weak.pages] == ["provider", f"/keputusan/{task}"]


def test_a_link_opens_its_task_though_the_line_is_cut_at_each_step(weak: Weak) -> None:
    task = open_task(weak, "unit_head")
    steps = [
        "app GET /keputusan/#",
        "app GET /masuk",
        "idp GET /authorize",
        "idp POST /authorize",
        "app GET /masuk/kembali",
    ]
    weak.over(Line(dict.fromkeys(steps, TWICE)))
    weak.go(f"/keputusan/{task}")
    weak.carry_on(
        lambda: weak.page.locator(".decision").count() == 1,
        account(weak, "kepala dinas"),
        *words(weak, "Masuk lagi", "Lanjut"),
    )
    weak.tell("a link to its task, cut at each step")
    assert weak.line.never_reached == []
    assert weak.page.url.endswith(f"/keputusan/{task}")


def fill_in_a_need_and_let_the_session_end(weak: Weak, problem: str) -> None:
    weak.go("/kebutuhan/baru")
    weak.carry_on(lambda: weak.page.get_by_label("Apa yang sulit").count() == 1, account(weak, "pengusul"))
    weak.page.get_by_label("Apa yang sulit").fill(problem)
    weak.page.get_by_label("Sejak kapan").fill("Awal 2027")
    weak.page.locator("[name=service]").fill("Posyandu")
    weak.page.context.clear_cookies(name="bk_idp")
    with weak.regency.demo.stack.app.app_context(), writing() as session:
        session.execute(update(LoginSession).values(ended_at=datetime.now(UTC), ended_why="test"))


def test_a_form_past_its_session_arrives_once_though_the_line_is_cut_at_each_step(weak: Weak) -> None:
    problem = f"{PROBLEM} Pertama."
    fill_in_a_need_and_let_the_session_end(weak, problem)
    steps = dict.fromkeys(
        [
            "app POST /kebutuhan/baru",
            "app GET /masuk",
            "idp GET /authorize",
            "idp POST /authorize",
            "app GET /masuk/kembali",
            "app GET /kiriman/#",
            "app GET /kebutuhan/#",
        ],
        TWICE,
    )
    weak.over(Line({**steps, "app POST /kebutuhan/baru again": ("before",)}))
    weak.carry_on(
        lambda: weak.page.url.split("?")[0].split("/")[-1].isdigit() and "/kebutuhan/" in weak.page.url,
        account(weak, "pengusul"),
        *words(weak, "Kirim lagi", "Masuk lagi", "Lanjut", "Kirim"),
    )
    weak.tell("a form past its session, cut at each step")
    assert weak.line.never_reached == []
    assert weak.page.get_by_text(problem).count() >= 1
    assert weak.regency.count(Need, Need.problem == problem) == 1


def test_a_kept_form_whose_answer_was_lost_is_not_sent_twice(weak: Weak) -> None:
    problem = f"{PROBLEM} Kedua."
    fill_in_a_need_and_let_the_session_end(weak, problem)
    weak.over(Line({"app POST /kebutuhan/baru again": ("after",)}))
    weak.carry_on(
        lambda: weak.page.get_by_role("heading", name="Sudah dikirim").count() == 1,
        account(weak, "pengusul"),
        *words(weak, "Kirim lagi", "Kirim"),
    )
    weak.tell("a kept form whose answer was lost")
    assert weak.line.never_reached == []
    assert weak.regency.count(Need, Need.problem == problem) == 1


def ready_to_decide(weak: Weak, role: str, label: str) -> int:
    """The decision page with a note typed, over a good line."""
    task = open_task(weak, role)
    weak.go(f"/keputusan/{task}")
    weak.carry_on(lambda: weak.page.locator(".decision").count() == 1, account(weak, label))
    weak.page.locator(".decision summary").filter(has_text="Kembalikan").click()
    weak.page.get_by_label("Catatan untuk langkah berikutnya").fill(REASON)
    weak.page.locator(".decision summary").filter(has_text="Kembalikan").click()
    return task


def decide(weak: Weak, label: str, done: Callable[[], bool]) -> None:
    """One press, and then whatever is asked; the code as the provider's page shows it."""
    page, yes = weak.page, weak.page.locator(".decision-yes button")

    def goal() -> bool:
        if page.locator("#otp").count():
            page.locator("#otp").fill(page.locator("output").inner_text())
        return done()

    yes.click(no_wait_after=True)
    asked = [page.locator("#otp ~ button"), account(weak, label), yes]
    weak.carry_on(goal, *asked, *words(weak, "Ulangi konfirmasi", "Lanjut", "Masuk lagi"))


def notes(weak: Weak, task: int) -> list[str]:
    with weak.regency.looking() as session:
        return list(session.scalars(select(Decision.reason).where(Decision.task_id == task)))


def test_a_step_up_decides_once_though_the_line_is_cut_at_each_step(weak: Weak) -> None:
    task = ready_to_decide(weak, "finance_officer", "keuangan")
    steps = ["app POST /keputusan", "idp GET /authorize", "idp POST /authorize otp"]
    weak.over(Line({**dict.fromkeys(steps, TWICE), "app GET /masuk/kembali": ("before",)}))
    decide(weak, "keuangan", lambda: weak.page.locator(".outcome").count() == 1)
    weak.tell("a step-up, cut at each step")
    assert weak.line.never_reached == []
    assert notes(weak, task) == [REASON]


def test_a_step_up_whose_answer_was_lost_decided_once_and_says_so(weak: Weak) -> None:
    task = ready_to_decide(weak, "authorised_official", "sekda")
    weak.over(Line({"app GET /masuk/kembali": ("after",)}))
    decide(
        weak, "sekda", lambda: weak.page.url.endswith(f"/keputusan/{task}") and len(notes(weak, task)) == 1
    )
    weak.tell("a step-up whose answer was lost")
    assert weak.line.never_reached == []
    assert notes(weak, task) == [REASON]
    assert "Diparaf" in weak.page.inner_text("main")


def open_task(weak: Weak, role: str) -> int:
    waiting = (ApprovalTask.status == "open", ApprovalStep.office_role == role)
    found = weak.regency.ask(
        select(ApprovalTask.id).join(ApprovalStep).where(*waiting).order_by(ApprovalTask.id.desc())
    )
    assert found is not None, role
    return int(found)


def place_of(weak: Weak, url: str) -> str:
    places = weak.regency.demo.stack.places
    return "provider" if url.startswith(places.issuer) else url.removeprefix(places.app_url)
