"""The analyst's pages: publishing files, and what is known about a published process."""

from __future__ import annotations

import html
import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from app.sample.found import FOUNDER
from engine import Forbidden, Load
from engine.store.tables import user_task as task_table
from tests.app.conftest import Site
from tests.app.pages import sign_in, token_of
from tests.engine.dmn.tables import definitions, literal, table
from tests.engine.services.conftest import END, START, model, user_task

PLAIN = model(START, user_task("a", 'camunda:candidateGroups="purchasing" camunda:formKey="采购表"'), END, "s > a", "a > e", key="小采购")
FORM = b'{"type": "default", "components": []}'


@pytest.fixture
def analyst(client: FlaskClient) -> FlaskClient:
    sign_in(client, "analyst")
    return client


def publish(client: FlaskClient, **files: bytes):
    parts = [(io.BytesIO(content), name.replace("_dot_", ".")) for name, content in files.items()]
    return client.post("/processes", data={"csrf_token": token_of(client.get("/processes")), "files": parts})


def test_files_may_have_chinese_names_and_forms_are_found_by_them(site: Site, analyst: FlaskClient):
    answer = publish(analyst, 小采购_dot_bpmn=PLAIN.encode(), 采购表_dot_form=FORM)
    assert answer.status_code == 303, answer.text
    definition = site.services.engine.definitions.latest("小采购")
    assert definition.row.resource_name == "小采购.bpmn"
    download = analyst.get(f"/processes/files/{definition.row.id}")
    assert download.data == PLAIN.encode()
    assert "filename*=UTF-8''%E5%B0%8F%E9%87%87%E8%B4%AD.bpmn" in download.headers["Content-Disposition"]
    assert download.headers["Content-Disposition"].startswith("attachment")


BROKEN = {
    b"<definitions": "文件不是格式良好的 XML",
    definitions(table([["> 1 +", "2"]])): "decide，规则 1，输入“amount”，第 ",
    definitions(table([["1"]])): "decide，规则 1：条目与决策表的列不一致。",
    definitions(
        literal("a", "1", requires='<informationRequirement><requiredInput href="#i"/></informationRequirement>')
    ): "“a”需要“#i”，而此文件中没有它。",
    definitions(literal("a", "1").replace("<decision ", '<decision colour="red" ')): "<decision> 有 DMN 不认识的属性。请删除它或改正拼写。",
    definitions(
        literal("a", "1").replace("</decision>", '<variable name="a"/></decision>')
    ): "<variable> 不能放在这里（<decision> 内）。请移动或删除它。",
}


@pytest.mark.parametrize(("file", "said"), BROKEN.items())
def test_what_is_wrong_with_a_decision_table_is_told_in_chinese(analyst: FlaskClient, file: bytes, said: str):
    analyst.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh"
    assert said in html.unescape(publish(analyst, a_dot_dmn=file).text)


BROKEN_FORMS = {
    b"{": "表单无法读取",
    b'{"type": "default", "components": [{"type": "textfield", "key": "a b", "id": "x"}]}': "键“a b”不能用作名称",
    b'{"type": "default", "components": [{"type": "textfield", "key": "a", "id": "x", "disabled": "no"}]}': "请写 true 或 false",
}


@pytest.mark.parametrize(("file", "said"), BROKEN_FORMS.items())
def test_what_is_wrong_with_a_form_is_told_in_chinese(analyst: FlaskClient, file: bytes, said: str):
    analyst.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh"
    assert said in html.unescape(publish(analyst, a_dot_form=file).text)


def test_the_folder_of_a_file_is_not_part_of_its_name(site: Site, analyst: FlaskClient):
    parts = [(io.BytesIO(PLAIN.encode()), "..\\..\\etc/p\x07.bpmn"), (io.BytesIO(FORM), "采购表.form")]
    data = {"csrf_token": token_of(analyst.get("/processes")), "files": parts}
    assert analyst.post("/processes", data=data).status_code == 303
    assert site.services.engine.definitions.latest("小采购").row.resource_name == "p.bpmn"


def test_a_name_that_nobody_has_is_refused_here_and_a_warning_on_the_page_where_it_came_by_the_api(site: Site, analyst: FlaskClient):
    text = model(START, user_task("a", 'camunda:candidateGroups="unheard-of"'), END, "s > a", "a > e", key="odd").encode()
    refused = publish(analyst, odd_dot_bpmn=text)
    assert refused.status_code == 422
    assert "unheard-of" in refused.text
    site.services.engine.definitions.deploy(FOUNDER, "api", {"odd.bpmn": text}, source="api", strict=False)
    page = analyst.get("/processes/odd").text
    assert "There is no department or role “unheard-of”" in page
    assert "unheard-of" not in analyst.get("/processes/purchase-approval").text


def test_a_warning_is_gone_once_there_is_such_a_department(site: Site, analyst: FlaskClient):
    text = model(START, user_task("a", 'camunda:candidateGroups="new-one"'), END, "s > a", "a > e", key="odd").encode()
    made = site.services.engine.definitions.deploy(FOUNDER, "api", {"odd.bpmn": text}, source="api", strict=False)
    assert [it.code for it in made.warnings] == ["unknown-group"]
    site.services.engine.organisation.load(FOUNDER, {"departments": [{"id": "new-one", "name": "New one"}]})
    assert "new-one”" not in analyst.get("/processes/odd").text


def test_the_list_and_the_page_say_what_each_version_has_to_carry(site: Site, analyst: FlaskClient):
    first = site.services.engine.definitions.latest("purchase-approval").row
    items = [{"item": "steel-sheet-4mm", "quantity": "1", "price": "9000"}]
    _, late = (site.purchase(contract=None, items=items) for _ in range(2))
    yesterday = site.services.clock.now() - timedelta(days=1)
    with site.services.database.begin() as connection:
        connection.execute(update(task_table).where(task_table.c.root_id == late.id).values(due_at=yesterday))
    assert site.services.engine.definitions.load(site.services.actor("analyst")) == {first.id: Load(open=2, overdue=1)}
    assert '2 open cases · <span class="red">1 late task</span>' in analyst.get("/processes").text
    site.services.engine.definitions.deploy(FOUNDER, "again", {"p.bpmn": site.services.engine.definitions.xml(first.id)}, strict=False)
    page = " ".join(analyst.get("/processes/purchase-approval").text.split())
    assert "version 2 · 0 open cases" in page
    assert "version 1 · 2 open cases" in page


def test_who_neither_deploys_nor_audits_sees_no_load(site: Site):
    with pytest.raises(Forbidden):
        site.services.engine.definitions.load(site.services.actor("zhou-ting"))
    assert site.services.engine.definitions.load(site.services.actor("auditor")) == {}
