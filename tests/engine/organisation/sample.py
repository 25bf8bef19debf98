"""The departments of the sample company with some of their people, for the tests of routing, escalation and access."""

from engine.organisation.directory import Directory
from engine.organisation.plain import read_organisation

DATA = {
    "departments": [
        {"id": "management", "name": "General management", "name_zh": "总经办"},
        *(
            {"id": department, "name": department.capitalize(), "name_zh": name, "parent": "management"}
            for department, name in [
                ("sales", "销售"),
                ("purchasing", "采购"),
                ("warehouse", "仓储"),
                ("logistics", "物流"),
                ("finance", "财务"),
                ("after-sales", "售后"),
                ("production", "生产"),
            ]
        ),
        {"id": "imports", "name": "Imports", "name_zh": "进口", "parent": "purchasing"},
        {"id": "erp-project", "name": "ERP project", "name_zh": "ERP项目组", "parent": "management"},
    ],
    "roles": [
        {"id": role, "name": role.capitalize(), "name_zh": role}
        for role in ("head", "buyer", "accountant", "admin", "auditor", "analyst", "general-manager", "process-owner")
    ],
    "people": [
        {"id": "gm", "name": "Zhao Lei", "memberships": [{"department": "management", "roles": ["head", "general-manager"]}]},
        {"id": "admin", "name": "Administrator", "roles": ["admin"], "memberships": [{"department": "management"}]},
        {"id": "auditor", "name": "Auditor", "roles": ["auditor"]},
        {"id": "analyst", "name": "Analyst", "memberships": [{"department": "management", "roles": ["analyst"]}]},
        {"id": "sales-head", "name": "Li Qiang", "memberships": [{"department": "sales", "roles": ["head"]}]},
        {"id": "sales-a", "name": "Wang Fang", "memberships": [{"department": "sales"}, {"department": "erp-project"}]},
        {"id": "sales-b", "name": "Zhang Wei", "memberships": [{"department": "sales"}], "superior": "sales-a"},
        {"id": "purchasing-head", "name": "Chen Jie", "memberships": [{"department": "purchasing", "roles": ["head", "process-owner"]}]},
        {"id": "buyer-a", "name": "Liu Yang", "memberships": [{"department": "purchasing", "roles": ["buyer"]}]},
        {"id": "buyer-b", "name": "Huang Min", "memberships": [{"department": "purchasing", "roles": ["buyer"]}]},
        {"id": "importer", "name": "Zhou Jing", "memberships": [{"department": "imports", "roles": ["buyer"]}]},
        {"id": "finance-head", "name": "Wu Gang", "memberships": [{"department": "finance", "roles": ["head"]}]},
        {"id": "accountant", "name": "Xu Li", "memberships": [{"department": "finance", "roles": ["accountant"]}]},
        {"id": "keeper", "name": "Sun Hao", "memberships": [{"department": "warehouse"}]},
        {"id": "keeper-b", "name": "Ma Chao", "memberships": [{"department": "warehouse"}]},
        {"id": "gone", "name": "Gone", "active": False, "memberships": [{"department": "logistics", "roles": ["head"]}]},
    ],
}


def company(**people: dict[str, object]) -> Directory:
    """The company, with some people changed: `company(gm={"active": False})`; underscores in names stand for hyphens."""
    changes = {name.replace("_", "-"): change for name, change in people.items()}
    unknown = [{"id": name, "name": name} for name in changes if name not in {person["id"] for person in DATA["people"]}]
    return read_organisation({**DATA, "people": [{**person, **changes.get(person["id"], {})} for person in [*DATA["people"], *unknown]]})
