"""What learners do on the stand-in, its pages, and the statements it sends: as the plugin sends them."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from lms_connectors.sandbox import SandboxApp, SeedCourse, create_sandbox, serve_sandbox
from tests.connectors.running_sandbox import Running
from tests.connectors.sandbox_state import PEOPLE, TOKEN, empty_sandbox, load

RECORDED = Path(__file__).parent / "recordings_xapi"


class Lrs:
    """The other side: keeps what arrives and answers as told."""

    def __init__(self, httpserver: HTTPServer) -> None:
        self.status = 200
        self.seen: list[Request] = []
        self.bodies: list[list[dict[str, Any]]] = []
        httpserver.expect_request("/xapi/statements", method="POST").respond_with_handler(self._answer)
        self.end_point = httpserver.url_for("/xapi")

    def _answer(self, request: Request) -> Response:
        self.seen.append(request)
        self.bodies.append(json.loads(request.get_data(as_text=True)))
        return Response("[]", self.status)

    @property
    def statements(self) -> list[dict[str, Any]]:
        return [statement for body in self.bodies for statement in body]


@pytest.fixture
def lrs(httpserver: HTTPServer) -> Lrs:
    return Lrs(httpserver)


@pytest.fixture
def app(tmp_path: Path, lrs: Lrs) -> Iterator[SandboxApp]:
    app = empty_sandbox(tmp_path)
    load(app)
    app.outbox.end_point = lrs.end_point
    return app


def press(client: FlaskClient, what: str, user: int = 5, course: int = 21, **headers: str) -> int:
    data = {"course": course, "user": user, "what": what}
    return client.post("/complete", data=data, headers=headers).status_code


def recorded(name: str) -> list[dict[str, Any]]:
    data = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
    return list(data["request"]["json"])


def shape(value: Any) -> Any:
    """Keys and kinds, with identifiers and names taken out."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return re.sub(r"\d+", "0", value) if isinstance(value, str) and value.startswith("http") else type(value)


def test_activity_is_told_as_the_plugin_tells_a_page_viewed_and_completed(app: SandboxApp, lrs: Lrs) -> None:
    assert press(app.test_client(), "activity") == 303
    assert [shape(said) for said in lrs.statements] == [
        shape(said) for said in recorded("page_viewed_and_completed")
    ]


def test_course_is_told_as_the_plugin_tells_it(app: SandboxApp, lrs: Lrs) -> None:
    press(app.test_client(), "course", course=22, user=6)
    completed = [said for said in lrs.statements if "course/view.php" in said["object"]["id"]]
    wanted = recorded("course_completed_with_idnumber")[0]
    del wanted["object"]["definition"]["extensions"]  # sent with sendidnumber=1 only
    assert [shape(said) for said in completed] == [shape(wanted)]
    info = completed[0]["context"]["extensions"]["http://lrs.learninglocker.net/define/extensions/info"]
    assert info == wanted["context"]["extensions"]["http://lrs.learninglocker.net/define/extensions/info"]


def test_statements_have_no_id_and_name_the_user_id_and_no_civil_servants_number(
    app: SandboxApp, lrs: Lrs
) -> None:
    press(app.test_client(), "all")
    assert {said["actor"]["account"]["name"] for said in lrs.statements} == {"5", "6"}
    assert {said["actor"]["account"]["homePage"] for said in lrs.statements} == {"http://moodle.test"}
    assert {said["timestamp"] for said in lrs.statements} == {"2026-11-24T03:17:00.000Z"}
    assert not any("id" in said for said in lrs.statements)
    text = json.dumps(lrs.statements)
    assert not any(nip in text for _, nip, _, _ in PEOPLE)


def test_request_is_an_array_with_version_header_and_basic_key(app: SandboxApp, lrs: Lrs) -> None:
    press(app.test_client(), "activity")
    (request,) = lrs.seen
    assert isinstance(lrs.bodies[0], list)
    assert request.headers["X-Experience-API-Version"] == "1.0.3"
    assert request.headers["Content-Type"] == "application/json"
    scheme, pair = request.headers["Authorization"].split()
    assert (scheme, b64decode(pair)) == ("Basic", b"key:secret-of-xapi")


def test_last_activity_completes_the_course_and_is_told_after_it(app: SandboxApp, lrs: Lrs) -> None:
    client = app.test_client()
    press(client, "activity")
    press(client, "activity")
    last = [said["object"]["id"] for said in lrs.bodies[-1] if "completed" in said["verb"]["id"]]
    assert "course/view.php" in last[0]
    assert "mod/page" in last[-1]


@pytest.mark.parametrize("course", [23, 25])
def test_course_without_criteria_or_tracking_is_never_complete(
    app: SandboxApp, lrs: Lrs, course: int
) -> None:
    press(app.test_client(), "course", course=course)
    assert lrs.statements
    assert not [said for said in lrs.statements if "course/view.php" in said["object"]["id"]]


