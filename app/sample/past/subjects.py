"""What was asked for and ordered in the past: subjects in both languages, with what stands behind them. Prices are those of the records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages; the company writes in one of them."""

    en: str
    zh: str

    def text(self, language: str) -> str:
        """In one language."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Purchase:
    """Something that departments ask for. A line is an item, and the least and the greatest quantity."""

    subject: Words
    supplier: str
    contract: str | None
    lines: tuple[tuple[str, int, int], ...]
    cost_centre: str
    asked_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sale:
    """Something that customers order: subject and lines (item, quantity from, quantity to, selling price)."""

    subject: Words
    lines: tuple[tuple[str, int, int, str], ...]


_SALES, _WAREHOUSE, _PRODUCTION = ("zhou-ting", "wu-hao"), ("chen-jie", "tang-li"), ("yang-yi",)
_LOGISTICS, _SERVICE, _OFFICE = ("lin-xue",), ("jiang-nan",), ("zhou-ting", "lin-xue", "jiang-nan", "feng-qi")

PURCHASES: Final = (
    Purchase(
        Words("Office supplies for the month", "本月办公用品"), "lianhe-office", "CT-2026-101", (("office-lot", 1, 2),), "9100", _OFFICE
    ),
    Purchase(
        Words("Desks and chairs for new colleagues", "新同事桌椅"), "lianhe-office", "CT-2026-101", (("office-lot", 3, 6),), "1100", _SALES
    ),
    Purchase(
        Words("Brochures for the Canton Fair", "广交会宣传册"), "lianhe-office", "CT-2026-101", (("office-lot", 2, 4),), "1100", _SALES
    ),
    Purchase(
        Words("Tool sets for the service vans", "售后车工具套装"), "yongli-tools", "CT-2026-106", (("tool-set", 3, 9),), "3100", _SERVICE
    ),
    Purchase(
        Words("Torque wrenches for hall 4", "四号厂房扭矩扳手"), "yongli-tools", "CT-2026-106", (("tool-set", 6, 14),), "4200", _PRODUCTION
    ),
    Purchase(Words("Yearly calibration of gauges", "量具年度校准"), "yongli-tools", None, (("calibration", 4, 9),), "4100", _PRODUCTION),
    Purchase(
        Words("Barcode readers in warehouse A", "A 仓条码枪"), "haida-it", "CT-2026-105", (("it-service", 6, 16),), "3100", _WAREHOUSE
    ),
    Purchase(Words("Backup of the file server", "文件服务器备份"), "haida-it", "CT-2026-105", (("it-service", 2, 3),), "9100", _OFFICE),
    Purchase(
        Words("Tracking of shipments by text message", "发货短信通知"),
        "haida-it",
        "CT-2026-105",
        (("it-service", 12, 28),),
        "3200",
        _LOGISTICS,
    ),
    Purchase(
        Words("Plates for frames of series 7", "7 系机架中板"), "jinshan-metal", "CT-2026-102", (("plate-6mm", 6, 16),), "4100", _PRODUCTION
    ),
    Purchase(
        Words("Plates and profiles, winter stock", "中板与型材冬储"),
        "jinshan-metal",
        "CT-2026-102",
        (("plate-6mm", 18, 34), ("profile-h200", 8, 20)),
        "4100",
        _PRODUCTION,
    ),
    Purchase(
        Words("H profiles for the crane track", "起重机轨道 H 型钢"),
        "jinshan-metal",
        "CT-2026-102",
        (("profile-h200", 22, 46),),
        "4200",
        _PRODUCTION,
    ),
    Purchase(
        Words("Seal kits, replenishment", "密封套件补货"),
        "taihu-seals",
        "CT-2026-103",
        (("seal-kit-a", 80, 260), ("seal-kit-b", 40, 160)),
        "3100",
        _WAREHOUSE,
    ),
    Purchase(
        Words("Seal kits for the spring service", "春季检修密封套件"),
        "taihu-seals",
        "CT-2026-103",
        (("seal-kit-b", 30, 60),),
        "3100",
        _SERVICE,
    ),
    Purchase(
        Words("Relays and contactors", "继电器与接触器"),
        "weite-electric",
        "CT-2026-104",
        (("relay-24v", 100, 400), ("contactor-40a", 40, 90)),
        "4200",
        _PRODUCTION,
    ),
    Purchase(
        Words("Inverters for order of Dalian", "大连订单变频器"),
        "weite-electric",
        "CT-2026-104",
        (("inverter-11kw", 20, 48),),
        "4200",
        _PRODUCTION,
    ),
    Purchase(
        Words("Gearboxes for conveyors", "输送线减速机"), "weite-electric", "CT-2026-104", (("gearbox-r57", 8, 30),), "4200", _PRODUCTION
    ),
    Purchase(
        Words("Spare inverter for after-sales", "售后备用变频器"),
        "weite-electric",
        "CT-2026-104",
        (("inverter-11kw", 1, 3),),
        "3100",
        _SERVICE,
    ),
    Purchase(Words("Relays for repairs", "维修用继电器"), "weite-electric", None, (("relay-24v", 20, 60),), "3100", _SERVICE),
    Purchase(Words("Sample plates for the laboratory", "试验用中板样品"), "jinshan-metal", None, (("plate-6mm", 1, 1),), "4100", _SALES),
)

SALES: Final = (
    Sale(Words("Drives for a quay crane", "岸桥驱动"), (("inverter-11kw", 3, 8, "5200"), ("contactor-40a", 6, 20, "320"))),
    Sale(Words("Gearboxes, repeat order", "减速机复购"), (("gearbox-r57", 2, 8, "6400"),)),
    Sale(Words("Seal kits for the season", "应季密封套件"), (("seal-kit-a", 60, 240, "129"), ("seal-kit-b", 30, 120, "198"))),
    Sale(Words("Control cabinets, relays", "控制柜继电器"), (("relay-24v", 80, 300, "76"), ("contactor-40a", 10, 40, "320"))),
    Sale(Words("Frames, cut to size", "机架定尺件"), (("plate-6mm", 3, 9, "7400"), ("profile-h200", 2, 6, "6900"))),
    Sale(Words("Spare parts after inspection", "检修备件"), (("seal-kit-b", 10, 40, "198"), ("relay-24v", 10, 40, "76"))),
)

CRANES: Final = (
    Sale(Words("Controls for two cranes", "两台起重机控制器"), (("crane-control", 6, 6, "18900"),)),
    Sale(Words("Winches for the slipway", "船台卷扬机"), (("winch-5t", 5, 5, "31500"),)),
)
"""Of these there is too little in stock: the rest is replenished."""

HOISTS: Final = Sale(Words("Hoists for the assembly hall", "总装车间环链葫芦"), (("hoist-2t", 2, 2, "16400"),))
"""Of these there is none: they are ordered, and taken off the list of what is kept in stock before they arrive."""

REASONS: Final = (
    Words("Stock covers the next two weeks only.", "库存仅够两周。"),
    Words("Needed for an order that is confirmed.", "已确认订单所需。"),
    Words("The old ones fail the inspection.", "旧件检验不合格。"),
    Words("Price is fixed until the end of the month.", "价格仅保留到月底。"),
)
RETURNS: Final = (
    Words("Please add the second offer.", "请补充第二家报价。"),
    Words("Which budget pays for this?", "由哪个预算支出？"),
    Words("Half of it is enough for this quarter.", "本季度一半即可。"),
)
ANSWERS: Final = (
    Words("The second offer is 6 % higher; it is with Purchasing.", "第二家报价高 6%，已交采购部。"),
    Words("Budget 4100, agreed with Finance.", "预算 4100，已与财务确认。"),
)
REJECTIONS: Final = (
    Words("Not this quarter.", "本季度不采购。"),
    Words("The frame contract of last year still has some.", "去年的框架合同还有余量。"),
)
REMARKS: Final = (
    Words("Called; they promise the end of the week.", "已致电，对方承诺周末前。"),
    Words("By e-mail.", "邮件确认。"),
    Words("By telephone.", "电话确认。"),
)
