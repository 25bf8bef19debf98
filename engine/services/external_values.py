"""External tasks as workers see them: what they ask for, what they get, why they could not do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from engine.errors import InvalidRequest
from engine.services.limits import check_name

if TYPE_CHECKING:
    from engine.store.queries.external import Topic
    from engine.store.values import StoredValue

MOST_TOPICS: Final = 100
LONGEST_LEASE: Final = timedelta(days=365 * 10)


@dataclass(frozen=True, slots=True)
class ExternalTask:
    """An external task in a list, or as its worker gets it: then `variables` holds what the worker asked for.

    `execution_id` is where its variables are; `properties` are those of its element, where they were asked for.
    """

    id: str
    root_id: str
    instance_id: str
    definition_id: str
    definition_key: str
    version_tag: str | None
    element_id: str
    execution_id: str
    topic: str
    priority: int
    created_at: datetime
    worker_id: str | None
    locked_until: datetime | None
    retries: int | None
    error: str | None
    error_details: str | None
    business_key: str | None
    suspended: bool
    variables: Mapping[str, StoredValue] | None = None
    properties: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """What a worker asks for: at most so many tasks of some topics."""

    worker: str
    topics: Sequence[Topic]
    most: int
    by_priority: bool = False
    newest_first: bool | None = None  # None: in no order that it asks for


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a worker could not do a task, how often it may be tried again (0: a person must look at it), and after how long."""

    message: str | None
    details: str | None
    retries: int
    wait: timedelta


def check_fetch(wanted: Fetch) -> None:
    """Refuse what no worker can mean."""
    check_name("workerId", wanted.worker)
    if wanted.most < 0:
        raise InvalidRequest("maxResults must be greater than or equal to 0")
    if len(wanted.topics) > MOST_TOPICS:
        raise InvalidRequest(f"a worker asks for at most {MOST_TOPICS} topics at once")
    for topic in wanted.topics:
        check_name("topicName", topic.name)
        if not timedelta() < topic.lease <= LONGEST_LEASE:
            raise InvalidRequest(f"Cannot set lockDuration of topic {topic.name}: it must be greater than 0")
