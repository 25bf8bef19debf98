"""Files on the pages of cases and tasks: added, downloaded, deleted, and what an attacker would put into them."""

from __future__ import annotations

import io
import zipfile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from app.i18n import show_size
from engine import Attachment, AttachmentLimits, Case, InvalidRequest, NewAttachment
from engine.store.tables import attachment_content
from tests.app.conftest import Site
from tests.app.pages import token_of
from tests.app.records.test_pages import browser, text_of

PDF = b"%PDF-1.7 the second offer"
HTML = b"<html><script>alert(document.cookie)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.fixture
def case(site: Site) -> Case:
    """A purchase that Zhou Ting has requested."""
    return site.purchase()


def upload(client: FlaskClient, case: Case, *files: tuple[str, bytes], hx: bool = False, **fields: str) -> TestResponse:
    """Send files as the form on the page does."""
    token = token_of(client.get(f"/cases/{case.number}"))
    parts = [(io.BytesIO(content), name) for name, content in files]
    headers = {"HX-Request": "true", "HX-Target": "attachments"} if hx else {}
    data = {"csrf_token": token, "files": parts, **fields}
    return client.post(f"/cases/{case.number}/attachments", data=data, content_type="multipart/form-data", headers=headers)


def files_of(site: Site, case: Case) -> list[Attachment]:
    return site.services.engine.attachments.of_case(site.services.actor("zhou-ting"), case.id)


def test_files_are_added_listed_downloaded_and_deleted(site: Site, case: Case):
    zhou = browser(site, "zhou-ting")
    added = upload(zhou, case, ("offer.pdf", PDF), ("报价单.txt", "两台泵".encode()))
    assert (added.status_code, added.location) == (303, f"/cases/{case.number}")
    page = text_of(zhou.get(f"/cases/{case.number}").text)
    assert "2 files were added: offer.pdf, 报价单.txt" in page
    assert "Attachments 2" in page
    assert "offer.pdf 25 B · Zhou Ting · today" in page
    assert "added the file offer.pdf" in page
    first, second = files_of(site, case)
    answer = zhou.get(f"/attachments/{second.id}")
    assert answer.data == "两台泵".encode()
    assert answer.headers["Content-Disposition"] == ("attachment; filename=\"___.txt\"; filename*=UTF-8''%E6%8A%A5%E4%BB%B7%E5%8D%95.txt")
    token = token_of(zhou.get(f"/cases/{case.number}"))
    assert zhou.post(f"/attachments/{first.id}/delete", data={"csrf_token": token}).status_code == 303
    page = text_of(zhou.get(f"/cases/{case.number}").text)
    assert "Deleted: offer.pdf" in page
    assert "deleted the file offer.pdf" in page
    assert zhou.get(f"/attachments/{first.id}").status_code == 404


def test_the_history_says_it_in_chinese(site: Site, case: Case):
    upload(browser(site, "zhou-ting"), case, ("offer.pdf", PDF))
    site.services.engine.attachments.detach(site.services.actor("zhou-ting"), files_of(site, case)[0].id)
    page = text_of(browser(site, "zhou-ting", "zh").get(f"/cases/{case.number}").text)
    assert [it for it in ("附件", "添加了附件 offer.pdf", "删除了附件 offer.pdf", "添加文件") if it not in page] == []


def test_what_is_added_at_a_task_is_its_task_s_and_the_part_of_the_page_comes_back(site: Site, case: Case):
    engine = site.services.engine
    [holder] = engine.tasks.of_case(site.services.actor("admin"), case.id)
    person = holder.assignee
    client = browser(site, person)
    page = client.get(f"/tasks/{holder.task_id}").text
    assert "Add files" in page
    part = upload(client, case, ("offer.pdf", PDF), hx=True, task=holder.task_id, refreshes="1")
    assert (part.status_code, part.text.lstrip().startswith('<section id="attachments"')) == (200, True)
    assert "Added: offer.pdf" in text_of(part.text)
    assert 'hx-trigger="live-case from:body"' in part.text
    [made] = files_of(site, case)
    assert (made.task_id, made.added_by) == (holder.task_id, person)
    assert "offer.pdf" in client.get(f"/tasks/{holder.task_id}").text
    again = client.get(f"/cases/{case.number}/attachments?refreshes=1", headers={"HX-Request": "true"})
    assert "offer.pdf" in again.text
    assert client.get(f"/cases/{case.number}/attachments").location == f"/cases/{case.number}#attachments"


def test_a_case_without_files_shows_nothing_to_who_may_add_none(site: Site, case: Case):
    assert "Attachments" not in text_of(browser(site, "auditor").get(f"/cases/{case.number}").text)
    assert "Attachments Add files up to 10 MB each" in text_of(browser(site, "zhou-ting").get(f"/cases/{case.number}").text)


