"""A small company to sign in to, as plain values."""

from __future__ import annotations

from engine.organisation.directory import Directory
from engine.organisation.model import Department, Membership, Person, Role

DEPARTMENTS = [
    Department("sales", "Sales", "销售部", position=0),
    Department("purchasing", "Purchasing", "采购部", position=1),
    Department("warehouse", "Warehouse", "仓储部", position=2),
    Department("finance", "Finance", "财务部", position=4),
    Department("management", "General management", "总经办", position=7),
]
ROLES = [
    Role("head", "Head", "主管"),
    Role("buyer", "Buyer", "采购员"),
    Role("accountant", "Accountant", "会计"),
    Role("general-manager", "General manager", "总经理"),
    Role("auditor", "Auditor", "审计员"),
    Role("analyst", "Process analyst", "流程分析师"),
    Role("admin", "Administrator", "系统管理员"),
]
PEOPLE = [
    Person("zhou-ting", "Zhou Ting", "周婷", memberships=(Membership("sales"),)),
    Person("wang-lei", "Wang Lei", "王磊", memberships=(Membership("sales", ("head",)),)),
    Person("zhang-min", "Zhang Min", "张敏", memberships=(Membership("purchasing", ("buyer",)),)),
    Person("zhao-min", "Zhao Min", "赵敏", memberships=(Membership("purchasing", ("head",)),)),
    Person("chen-jie", "Chen Jie", "陈杰", memberships=(Membership("warehouse"),)),
    Person("li-qiang", "Li Qiang", "李强", memberships=(Membership("finance", ("accountant",)),)),
    Person("he-jing", "He Jing", "何静", memberships=(Membership("management", ("general-manager", "head")),)),
    Person("auditor", "Sun Yue", "孙悦", memberships=(Membership("management", ("auditor",)),)),
    Person("analyst", "Qian Bo", "钱博", memberships=(Membership("management", ("analyst",)),)),
    Person("admin", "Xu Fang", "徐芳", memberships=(Membership("management", ("admin",)),)),
]


def company(*, without: tuple[str, ...] = ()) -> Directory:
    """The company; `without` are people who were disabled."""
    people = [Person(it.id, it.name, it.name_zh, memberships=it.memberships, active=it.id not in without) for it in PEOPLE]
    return Directory.of(DEPARTMENTS, ROLES, people)
