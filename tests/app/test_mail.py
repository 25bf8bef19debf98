"""Notices by e-mail, received by a real SMTP server on this machine."""

from __future__ import annotations

import shutil
import smtplib
import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from flask import Flask

from app import create_app
from app.bootstrap import build
from app.config import BadSetting, Settings
from app.notices.mail import Mailer
from app.records.handlers import HANDLERS
from app.sample.found import FOUNDER
from app.services import Services
from engine import Notice, NoticeKind

pytestmark = pytest.mark.loopback


class Letterbox(Message):
    def __init__(self) -> None:
        super().__init__(EmailMessage)
        self.letters: list[EmailMessage] = []

    def handle_message(self, message: EmailMessage) -> None:
        self.letters.append(message_from_bytes(message.as_bytes(), policy=policy.default))


@pytest.fixture
def letterbox() -> Iterator[tuple[Letterbox, int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    box = Letterbox()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, port
    server.stop()


def site(tmp_path: Path, founded: Path, url: str) -> Services:
    path = tmp_path / "mail.db"
    shutil.copyfile(founded, path)
    settings = Settings(secret_key="a key for tests", database_url=f"sqlite:///{path}", smtp_url=url, public_url="https://desk.example")
    services = build(settings, handlers=HANDLERS)
    create_app(services)
    return services


def put_address(services: Services, person: str, **changes: str) -> None:
    known = services.directory().people[person]
    services.engine.organisation.put_person(FOUNDER, replace(known, **changes))


def returned(person: str, reason: str) -> Notice:
    return Notice("chain:2:1", NoticeKind.TASK_RETURNED, person, "case-1", "task-1", {"by": "wang-lei", "reason": reason})


def test_a_notice_is_sent_in_the_language_of_its_person(tmp_path, founded, letterbox) -> None:
    box, port = letterbox
    services = site(tmp_path, founded, f"smtp://127.0.0.1:{port}?from=desk@company.example")
    put_address(services, "zhou-ting", email="zhou@company.example", language="en")
    put_address(services, "wu-hao", email="wu@company.example", language="zh")
    for person in ("zhou-ting", "wu-hao"):
        services.send_notice(returned(person, "Which aisles?"))
    english, chinese = box.letters
    assert (english["From"], english["To"]) == ("desk@company.example", "zhou@company.example")
    assert english["Subject"] == "Wang Lei sent it back to you"
    assert english.get_content().split("\n\n")[1:] == ["Which aisles?", "https://desk.example/tasks/task-1\n"]
    assert "王磊" in chinese["Subject"]
    services.database.dispose()


def test_a_notice_of_no_case_leads_to_ones_account(tmp_path, founded, letterbox) -> None:
    box, port = letterbox
    services = site(tmp_path, founded, f"smtp://127.0.0.1:{port}")
    put_address(services, "zhou-ting", email="zhou@company.example", language="en")
    services.send_notice(Notice("organisation:7:1", NoticeKind.CREDENTIALS_RENEWED, "zhou-ting"))
    [letter] = box.letters
    assert letter["Subject"] == "You have a new password"
    advice = "If that was not you, tell an administrator at once."
    assert letter.get_content().split("\n\n")[1:] == [advice, "https://desk.example/account\n"]
    services.database.dispose()


def test_a_line_break_in_a_reason_makes_no_header(tmp_path, founded, letterbox) -> None:
    box, port = letterbox
    services = site(tmp_path, founded, f"smtp://127.0.0.1:{port}")
    put_address(services, "zhou-ting", email="zhou@company.example", language="en")
    services.send_notice(returned("zhou-ting", "x\r\nBcc: everybody@company.example"))
    assert box.letters[0]["Bcc"] is None
    services.database.dispose()


def test_a_person_without_an_address_gets_no_mail(tmp_path, founded, letterbox) -> None:
    box, port = letterbox
    services = site(tmp_path, founded, f"smtp://127.0.0.1:{port}")
    put_address(services, "zhou-ting", email="")
    services.send_notice(returned("zhou-ting", ""))
    assert box.letters == []
    services.database.dispose()


def test_a_password_is_never_sent_over_a_plain_connection(tmp_path, founded, letterbox) -> None:
    box, port = letterbox
    services = site(tmp_path, founded, f"smtp://desk:secret@127.0.0.1:{port}")
    put_address(services, "zhou-ting", email="zhou@company.example")
    with pytest.raises(smtplib.SMTPNotSupportedError):
        services.send_notice(returned("zhou-ting", ""))
    assert box.letters == []
    services.database.dispose()


def test_an_address_that_is_none_is_refused_at_start() -> None:
    with pytest.raises(BadSetting, match="CROSSDESK_SMTP_URL"):
        Mailer(Flask("mail"), "mail.example:25")