def test_of_an_ended_case_files_are_read_and_nothing_is_added(site: Site, case: Case):
    zhou = browser(site, "zhou-ting")
    upload(zhou, case, ("offer.pdf", PDF))
    site.services.engine.instances.cancel(site.services.actor("admin"), case.id, "ordered twice")
    page = zhou.get(f"/cases/{case.number}").text
    assert "offer.pdf" in text_of(page)
    assert "Add files" not in page
    assert "/delete" not in page
    refused = upload(zhou, case, ("late.pdf", PDF))
    assert refused.status_code == 303
    assert len(files_of(site, case)) == 1
    admin = browser(site, "admin").get(f"/cases/{case.number}").text
    assert f"/attachments/{files_of(site, case)[0].id}/delete" in admin


# ---- who may ---------------------------------------------------------------------------------------------------------------


def test_a_stranger_finds_nothing(site: Site, case: Case):
    zhou = browser(site, "zhou-ting")
    upload(zhou, case, ("offer.pdf", PDF))
    [made] = files_of(site, case)
    stranger = browser(site, "deng-chao")
    token = token_of(stranger.get("/inbox"))
    for answer in (
        stranger.get(f"/attachments/{made.id}"),
        stranger.get(f"/cases/{case.number}/attachments", headers={"HX-Request": "true"}),
        stranger.post(f"/attachments/{made.id}/delete", data={"csrf_token": token}),
        stranger.post(f"/cases/{case.number}/attachments", data={"csrf_token": token, "files": (io.BytesIO(PDF), "x.pdf")}),
    ):
        assert answer.status_code == 404
        assert "offer.pdf" not in answer.text
    assert len(files_of(site, case)) == 1


def test_without_the_token_nothing_is_added_or_deleted(site: Site, case: Case):
    zhou = browser(site, "zhou-ting")
    upload(zhou, case, ("offer.pdf", PDF))
    [made] = files_of(site, case)
    assert zhou.post(f"/attachments/{made.id}/delete").status_code == 400
    assert zhou.post(f"/cases/{case.number}/attachments", data={"files": (io.BytesIO(PDF), "x.pdf")}).status_code == 400
    assert zhou.get(f"/attachments/{made.id}/delete").status_code == 405
    assert len(files_of(site, case)) == 1


def test_who_is_signed_out_is_asked_to_sign_in(site: Site, case: Case):
    upload(browser(site, "zhou-ting"), case, ("offer.pdf", PDF))
    assert site.client().get(f"/attachments/{files_of(site, case)[0].id}").status_code == 303


def test_an_auditor_reads_and_each_look_is_recorded(site: Site, case: Case):
    upload(browser(site, "zhou-ting"), case, ("offer.pdf", PDF))
    [made] = files_of(site, case)
    auditor = browser(site, "auditor")
    assert auditor.get(f"/attachments/{made.id}").data == PDF
    newest = site.services.engine.history.entries(site.services.actor("admin"), case.id)[0]
    assert (newest.actor, newest.events) == ("auditor", (("CaseRead", {"part": "attachment"}),))
    page = auditor.get(f"/cases/{case.number}").text
    assert "offer.pdf" in page
    assert "/delete" not in page


# ---- attacks ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("page.html", HTML, "application/octet-stream"),
        ("picture.svg", SVG, "application/octet-stream"),
        ("picture.png", HTML, "application/octet-stream"),
        ("offer.pdf", PDF, "application/pdf"),
        ("photo.jpg", b"\xff\xd8\xff\xe0 jpeg", "image/jpeg"),
        ("script.js", b"alert(1)", "application/octet-stream"),
        ("sheet.xlsx", b"PK\x03\x04 xlsx", "application/octet-stream"),
    ],
)
def test_what_a_browser_could_run_is_only_saved(site: Site, case: Case, name: str, content: bytes, kind: str):
    zhou = browser(site, "zhou-ting")
    upload(zhou, case, (name, content))
    answer = zhou.get(f"/attachments/{files_of(site, case)[0].id}")
    assert (answer.data, answer.headers["Content-Type"]) == (content, kind)
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "C:\\\\Users\\\\x\\\\offer.pdf"])
def test_folders_in_a_name_are_left_out(site: Site, case: Case, name: str):
    upload(browser(site, "zhou-ting"), case, (name, b"x"))
    assert [it.name for it in files_of(site, case)] == [name.replace("\\", "/").rpartition("/")[2]]


