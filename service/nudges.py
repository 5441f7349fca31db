"""A word to the Celery workers after something was written: only so that they look sooner than the next sweep."""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

from service.config import Settings

log = logging.getLogger("bangkom.nudges")
QUEUE = "bangkom"
TASKS = ("bangkom.records.read_statements", "bangkom.sync")


def nudge_workers(settings: Settings) -> None:
    """Quiet when nobody takes the message: what is due stands in the database."""
    from kombu.exceptions import OperationalError

    try:
        for name in TASKS:
            _sender(settings.broker_url).send_task(name, retry=False, expires=60)
    except OperationalError as error:
        log.warning("the broker takes no message: %s", type(error).__name__)


@cache
def _sender(broker_url: str) -> Any:
    from celery import Celery

    sender = Celery("bangkom", broker=broker_url, set_as_current=False)
    sender.conf.update(
        task_default_queue=QUEUE,
        task_ignore_result=True,
        broker_transport_options={"socket_connect_timeout": 1, "socket_timeout": 1},
    )
    return sender
