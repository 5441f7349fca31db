"""The jobs as Celery tasks, for many workers on many machines: ``celery -A service.celery_app worker`` and ``beat``.

Nothing rests on a message: what is due stands in the database, who owns a course is its lease, and a task that is
lost or done twice changes nothing. So there is no result backend, and messages are acknowledged late.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from celery import Celery, signals
from flask import Flask
from sqlalchemy.exc import OperationalError

from service import claims
from service.app import create_app
from service.claims import AnotherRunner
from service.config import BadSetting, Settings, load_settings
from service.current import bangkom
from service.jobs import SWEEP
from service.jobs.context import JobContext, owner_name
from service.jobs.enrolments import sync_due, sync_one
from service.nudges import QUEUE
from workflows.clock import real_now

log = logging.getLogger("bangkom.celery")
SYNC = "bangkom.sync"
PATIENCE = 15.0
"""Longer than a dead runner's claim lives."""


def make_celery(settings: Settings) -> Celery:
    """The Celery application with a task for each job of the sweep."""
    if not settings.broker_url:
        raise BadSetting("BANGKOM_BROKER_URL is needed: redis://host:6379/0 of a Valkey or Redis")
    made = Celery("bangkom", broker=settings.broker_url)
    made.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        task_default_queue=QUEUE,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"socket_connect_timeout": 2, "socket_timeout": 10},
        timezone="UTC",
        beat_schedule=_schedule(settings.sweep_seconds),
    )
    for job in SWEEP:
        if job is not sync_due:
            made.task(name=task_name(job))(_task_of(job))
    made.task(name=SYNC)(_sync_task(made))
    return made


def task_name(job: Callable[..., Any]) -> str:
    return f"bangkom.{job.__module__.rpartition('.')[2]}.{job.__name__}"


def _schedule(every: float) -> dict[str, Any]:
    """Each job once a sweep. What no worker took by then is dropped: the next one does it."""
    names = [SYNC, *(task_name(job) for job in SWEEP if job is not sync_due)]
    return {name: {"task": name, "schedule": every, "options": {"expires": every}} for name in names}


def _task_of(job: Callable[[JobContext], Any]) -> Callable[[], None]:
    def task() -> None:
        with _working() as context, claims.alone(context, job.__name__[:40]) as mine:
            if mine:
                job(context)

    return task


def _sync_task(made: Celery) -> Callable[[], None]:
    """One course, then the next message: courses of many sites and all other jobs take turns on a worker."""

    def sync() -> None:
        with _working() as context:
            site_id = sync_one(context, after=_last_site.get(os.getpid(), 0))
        if site_id is not None:
            _last_site[os.getpid()] = site_id
            made.send_task(SYNC, expires=60)

    return sync


_apps: dict[int, Flask] = {}
_last_site: dict[int, int] = {}
"""Process -> the site that it spoke to last: the next one has its turn, whoever sent the message."""


def _app() -> Flask:
    """One a process: a connection to the database must not be shared by a worker and its children."""
    if os.getpid() not in _apps:
        _apps[os.getpid()] = create_app(load_settings())
    return _apps[os.getpid()]


@contextmanager
def _working() -> Iterator[JobContext]:
    """Inside the app, under a name of this very task: two tasks of one process are two owners."""
    with _app().app_context():
        yield replace(bangkom().jobs, owner=owner_name())


def claim_background(context: JobContext, patience: float = PATIENCE) -> None:
    """Own the background work together with the other Celery workers; AnotherRunner beside an embedded runner."""
    end = time.monotonic() + patience
    while True:
        with context.enter(), context.writing() as session:
            if claims.take(session, claims.BACKGROUND, claims.CELERY, real_now(session)):
                return
        if time.monotonic() >= end:
            raise AnotherRunner(
                "an embedded runner works on this database: stop it, or set BANGKOM_RUNNER=no"
            )
        time.sleep(0.5)


def _begin(**_: Any) -> None:
    with _app().app_context():
        context = bangkom().jobs
    try:
        claim_background(context)
    except AnotherRunner as error:
        raise SystemExit(str(error)) from error
    threading.Thread(target=_keep, args=(context,), name="bangkom-claim", daemon=True).start()


signals.worker_init.connect(_begin)


def _keep(context: JobContext) -> None:
    while True:
        time.sleep(claims.LIVES.total_seconds() / 4)
        try:
            claim_background(context, patience=0)
        except AnotherRunner as error:
            log.critical("%s; this worker stops", error)
            os._exit(1)
        except OperationalError as error:
            log.error("database away while renewing the claim: %s", type(error.orig).__name__)


def __getattr__(name: str) -> Celery:
    """``app``, as Celery's command looks for it: made when asked for, so that nothing is read on import."""
    if name not in ("app", "celery"):
        raise AttributeError(name)
    made = make_celery(load_settings())
    globals().update(app=made, celery=made)
    return made
