"""What the sample company buys, stores and sells. All names are made up."""

from __future__ import annotations

from typing import Final

# id, English name, Chinese name, city, contact, phone, bank account
SUPPLIERS: Final = [
    ("baoshan-steel", "Baoshan Steel", "宝山钢材", "Shanghai 上海", "Qian Wei 钱伟", "+862156010031", "6222 0010 0101 5501"),
    ("jiaxing-wood", "Jiaxing Wood", "嘉兴木业", "Jiaxing 嘉兴", "Shen Li 沈丽", "+8657382110044", "6222 0010 0102 7702"),
    ("nordflow-valves", "Nordflow Valves", "北流阀门", "Tianjin 天津", "Bai Yu 白宇", "+862258770012", "6222 0010 0103 1203"),
    ("wafang-bearings", "Wafang Bearings", "瓦方轴承", "Dalian 大连", "Cui Gang 崔刚", "+8641185520078", "6222 0010 0104 9004"),
    ("east-sea-cable", "East Sea Cable", "东海电缆", "Ningbo 宁波", "Lu Fei 陆飞", "+8657487650090", "6222 0010 0105 4405"),
    ("linda-forklifts", "Linda Forklifts", "林达叉车", "Xiamen 厦门", "Ye Qing 叶青", "+865926170033", "6222 0010 0106 2806"),
    ("huayu-shelving", "Huayu Shelving", "华宇货架", "Nanjing 南京", "Dai Rong 戴荣", "+862552290017", "6222 0010 0107 6307"),
    ("hengan-safety", "Hengan Safety", "恒安劳保", "Wuxi 无锡", "Pan Yue 潘悦", "+8651083310025", "6222 0010 0108 8108"),
    ("pudong-packaging", "Pudong Packaging", "浦东包装", "Shanghai 上海", "Tian Hua 田华", "+862158440066", "6222 0010 0109 3709"),
    ("shunda-freight", "Shunda Freight", "顺达货运", "Shanghai 上海", "Mao Jian 毛健", "+862131270055", "6222 0010 0110 5210"),
]

# number, English name, Chinese name
COST_CENTRES: Final = [
    ("1100", "1100 Sales", "1100 销售"),
    ("2100", "2100 Purchasing", "2100 采购"),
    ("3100", "3100 Warehouse A", "3100 A 仓"),
    ("3200", "3200 Warehouse B", "3200 B 仓"),
    ("4100", "4100 Hall 3", "4100 三号厂房"),
    ("4200", "4200 Hall 4", "4200 四号厂房"),
    ("5100", "5100 Finance", "5100 财务"),
    ("9100", "9100 General management", "9100 总经办"),
]

# number, supplier, English name, Chinese name, amount, used before, last year of validity counted from this one
CONTRACTS: Final = [
    ("CT-2025-031", "baoshan-steel", "Steel sheets, frame contract", "钢板框架合同", "400000.00", "186400.00", 1),
    ("CT-2026-004", "jiaxing-wood", "Pallets, frame contract", "托盘框架合同", "120000.00", "45300.00", 1),
    ("CT-2026-009", "wafang-bearings", "Bearings", "轴承采购合同", "80000.00", "71500.00", 1),
    ("CT-2026-012", "linda-forklifts", "Forklift service 2027", "2027 年叉车维保合同", "48000.00", "0.00", 1),
    ("CT-2026-015", "east-sea-cable", "Copper cable, frame contract", "铜缆框架合同", "600000.00", "120000.00", 2),
    ("CT-2026-018", "nordflow-valves", "Valves and pumps", "阀门与水泵合同", "350000.00", "23760.00", 1),
    ("CT-2026-020", "hengan-safety", "Safety equipment", "劳保用品合同", "30000.00", "4200.00", 1),
    ("CT-2026-021", "huayu-shelving", "Shelving for warehouse B", "B 仓货架合同", "260000.00", "0.00", 1),
    ("CT-2024-077", "nordflow-valves", "Valves, former contract", "阀门旧合同", "150000.00", "98000.00", -1),
]

