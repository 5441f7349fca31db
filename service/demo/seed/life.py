"""One programme lives as its story says, through the use cases that people use, never by writing states."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from service.demo.seed import learning
from service.demo.seed.stage import Stage
from workflows.actions import decisions, enrolments, evaluations, needs, programmes, reviews, surveys
from workflows.clock import today
from workflows.content import Content, Cost, content_of
from workflows.evidence import Evidence
from workflows.models import ApprovalTask, InputItem, ProgrammeVersion
from workflows.signers import signer_of
from workflows.targets import written

DEMO = Evidence(kind="demo")
CAP_REASON = "Satu-satunya pelaksana tugas ini di unitnya"
"""Why contract staff take part in a programme that is longer than their cap."""
ORDER = ("proposed", "review", "chain", "approved", "running", "evaluated", "revised")

Story = dict[str, Any]
Deed = tuple[date, Any]


class Life:
    """``deeds()`` yields (day, what is done): the seed sorts the deeds of all stories into one calendar."""

    def __init__(self, stage: Stage, story: Story, questions: list[str], inputs: list[Story]) -> None:
        self.stage = stage
        self.story = story
        self.questions = questions
        self.inputs = inputs
        self.needs: list[int] = []
        self.version = 0
        self.takers: list[uuid.UUID] = []

    def deeds(self) -> list[Deed]:
        story = self.story
        done: list[Deed] = [(need["on"], lambda need=need: self._need(need)) for need in story["need"]]
        done.append((story["proposed_on"], self._propose))
        if self._reaches("review"):
            done.append((story["review"][0], self._open_review))
            done.append((self._answer_day(), self._speak))
        if self._reaches("chain"):
            done.append((story["closed_on"], self._close_review))
            done += [(day, self._sign) for day in story["signed_on"]]
        if self._reaches("approved"):
            done += [(story["enrolled_on"], self._enrol), (story["prepared_on"], self._prepare)]
        if self._reaches("running"):
            done += self._running()
        if self._reaches("evaluated"):
            done += self._after()
        if self._reaches("revised"):
            done += [(story["revised_on"], self._revise), (story["next"]["on"], self._rewrite)]
        return done

    def _reaches(self, state: str) -> bool:
        return ORDER.index(self.story["until"]) >= ORDER.index(state)

    def _running(self) -> list[Deed]:
        story = self.story
        return [
            (story["before"][0], lambda: self._open_wave("before")),
            (story["before"][0] + timedelta(days=1), lambda: self._answer("before")),
            (story["before"][1] + timedelta(days=1), lambda: self._close_wave("before")),
            (story["starts_on"], self._start),
            (min(story["ends_on"], story["starts_on"] + timedelta(days=9)), self._complete),
        ]

    def _after(self) -> list[Deed]:
        story = self.story
        return [
            (story["after"][0], lambda: self._open_wave("after")),
            (story["after"][0] + timedelta(days=1), lambda: self._answer("after")),
            (story["after"][1] + timedelta(days=1), lambda: self._close_wave("after")),
            (story["evaluated_on"], self._evaluate),
        ]

    def _need(self, need: Story) -> None:
        self.needs.append(file_need(self.stage, need))

    def _propose(self) -> None:
        stage, story = self.stage, self.story
        ref, title = stage.course(story["course"])
        with stage.writing() as session:
            version = programmes.propose(
                session,
                actor=stage.actor(session, self._agency().id),
                owner_unit_id=stage.ids["unit"][stage.unit(story["owner"]).code],
                need_ids=self.needs,
                content=self._content(ref, title),
                costs=[Cost(*line) for line in story["cost"]],
            )
            self.version = version.id

    def _content(self, course_ref: str, course_title: str) -> Content:
        story, ids = self.story, self.stage.ids
        return Content(
            title=story["title"],
            aims=story["aims"],
            basis=story["basis"],
            competency_id=ids["competency"][story["competency"]],
            level_required=story["level"],
            target_group=story["target_group"],
            competency_gap=story["competency_gap"],
            performance_gap=story["performance_gap"],
            gap_reason=story.get("gap_reason", ""),
            form_code=story["form"],
            days=story["days"],
            planned_jp=story["jp"],
            seats=story["seats"],
            starts_on=story["starts_on"],
            ends_on=story["ends_on"],
            site_id=self.stage.site_id,
            course_ref=course_ref,
            course_title=course_title,
            ceiling_id=ids["ceiling"][(story["starts_on"].year, story["ceiling"])],
            effect_threshold=story["threshold"],
            duplicates_checked="" if story["until"] == "proposed" else "Tidak ada program serupa tahun ini.",
            target_rules=written(("job_field", code) for code in story.get("fields", ())),
        )

    def _open_review(self) -> None:
        opens_on, closes_on = self.story["review"]
        with self.stage.writing() as session:
            reviews.open_review(
                session,
                actor=self.stage.actor(session, self._agency().id),
                version_id=self.version,
                opens_on=opens_on,
                closes_on=closes_on,
                invited=list(self.stage.ids["job_field"].values()),
            )

    def _answer_day(self) -> date:
        opens_on: date = self.story["review"][0]
        return opens_on + timedelta(days=8)

    def _speak(self) -> None:
        """People of the fields speak one after the other; the agency answers, save what the story leaves open."""
        said = [self._say(*pair) for pair in zip(self._speakers(), self.inputs, strict=False)]
        for item, words in said[: len(said) - self.story.get("unanswered", 0)]:
            self.stage.on(today_of(self.stage))
            with self.stage.writing() as session:
                reviews.answer_input(
                    session,
                    actor=self.stage.actor(session, self._agency().id),
                    input_id=item,
                    disposition=words["disposition"],
                    answer=words["answer"],
                )

    def _say(self, speaker: uuid.UUID, words: Story) -> tuple[int, Story]:
        self.stage.on(today_of(self.stage))
        with self.stage.writing() as session:
            item: InputItem = reviews.give_input(
                session,
                actor=self.stage.actor(session, speaker),
                version_id=self.version,
                kind=words["kind"],
                text=words["text"],
                importance=words["importance"],
            )
            return item.id, words

    def _speakers(self) -> list[uuid.UUID]:
        """One of each field; somebody from a remote district and contract staff come first."""
        remote = {unit.code for unit in self.stage.profile.units if unit.is_remote}
        pool = self.stage.rng.sample(self.stage.staff(), len(self.stage.staff()))
        far = next(m for m in pool if m.unit in remote)
        contract = next(m for m in pool if m.kind != "pns" and m.job_field != far.job_field)
        chosen = {member.job_field: member.id for member in reversed([far, contract, *pool])}
        first = [far.job_field, contract.job_field]
        speakers = [chosen[f] for f in (*first, *sorted(set(chosen) - set(first)))]
        if "inputs" in self.story:  # the discussion goes on: the remote district has not been heard yet
            return speakers[2 : 2 + int(self.story["inputs"])]
        return speakers

    def _close_review(self) -> None:
        with self.stage.writing() as session:
            reviews.close_review(
                session, actor=self.stage.actor(session, self._agency().id), version_id=self.version
            )

    def _sign(self) -> None:
        """The open task is signed by whom it waits for on that day: holder, acting holder or substitute."""
        with self.stage.writing() as session:
            task = session.scalars(
                select(ApprovalTask)
                .join(ApprovalTask.request)
                .where(ApprovalTask.status == "open", ApprovalTask.request.has(version_id=self.version))
            ).one()
            signer = signer_of(session, task, today(session)).holding
            if signer is None:
                raise LookupError(f"{self.story['code']}: nobody signs {task.step.code}")
            version = session.get_one(ProgrammeVersion, self.version)
            item = decisions.Item(task.id, "approve", decisions.shown_fingerprint(version, task))
            actor = self.stage.actor(session, signer.person_id)
            [result] = decisions.decide(session, actor=actor, items=[item], evidence=DEMO)
            if result.error is not None:
                raise result.error

    def _enrol(self) -> None:
        fields = set(self.story["fields"])
        fitting = [m for m in self.stage.staff() if m.job_field in fields]
        chosen = self.stage.rng.sample(fitting, self.story["participants"])
        self.takers = [member.id for member in chosen]
        with self.stage.writing() as session:
            enrolments.enrol(
                session,
                actor=self.stage.actor(session, self._agency().id),
                version_id=self.version,
                person_ids=self.takers,
                cap_reason=CAP_REASON,
            )
        learning.deliver(self.stage)

    def _prepare(self) -> None:
        story = self.story
        with self.stage.writing() as session:
            surveys.prepare_survey(
                session,
                actor=self.stage.actor(session, self._team().id),
                version_id=self.version,
                questions=self.questions,
                before=tuple(story["before"]),
                after=tuple(story["after"]),
            )

    def _start(self) -> None:
        with self.stage.writing() as session:
            enrolments.start(
                session, actor=self.stage.actor(session, self._agency().id), version_id=self.version
            )

    def _complete(self) -> None:
        unfinished = self.story.get("unfinished", 0)
        finished = self.story.get("finished", len(self.takers) - unfinished)
        learning.complete(self.stage, self.version, self.takers[:finished])

    def _open_wave(self, kind: str) -> None:
        learning.open_wave(self.stage, self.version, kind)

    def _answer(self, kind: str) -> None:
        level = self.story["start_level"] + (self.story["gain"] if kind == "after" else 0.0)
        learning.answer_wave(self.stage, self.version, kind, level)

    def _close_wave(self, kind: str) -> None:
        learning.close_wave(self.stage, self.version, kind)

    def _evaluate(self) -> None:
        with self.stage.writing() as session:
            evaluations.evaluate(
                session,
                actor=self.stage.actor(session, self._team().id),
                version_id=self.version,
                outcome=self.story["outcome"],
                reason=self.story["reason"],
            )
        learning.destroy_spent_secrets(self.stage)

    def _revise(self) -> None:
        with self.stage.writing() as session:
            following = evaluations.revise(
                session,
                actor=self.stage.actor(session, self._team().id),
                version_id=self.version,
                **{name: self.story[name] for name in ("finding", "cause", "change")},
            )
            self.version = following.id

    def _rewrite(self) -> None:
        """The agency writes into version 2 what the revision decided, with the dates and money of its year."""
        story = self.story | self.story["next"]
        with self.stage.writing() as session:
            version = session.get_one(ProgrammeVersion, self.version)
            kept = content_of(version)
            self.story = story
            programmes.change_content(
                session,
                actor=self.stage.actor(session, self._agency().id),
                version_id=self.version,
                content=self._content(kept.course_ref, kept.course_title),
                seen_content_no=version.content_no,
            )

    def _agency(self) -> Any:
        return self.stage.with_role("hrd_agency")[0]

    def _team(self) -> Any:
        return self.stage.with_role("quality_team")[0]


def file_need(stage: Stage, need: Story) -> int:
    """An ASN files a need; where the story tells levels, the agency completes it."""
    unit = stage.unit(need["affair"])
    among = {u.code for u in stage.profile.units if u.affair == unit.affair}
    author = stage.rng.choice([m for m in stage.staff() if m.unit in among])
    with stage.writing() as session:
        filed = needs.file_need(
            session,
            actor=stage.actor(session, author.id),
            problem=need["problem"],
            since=need["since"],
            service=need["service"],
        )
        number = filed.id
    if "levels" in need:
        _complete_need(stage, number, need)
    return number


def _complete_need(stage: Stage, number: int, need: Story) -> None:
    with stage.writing() as session:
        needs.complete_need(
            session,
            actor=stage.actor(session, stage.with_role("hrd_agency")[1].id),
            need_id=number,
            competency_id=stage.ids["competency"][need["competency"]],
            level_required=need["levels"][0],
            level_measured=need["levels"][1],
            performance_gap=need["gap"],
        )


def decline_need(stage: Stage, number: int, reason: str) -> None:
    """The agency says why a need is not taken up."""
    with stage.writing() as session:
        actor = stage.actor(session, stage.with_role("hrd_agency")[1].id)
        needs.decline_need(session, actor=actor, need_id=number, reason=reason)


def today_of(stage: Stage) -> date:
    return stage.clock.now().astimezone(stage.profile.zone).date()
