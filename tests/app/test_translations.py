from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

import app as application
import forms
from app.api import interface as _declares_every_call  # noqa: F401
from app.api.declared import CALLS
from app.api.document import ALWAYS
from app.records import problems as records
from engine import FINDING_TEXTS, MESSAGES, PLACES
from tests.app.pages import send, sign_in

ROOT = Path(application.__file__).parent
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
TEMPLATES = sorted(ROOT.glob("**/templates/**/*.html"))
OURS = {"Crossdesk", "中文", "English", "Enter"}  # the same in every language


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    with (ROOT / "translations/zh/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file)


class Said(HTMLParser):
    """Collects what people would read or hear of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._mute = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._mute = tag in {"script", "style"}
        self.parts += [value or "" for name, value in attrs if name in {"aria-label", "title", "placeholder", "alt"}]

    def handle_endtag(self, tag: str) -> None:
        self._mute = False

    def handle_data(self, data: str) -> None:
        if not self._mute:
            self.parts.append(data)


def phrases() -> set[str]:
    """The templates of the phrases that engine, forms, records, connectors and the looks at a server say: literals, where they are made."""
    folders = (ROOT.parent / "engine", ROOT.parent / "forms", ROOT / "operating", ROOT / "connectors", ROOT / "records")
    return {
        str(message) for folder in folders for _, _, message, _, _ in extract_from_dir(folder, METHODS[:1], {}, keywords={"Phrase": None})
    }


def calls() -> set[str]:
    """What the page of the REST interface says of each call, and of each error."""
    return {call.summary for call in CALLS.values()} | set(ALWAYS.values())


def used() -> set[str]:
    """Every message of the application: in code, in templates, and what forms and records say about wrong fields."""
    found = (message for _, _, message, _, _ in extract_from_dir(ROOT, METHODS, {}, keywords=KEYWORDS))
    plain = {message[0] if isinstance(message, tuple) else message for message in found}
    return (
        plain
        | phrases()
        | calls()
        | set(forms.TEMPLATES.values())
        | set(forms.FINDINGS.values())
        | forms.WANTED
        | set(records.TEMPLATES.values())
        | set(FINDING_TEXTS.values())
        | set(MESSAGES.values())
        | set(PLACES.values())
    )


def test_every_message_is_there_in_chinese(chinese: Catalog):
    missing = [message for message in used() if not (found := chinese.get(message)) or not found.string or not all(found.string)]
    assert missing == []


def test_no_translation_is_left_of_what_is_gone(chinese: Catalog):
    known = {message.id[0] if isinstance(message.id, tuple) else message.id for message in chinese if message.id}
    assert known - used() == set()


def test_translations_keep_their_placeholders(chinese: Catalog):
    for message in chinese:
        if message.id and not isinstance(message.id, tuple):
            assert sorted(PLACEHOLDER.findall(str(message.id))) == sorted(PLACEHOLDER.findall(str(message.string))), message.id


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_words_that_cannot_be_translated(template: Path):
    source = re.sub(r"\{% block (body|main)_(class|data) %\}.*?\{% endblock %\}", " ", template.read_text(encoding="utf-8"))
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", source, flags=re.DOTALL)
    reader = Said()
    reader.feed(text)
    words = {word for part in reader.parts for word in re.findall(r"[^\W\d_]{2,}", part)}
    assert words - OURS == set()


def test_a_page_comes_in_the_language_that_the_browser_asks_for(client: FlaskClient):
    assert "Who are you today?" in client.get("/sign-in", headers={"Accept-Language": "en-GB,en"}).text
    assert "你今天是谁" in client.get("/sign-in", headers={"Accept-Language": "zh-CN,zh"}).text
    assert "你今天是谁" in client.get("/sign-in", headers={"Accept-Language": "fr"}).text


def test_the_language_that_was_chosen_stays(client: FlaskClient):
    sign_in(client, "zhang-min")
    send(client, "/preferences", page="/inbox", language="zh", next="/inbox")
    page = client.get("/inbox").text
    assert "收件箱" in page
    assert "张敏" in page


def test_nothing_is_translated_twice() -> None:
    text = (ROOT / "translations/zh/LC_MESSAGES/messages.po").read_text()
    entries = Counter(re.findall(r'^((?:msgctxt "[^\n]*\n)?msgid (?:"[^\n]*"\n)+)', text, re.MULTILINE))
    assert [entry for entry, count in entries.items() if count > 1] == []