# id, English name, Chinese name, unit, Chinese unit, price, stocked, stock, minimum
ITEMS: Final = [
    ("steel-sheet-4mm", "Steel sheet 4 mm, Q235", "钢板 4 mm Q235", "t", "吨", "6100.00", True, "27", "10"),
    ("steel-sheet-8mm", "Steel sheet 8 mm, Q355", "钢板 8 mm Q355", "t", "吨", "6450.00", True, "18.5", "8"),
    ("copper-cable", "Copper cable 3 x 25", "铜缆 3 x 25", "m", "米", "59.45", True, "1200", "500"),
    ("bearing-6204", "Bearing 6204", "轴承 6204", "pc", "个", "15.60", True, "640", "300"),
    ("bearing-6310", "Bearing 6310", "轴承 6310", "pc", "个", "78.00", True, "96", "60"),
    ("valve-dn50", "Valve DN50", "阀门 DN50", "pc", "个", "495.00", True, "48", "20"),
    ("pump-32", "Pump 32 m", "水泵 32 米", "pc", "台", "2380.00", True, "12", "4"),
    ("motor-15kw", "Motor 15 kW", "电机 15 kW", "pc", "台", "5200.00", True, "5", "2"),
    ("control-cabinet", "Control cabinet", "控制柜", "pc", "台", "18600.00", True, "1", "1"),
    ("pallet", "Pallet 1200 x 1000", "托盘 1200 x 1000", "pc", "个", "52.00", True, "320", "150"),
    ("carton", "Carton 600 x 400", "纸箱 600 x 400", "pc", "个", "4.80", True, "5000", "2000"),
    ("stretch-film", "Stretch film", "缠绕膜", "roll", "卷", "38.00", True, "210", "80"),
    ("safety-shoes", "Safety shoes", "安全鞋", "pair", "双", "280.00", True, "34", "20"),
    ("shelving-bay", "Shelving bay, 3 levels", "三层货架", "pc", "组", "1290.00", True, "0", "0"),
    ("cutting", "Cutting to size", "定尺切割", "t", "吨", "850.00", False, "0", "0"),
    ("transport", "Transport", "运输", "trip", "车", "9800.00", False, "0", "0"),
    ("forklift-service", "Forklift service, one year", "叉车年度维保", "truck", "台", "8000.00", False, "0", "0"),
    ("installation", "Installation", "安装服务", "day", "天", "1800.00", False, "0", "0"),
]

# id, English name, Chinese name, city, contact, phone, address, credit limit, open, overdue
CUSTOMERS: Final = [
    (
        "huatai-trading",
        "Huatai Trading",
        "华泰商贸",
        "Hangzhou 杭州",
        "Fang Yi 方怡",
        "+8657188120021",
        "杭州市滨江区江南大道 388 号",
        200000,
        140000,
        0,
    ),
    (
        "ningbo-marine",
        "Ningbo Marine",
        "宁波海工",
        "Ningbo 宁波",
        "Shi Lei 石磊",
        "+8657487330018",
        "宁波市北仑区明州路 66 号",
        800000,
        215600,
        0,
    ),
    (
        "suzhou-precision",
        "Suzhou Precision",
        "苏州精机",
        "Suzhou 苏州",
        "Wei Na 韦娜",
        "+8651266550032",
        "苏州市工业园区星湖街 218 号",
        500000,
        64000,
        0,
    ),
    (
        "hannover-technik",
        "Hannover Technik",
        "汉诺威技术",
        "Hannover 汉诺威",
        "Anna Weber",
        "+4951133007700",
        "Industrieweg 12, 30179 Hannover",
        300000,
        0,
        0,
    ),
    (
        "qingdao-cold",
        "Qingdao Cold Chain",
        "青岛冷链",
        "Qingdao 青岛",
        "Yin Chao 尹超",
        "+8653283340011",
        "青岛市黄岛区长江路 9 号",
        150000,
        38000,
        12600,
    ),
    (
        "wenzhou-pumps",
        "Wenzhou Pumps",
        "温州泵业",
        "Wenzhou 温州",
        "Bao Lin 包琳",
        "+8657788990044",
        "温州市龙湾区永强大道 101 号",
        260000,
        92100,
        0,
    ),
    (
        "hefei-solar",
        "Hefei Solar",
        "合肥光能",
        "Hefei 合肥",
        "Ning Hao 宁浩",
        "+8655165440077",
        "合肥市高新区望江西路 800 号",
        1200000,
        430000,
        0,
    ),
    (
        "xian-aero",
        "Xi'an Aero Parts",
        "西安航件",
        "Xi'an 西安",
        "Kang Jie 康杰",
        "+862988110055",
        "西安市阎良区航空大道 5 号",
        600000,
        0,
        0,
    ),
]