@pytest.mark.parametrize(
    "name", ['a"; filename="b.html', "a'b;c.txt", "<img src=x onerror=alert(1)>.txt", "{{7*7}}.txt", "价格%0d%0aX.txt"]
)
def test_a_name_ends_no_header_and_no_tag(site: Site, case: Case, name: str):
    [made] = site.services.engine.attachments.attach_to_case(site.services.actor("zhou-ting"), case.id, [_new(name)])
    zhou = browser(site, "zhou-ting")
    disposition = zhou.get(f"/attachments/{made.id}").headers["Content-Disposition"]
    assert disposition.count('"') == 2
    assert "\r" not in disposition
    page = zhou.get(f"/cases/{case.number}").text
    assert "<img" not in page
    assert name in text_of(page)


@pytest.mark.parametrize("name", ["a\r\nSet-Cookie: x=1.txt", "a\0b.txt", "invoice\u202egpj.exe"])
def test_a_name_with_control_characters_is_refused(site: Site, case: Case, name: str):
    with pytest.raises(InvalidRequest):
        site.services.engine.attachments.attach_to_case(site.services.actor("zhou-ting"), case.id, [_new(name)])


def test_a_packed_bomb_is_never_unpacked(site: Site, case: Case):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 50_000_000)
    upload(browser(site, "zhou-ting"), case, ("bomb.zip", packed.getvalue()))
    assert files_of(site, case)[0].size == len(packed.getvalue()) < 100_000


def test_what_is_too_large_is_told_with_its_size_and_nothing_is_stored(site: Site, case: Case):
    site.services.engine.attachments.limits = AttachmentLimits(most_bytes=1000)
    zhou = browser(site, "zhou-ting")
    part = upload(zhou, case, ("big.bin", b"x" * 200_000), hx=True)
    assert (part.status_code, "big.bin has 0.2 MB; a file may have 0 MB" in text_of(part.text)) == (422, True)
    assert upload(zhou, case, ("big.bin", b"x" * 200_000)).status_code == 303
    assert "big.bin has 0.2 MB" in text_of(zhou.get(f"/cases/{case.number}").text)
    assert files_of(site, case) == []


def test_more_than_two_of_the_largest_at_once_is_refused_unread(site: Site, case: Case):
    zhou = browser(site, "zhou-ting")
    url, whole = f"/cases/{case.number}/attachments", b"x" * (10 * 1024 * 1024)
    token = token_of(zhou.get(f"/cases/{case.number}"))

    def sent(url: str, times: int) -> TestResponse:
        parts = (
            f'--edge\r\nContent-Disposition: form-data; name="files"; filename="{it}.bin"\r\n\r\n'.encode() + whole for it in range(times)
        )
        body = b"\r\n".join((*parts, b"--edge--\r\n"))
        return zhou.post(url, data=body, content_type="multipart/form-data; boundary=edge", headers={"X-CSRFToken": token})

    answer = sent(url, 3)
    assert answer.status_code == 413
    assert "this request 20.1 MB in all" in text_of(answer.text)
    assert files_of(site, case) == []
    assert sent(url, 2).status_code == 303
    assert len(files_of(site, case)) == 2
    assert sent("/preferences", 1).status_code == 413, "no other page takes as much"


def test_none_chosen_is_told(site: Site, case: Case):
    part = upload(browser(site, "zhou-ting", "zh"), case, hx=True)
    assert (part.status_code, "请先选择文件" in part.text) == (422, True)


def test_content_that_was_altered_is_not_given_out_and_the_record_says_so(site: Site, case: Case):
    zhou = browser(site, "zhou-ting")
    upload(zhou, case, ("offer.pdf", PDF))
    [made] = files_of(site, case)
    with site.services.database.begin() as connection:
        connection.execute(update(attachment_content).values(content=b"forged"))
    answer = zhou.get(f"/attachments/{made.id}")
    assert (answer.status_code, b"forged" in answer.data) == (500, False)
    assert "is not the one that was added: its SHA-256 was" in text_of(answer.text)
    auditor = browser(site, "auditor")
    token = token_of(auditor.get(f"/cases/{case.number}"))
    verified = text_of(auditor.post(f"/cases/{case.number}/verify", data={"csrf_token": token}).text)
    assert "the content of the file “offer.pdf” is not the one that was added here" in verified


def test_sizes_are_told_as_people_read_them(site: Site):
    with site.app.test_request_context(headers={"Accept-Language": "en"}):
        assert [show_size(it) for it in (0, 820, 12_300, 1_258_291, 10 * 1024 * 1024)] == ["0 B", "820 B", "12 KB", "1.2 MB", "10 MB"]


def _new(name: str) -> NewAttachment:
    return NewAttachment(name, content=b"x")
