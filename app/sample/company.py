"""The people of Harbour Trading. Their passwords are public, so a server with them listens on loopback only."""

from __future__ import annotations

from typing import Final


def _department(key: str, name: str, name_zh: str) -> dict[str, object]:
    parent = {} if key == "management" else {"parent": "management"}
    return {"id": key, "name": name, "name_zh": name_zh, **parent}


def _person(key: str, name: str, name_zh: str, department: str, *roles: str, superior: str | None = None) -> dict[str, object]:
    return {
        "id": key,
        "name": name,
        "name_zh": name_zh,
        "email": f"{key}@harbour.example",
        "memberships": [{"department": department, "roles": list(roles)}],
        **({"superior": superior} if superior else {}),
    }


COMPANY: Final[dict[str, list[dict[str, object]]]] = {
    "departments": [
        _department("sales", "Sales", "销售部"),
        _department("purchasing", "Purchasing", "采购部"),
        _department("warehouse", "Warehouse", "仓储部"),
        _department("logistics", "Logistics", "物流部"),
        _department("finance", "Finance", "财务部"),
        _department("after-sales", "After-sales", "售后部"),
        _department("production", "Production", "生产部"),
        _department("management", "General management", "总经办"),
    ],
    "roles": [
        {"id": "head", "name": "Head", "name_zh": "主管"},
        {"id": "deputy", "name": "Deputy", "name_zh": "副主管"},
        {"id": "salesperson", "name": "Salesperson", "name_zh": "销售员"},
        {"id": "buyer", "name": "Buyer", "name_zh": "采购员"},
        {"id": "storekeeper", "name": "Storekeeper", "name_zh": "仓管员"},
        {"id": "dispatcher", "name": "Dispatcher", "name_zh": "调度员"},
        {"id": "accountant", "name": "Accountant", "name_zh": "会计"},
        {"id": "service-engineer", "name": "Service engineer", "name_zh": "售后工程师"},
        {"id": "planner", "name": "Planner", "name_zh": "计划员"},
        {"id": "general-manager", "name": "General manager", "name_zh": "总经理"},
        {"id": "process-owner", "name": "Process owner", "name_zh": "流程负责人"},
        {"id": "analyst", "name": "Process analyst", "name_zh": "流程分析师"},
        {"id": "auditor", "name": "Auditor", "name_zh": "审计员"},
        {"id": "admin", "name": "Administrator", "name_zh": "系统管理员"},
    ],
    "people": [
        _person("wang-lei", "Wang Lei", "王磊", "sales", "head"),
        _person("zhou-ting", "Zhou Ting", "周婷", "sales", "salesperson"),
        _person("wu-hao", "Wu Hao", "吴昊", "sales", "salesperson"),
        _person("zhao-min", "Zhao Min", "赵敏", "purchasing", "head"),
        _person("zhang-min", "Zhang Min", "张敏", "purchasing", "buyer"),
        _person("gao-yuan", "Gao Yuan", "高远", "purchasing", "buyer"),
        _person("ma-jun", "Ma Jun", "马军", "warehouse", "head"),
        _person("chen-jie", "Chen Jie", "陈杰", "warehouse", "storekeeper"),
        _person("tang-li", "Tang Li", "唐丽", "warehouse", "storekeeper"),
        _person("guo-wei", "Guo Wei", "郭伟", "logistics", "head"),
        _person("lin-xue", "Lin Xue", "林雪", "logistics", "dispatcher"),
        _person("liu-fang", "Liu Fang", "刘芳", "finance", "head"),
        _person("li-qiang", "Li Qiang", "李强", "finance", "deputy", "accountant"),
        _person("feng-qi", "Feng Qi", "冯琪", "finance", "accountant"),
        _person("deng-chao", "Deng Chao", "邓超", "after-sales", "head"),
        _person("jiang-nan", "Jiang Nan", "江南", "after-sales", "service-engineer"),
        _person("shen-bo", "Shen Bo", "沈波", "production", "head"),
        _person("yang-yi", "Yang Yi", "杨毅", "production", "planner"),
        _person("he-jing", "He Jing", "何静", "management", "general-manager", "head"),
        _person("song-yu", "Song Yu", "宋瑜", "management", "process-owner"),
        _person("analyst", "Qian Bo", "钱博", "management", "analyst"),
        _person("auditor", "Sun Yue", "孙悦", "management", "auditor"),
        _person("admin", "Xu Fang", "徐芳", "management", "admin"),
    ],
}

PEOPLE: Final[tuple[str, ...]] = tuple(str(person["id"]) for person in COMPANY["people"])