def test_pressing_again_tells_nothing_new(app: SandboxApp, lrs: Lrs) -> None:
    client = app.test_client()
    for _ in range(3):
        press(client, "course")
    press(client, "activity")
    press(client, "all")
    courses = [said for said in lrs.statements if "course/view.php" in said["object"]["id"]]
    assert [said["actor"]["account"]["name"] for said in courses] == ["5", "6"]


def test_more_than_thirty_statements_go_in_requests_of_thirty(app: SandboxApp, lrs: Lrs) -> None:
    app.seed_courses([SeedCourse("Panjang", "P-1", activities=[f"A{number}" for number in range(12)])])
    enrol_all(app, 27)
    press(app.test_client(), "all", course=27)
    assert {len(body) for body in lrs.bodies[:-1]} == {30}
    assert len(lrs.statements) == 37 * len(PEOPLE)


def enrol_all(app: SandboxApp, course: int) -> None:
    from lms_connectors.sandbox.enrolment import put

    with app.site.store.writing() as db:
        for user, *_ in PEOPLE:
            put(db, course, user)


@pytest.mark.parametrize("status", [201, 202, 204, 302, 400, 401, 500, 503])
def test_only_200_counts_and_what_was_not_accepted_is_sent_again(
    app: SandboxApp, lrs: Lrs, status: int
) -> None:
    lrs.status = status
    client = app.test_client()
    press(client, "activity")
    page = client.get("/").text
    assert f"Jawaban terakhir: {status}, bukan 200" in page
    assert "Kirim ulang" in page
    lrs.status = 200
    assert client.post("/resend").status_code == 303
    assert lrs.bodies[-1] == lrs.bodies[0]
    assert "Menunggu kirim: 0" in client.get("/").text


def test_waiting_statements_go_by_themselves_when_the_other_side_is_back(app: SandboxApp, lrs: Lrs) -> None:
    end_point, app.outbox.end_point = app.outbox.end_point, "http://127.0.0.1:9/xapi"
    press(app.test_client(), "activity")
    assert app.outbox.standing().answered == "unreachable"
    app.outbox.end_point = end_point
    server = serve_sandbox(app, "127.0.0.1", 0, resend_every=0.05)
    deadline = 100
    while app.outbox.standing().waiting and deadline:
        server._stopped.wait(0.05)
        deadline -= 1
    server.stop()
    assert app.outbox.standing().waiting == 0
    assert len(lrs.statements) == 3


def test_pages_are_labelled_and_show_user_names_masked(app: SandboxApp) -> None:
    client = app.test_client()
    home, course = client.get("/").text, client.get("/course/view.php?id=22").text
    for page in (home, course):
        assert "Tiruan Moodle untuk peragaan - bukan Moodle" in page
        assert '<html lang="id">' in page
        assert "<script" not in page
        assert not any(nip in page for _, nip, _, _ in PEOPLE)
    assert "Siti Rahmawati" in course
    assert "•••001" in course
    assert "Manajemen Risiko" in home


def test_page_and_web_service_tell_the_same_completion(sandbox: Running) -> None:
    client = sandbox.app.test_client()
    press(client, "course", user=6, course=21)
    (fact,) = sandbox.platform().completions("21", ["5", "6"])
    assert (fact.account, fact.when) == ("6", sandbox.app.site.clock())
    assert "Kursus selesai" in client.get("/course/view.php?id=21").text


def test_wrong_press_changes_nothing(app: SandboxApp, lrs: Lrs) -> None:
    client = app.test_client()
    assert press(client, "everything") == 400
    assert press(client, "course", user=16) == 409
    assert press(client, "course", Origin="http://elsewhere.test") == 403
    assert client.get("/course/view.php?id=999").status_code == 404
    assert client.get("/course/view.php?id=x").status_code == 404
    assert lrs.bodies == []


@pytest.mark.parametrize("purpose", ["", "production", "DEMO"])
def test_stand_in_refuses_to_start_outside_demo_and_tests(tmp_path: Path, purpose: str) -> None:
    with pytest.raises(ValueError, match="demo"):
        create_sandbox(
            tmp_path / "x.sqlite3",
            purpose=purpose,
            token=TOKEN,
            home_page="http://moodle.test",
            clock=lambda: None,  # type: ignore[arg-type, return-value]
            xapi_endpoint="",
            xapi_key="",
            xapi_secret="",
        )
    assert not (tmp_path / "x.sqlite3").exists()


def test_second_start_keeps_people_courses_and_completions(tmp_path: Path, app: SandboxApp) -> None:
    press(app.test_client(), "course")
    again = empty_sandbox(tmp_path)
    load(again)
    with again.site.store.reading() as db:
        assert db.execute("SELECT count(*) FROM users").fetchone()[0] == len(PEOPLE)
        assert db.execute("SELECT count(*) FROM course_completions").fetchone()[0] == 1


def test_state_and_errors_show_neither_token_nor_secret(app: SandboxApp) -> None:
    shown = repr(app.site) + repr(app.outbox) + repr(app)
    assert TOKEN not in shown
    assert "secret-of-xapi" not in shown
