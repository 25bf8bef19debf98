"""The outbox delivers at least once, notices show once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from engine.store.queries import notices, outbox
from engine.store.queries.notices import NoticeRow


def test_what_was_put_is_claimed_once_when_it_is_due(database, clock):
    with database.begin() as conn:
        outbox.put(conn, "e1", "notices", [{"person": "li", "n": 1}], clock.now())
        outbox.put(conn, "e2", "notices", [], clock.now() + timedelta(hours=1))
        assert outbox.next_due(conn) == clock.now()
    with database.begin() as conn:
        claimed = outbox.claim(conn, clock.now())
        assert [(d.event_id, d.kind, d.payload, d.tries) for d in claimed] == [("e1", "notices", [{"person": "li", "n": 1}], 1)]
        assert outbox.claim(conn, clock.now()) == []


def test_a_claim_of_a_worker_that_died_is_over_after_the_lease(database, clock):
    with database.begin() as conn:
        outbox.put(conn, "e1", "notices", None, clock.now())
        outbox.claim(conn, clock.now())
        assert outbox.claim(conn, clock.move(seconds=59)) == []
        assert [d.tries for d in outbox.claim(conn, clock.move(seconds=1))] == [2]


def test_what_was_delivered_is_gone_and_what_failed_comes_again(database, clock):
    with database.begin() as conn:
        for name in ("e1", "e2"):
            outbox.put(conn, name, "mail", None, clock.now())
        outbox.claim(conn, clock.now())
        outbox.delivered(conn, ["e1"])
        outbox.failed(conn, "e2", "no answer", clock.now() + timedelta(minutes=5))
        assert outbox.next_due(conn) == clock.now() + timedelta(minutes=5)
        assert [d.event_id for d in outbox.claim(conn, clock.move(minutes=5))] == ["e2"]


def test_ten_workers_at_once_claim_each_delivery_once(database, clock):
    with database.begin() as conn:
        for number in range(200):
            outbox.put(conn, f"e{number:03d}", "mail", None, clock.now())

    def work(_: int) -> list[str]:
        mine: list[str] = []
        while claimed := database.write(lambda conn: outbox.claim(conn, clock.now(), limit=7)):
            mine += [delivery.event_id for delivery in claimed]
        return mine

    with ThreadPoolExecutor(10) as pool:
        claimed = [event_id for mine in pool.map(work, range(10)) for event_id in mine]
    assert sorted(claimed) == [f"e{number:03d}" for number in range(200)]


def test_a_notice_is_shown_once_however_often_it_is_delivered(database, clock):
    row = NoticeRow("li", "c1:3:0", "task-assigned", clock.now(), "c1", "t1", {"by": "王"})
    with database.begin() as conn:
        notices.add(conn, [row, NoticeRow("chen", "c1:3:0", "task-assigned", clock.now())])
        notices.add(conn, [row])
        assert notices.unread(conn, "li") == 1
        assert notices.newest(conn, "li") == [row]


def test_read_notices_are_not_counted_and_stay_read(database, clock):
    with database.begin() as conn:
        notices.add(conn, [NoticeRow("li", f"e{n}", "x", clock.move(seconds=1)) for n in range(3)])
        notices.mark_read(conn, "li", clock.now(), "e1")
        first = clock.now()
        assert notices.unread(conn, "li") == 2
        notices.mark_read(conn, "li", clock.move(hours=1))
        assert notices.unread(conn, "li") == 0
        notices.add(conn, [NoticeRow("li", "e1", "x", clock.now())])
        assert [(row.event_id, row.read_at) for row in notices.newest(conn, "li", 2)] == [("e2", clock.now()), ("e1", first)]
