"""What the cases of the past buy and sell: records of their own, so that nothing that a visitor tries meets them. All names are made up."""

from __future__ import annotations

from typing import Final

# The columns are those of `app.sample.records`.
SUPPLIERS: Final = [
    ("lianhe-office", "Lianhe Office", "联合办公", "Shanghai 上海", "Zhu Min 朱敏", "+862151230041", "6222 0010 0201 1201"),
    ("yongli-tools", "Yongli Tools", "永力工具", "Jinhua 金华", "Hu Yang 胡阳", "+8657982330042", "6222 0010 0202 3402"),
    ("haida-it", "Haida IT", "海达信息", "Shanghai 上海", "Ren Jie 任杰", "+862160880043", "6222 0010 0203 5603"),
    ("jinshan-metal", "Jinshan Metal", "金山金属", "Shanghai 上海", "Kong Wei 孔伟", "+862157310044", "6222 0010 0204 7804"),
    ("taihu-seals", "Taihu Seals", "太湖密封件", "Wuxi 无锡", "Yu Lan 余兰", "+8651085110045", "6222 0010 0205 9005"),
    ("weite-electric", "Weite Electric", "威特电气", "Changzhou 常州", "Dong Fei 董飞", "+8651988420046", "6222 0010 0206 1106"),
]

CONTRACTS: Final = [
    ("CT-2026-101", "lianhe-office", "Office supplies", "办公用品合同", "240000.00", "0.00", 1),
    ("CT-2026-102", "jinshan-metal", "Plates and profiles", "板材与型材合同", "9800000.00", "0.00", 2),
    ("CT-2026-103", "taihu-seals", "Seal kits", "密封件合同", "900000.00", "0.00", 1),
    ("CT-2026-104", "weite-electric", "Drives and switchgear", "变频器与开关合同", "6400000.00", "0.00", 2),
    ("CT-2026-105", "haida-it", "IT services", "信息服务合同", "1500000.00", "0.00", 1),
    ("CT-2026-106", "yongli-tools", "Tools", "工具合同", "600000.00", "0.00", 1),
]

ITEMS: Final = [
    ("plate-6mm", "Plate 6 mm, Q235", "中板 6 mm Q235", "t", "吨", "5200.00", True, "420", "60"),
    ("profile-h200", "H profile 200", "H 型钢 200", "t", "吨", "4900.00", True, "300", "40"),
    ("seal-kit-a", "Seal kit A", "密封套件 A", "pc", "套", "86.00", True, "4200", "600"),
    ("seal-kit-b", "Seal kit B", "密封套件 B", "pc", "套", "132.00", True, "3600", "500"),
    ("relay-24v", "Relay 24 V", "24 V 继电器", "pc", "个", "48.00", True, "5200", "800"),
    ("contactor-40a", "Contactor 40 A", "40 A 接触器", "pc", "个", "210.00", True, "1600", "200"),
    ("inverter-11kw", "Inverter 11 kW", "11 kW 变频器", "pc", "台", "3650.00", True, "240", "30"),
    ("gearbox-r57", "Gearbox R57", "R57 减速机", "pc", "台", "4300.00", True, "180", "20"),
    ("tool-set", "Tool set, 94 pieces", "94 件工具套装", "set", "套", "780.00", True, "40", "10"),
    ("crane-control", "Crane control", "起重机控制器", "pc", "台", "12600.00", True, "3", "2"),
    ("winch-5t", "Winch 5 t", "5 吨卷扬机", "pc", "台", "21800.00", True, "2", "1"),
    ("hoist-2t", "Chain hoist 2 t", "2 吨环链葫芦", "pc", "台", "12600.00", True, "0", "0"),
    ("office-lot", "Office supplies, monthly lot", "月度办公用品", "lot", "批", "1900.00", False, "0", "0"),
    ("it-service", "IT service", "信息服务", "day", "天", "1600.00", False, "0", "0"),
    ("calibration", "Calibration of gauges", "量具校准", "day", "天", "2100.00", False, "0", "0"),
]

CUSTOMERS: Final = [
    (
        "dalian-port",
        "Dalian Port Machines",
        "大连港机",
        "Dalian 大连",
        "Qiu Bo 邱波",
        "+8641182660051",
        "大连市甘井子区港口路 12 号",
        4200000,
        0,
        0,
    ),
    (
        "kunming-agro",
        "Kunming Agro",
        "昆明农机",
        "Kunming 昆明",
        "Duan Li 段丽",
        "+8687163310052",
        "昆明市官渡区彩云北路 55 号",
        1800000,
        0,
        0,
    ),
    (
        "foshan-ceramics",
        "Foshan Ceramics",
        "佛山陶瓷",
        "Foshan 佛山",
        "Liang Hui 梁辉",
        "+8675782240053",
        "佛山市禅城区季华路 90 号",
        2200000,
        0,
        0,
    ),
    (
        "rotterdam-lift",
        "Rotterdam Lift",
        "鹿特丹起重",
        "Rotterdam 鹿特丹",
        "Joost de Vries",
        "+31104170054",
        "Waalhaven 18, 3089 Rotterdam",
        2600000,
        0,
        0,
    ),
    (
        "harbin-grain",
        "Harbin Grain",
        "哈尔滨粮储",
        "Harbin 哈尔滨",
        "Meng Tao 孟涛",
        "+8645184550055",
        "哈尔滨市道里区群力路 7 号",
        700000,
        0,
        18400,
    ),
    (
        "taizhou-yard",
        "Taizhou Yard",
        "泰州船厂",
        "Taizhou 泰州",
        "Gu Yan 顾燕",
        "+8652386780056",
        "泰州市高港区滨江路 201 号",
        240000,
        160000,
        0,
    ),
]
