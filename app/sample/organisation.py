"""The people of the sample company: eight departments with heads, deputies and staff, and those who look after the processes.

Everybody's superior is the head of the department; the superior of a head is the general manager.
"""

from __future__ import annotations

from typing import Final

COMPANY: Final = {"en": "Harbour Trading", "zh": "海港贸易"}

DEPARTMENTS: Final = [
    ("sales", "Sales", "销售部"),
    ("purchasing", "Purchasing", "采购部"),
    ("warehouse", "Warehouse", "仓储部"),
    ("logistics", "Logistics", "物流部"),
    ("finance", "Finance", "财务部"),
    ("after-sales", "After-sales", "售后部"),
    ("production", "Production", "生产部"),
    ("management", "General management", "总经办"),
]

ROLES: Final = [
    ("head", "Head", "负责人"),
    ("deputy", "Deputy", "副职"),
    ("general-manager", "General manager", "总经理"),
    ("process-owner", "Process owner", "流程负责人"),
    ("analyst", "Process analyst", "流程分析师"),
    ("auditor", "Auditor", "审计"),
    ("admin", "Administrator", "管理员"),
    ("sales-representative", "Sales representative", "销售代表"),
    ("buyer", "Buyer", "采购员"),
    ("storekeeper", "Storekeeper", "仓管员"),
    ("dispatcher", "Dispatcher", "调度员"),
    ("accountant", "Accountant", "会计"),
    ("cashier", "Cashier", "出纳"),
    ("service-technician", "Service technician", "售后工程师"),
    ("planner", "Production planner", "生产计划员"),
]

PEOPLE: Final = [
    ("wang-lei", "Wang Lei", "王磊", "sales", ["head"]),
    ("ma-jun", "Ma Jun", "马军", "sales", ["deputy", "sales-representative"]),
    ("zhou-ting", "Zhou Ting", "周婷", "sales", ["sales-representative"]),
    ("zhao-min", "Zhao Min", "赵敏", "purchasing", ["head"]),
    ("zhang-min", "Zhang Min", "张敏", "purchasing", ["deputy", "buyer"]),
    ("wu-hao", "Wu Hao", "吴浩", "purchasing", ["buyer"]),
    ("chen-jie", "Chen Jie", "陈杰", "warehouse", ["head"]),
    ("liu-yang", "Liu Yang", "刘洋", "warehouse", ["deputy", "storekeeper"]),
    ("huang-bo", "Huang Bo", "黄波", "logistics", ["head"]),
    ("zhu-lin", "Zhu Lin", "朱琳", "logistics", ["deputy", "dispatcher"]),
    ("li-qiang", "Li Qiang", "李强", "finance", ["head"]),
    ("gao-yun", "Gao Yun", "高云", "finance", ["deputy", "accountant"]),
    ("feng-lan", "Feng Lan", "冯兰", "finance", ["cashier"]),
    ("song-kai", "Song Kai", "宋凯", "after-sales", ["head"]),
    ("han-xue", "Han Xue", "韩雪", "after-sales", ["deputy", "service-technician"]),
    ("jiang-feng", "Jiang Feng", "蒋峰", "production", ["head"]),
    ("yang-mei", "Yang Mei", "杨梅", "production", ["deputy", "planner"]),
    ("he-jing", "He Jing", "何静", "management", ["head", "general-manager"]),
    ("sun-li", "Sun Li", "孙丽", "management", ["process-owner"]),
    ("analyst", "Lin Tao", "林涛", "management", ["analyst"]),
    ("auditor", "Guo Yan", "郭燕", "management", ["auditor"]),
    ("admin", "Xu Ming", "许明", "management", ["admin"]),
]

ORGANISATION: Final[dict[str, object]] = {
    "departments": [
        {"id": id_, "name": name, "name_zh": name_zh, **({} if id_ == "management" else {"parent": "management"})}
        for id_, name, name_zh in DEPARTMENTS
    ],
    "roles": [{"id": id_, "name": name, "name_zh": name_zh} for id_, name, name_zh in ROLES],
    "people": [
        {
            "id": id_,
            "name": name,
            "name_zh": name_zh,
            "email": f"{id_}@harbour.example",
            "memberships": [{"department": department, "roles": roles}],
        }
        for id_, name, name_zh, department, roles in PEOPLE
    ],
}
"""For `engine.organisation.load`."""
