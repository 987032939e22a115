"""COCO's 80 kinds of things, the ones every detector here names, in both languages.

T.-Y. Lin et al., *Microsoft COCO: common objects in context*, 2014,
https://arxiv.org/abs/1405.0312. COCO's own numbers run to 90 and leave out ten kinds that were
planned and never labelled; here the kinds are numbered 0 to 79, in the same order.
"""

from dataclasses import dataclass

__all__ = ["CLASSES", "COCO_IDS", "ClassName", "index_of"]


@dataclass(frozen=True)
class ClassName:
    """One kind of thing."""

    key: str  # COCO's name: "dining table"
    en: str
    zh: str


ROWS = """
1 person 人
2 bicycle 自行车
3 car 汽车
4 motorcycle 摩托车
5 airplane 飞机
6 bus 公共汽车
7 train 火车
8 truck 卡车
9 boat 船
10 traffic_light 交通信号灯
11 fire_hydrant 消防栓
13 stop_sign 停车标志
14 parking_meter 停车计时器
15 bench 长椅
16 bird 鸟
17 cat 猫
18 dog 狗
19 horse 马
20 sheep 绵羊
21 cow 牛
22 elephant 大象
23 bear 熊
24 zebra 斑马
25 giraffe 长颈鹿
27 backpack 双肩包
28 umbrella 雨伞
31 handbag 手提包
32 tie 领带
33 suitcase 行李箱
34 frisbee 飞盘
35 skis 滑雪板（双板）
36 snowboard 滑雪板（单板）
37 sports_ball 运动用球
38 kite 风筝
39 baseball_bat 棒球棒
40 baseball_glove 棒球手套
41 skateboard 滑板
42 surfboard 冲浪板
43 tennis_racket 网球拍
44 bottle 瓶子
46 wine_glass 酒杯
47 cup 杯子
48 fork 叉子
49 knife 刀
50 spoon 勺子
51 bowl 碗
52 banana 香蕉
53 apple 苹果
54 sandwich 三明治
55 orange 橙子
56 broccoli 西兰花
57 carrot 胡萝卜
58 hot_dog 热狗
59 pizza 披萨
60 donut 甜甜圈
61 cake 蛋糕
62 chair 椅子
63 couch 沙发
64 potted_plant 盆栽
65 bed 床
67 dining_table 餐桌
70 toilet 马桶
72 tv 电视
73 laptop 笔记本电脑
74 mouse 鼠标
75 remote 遥控器
76 keyboard 键盘
77 cell_phone 手机
78 microwave 微波炉
79 oven 烤箱
80 toaster 烤面包机
81 sink 水槽
82 refrigerator 冰箱
84 book 书
85 clock 时钟
86 vase 花瓶
87 scissors 剪刀
88 teddy_bear 泰迪熊
89 hair_drier 吹风机
90 toothbrush 牙刷
"""
ENGLISH = {"mouse": "computer mouse", "remote": "remote control", "tv": "television"}


def _read() -> tuple[tuple[int, ...], tuple[ClassName, ...]]:
    rows = [line.split() for line in ROWS.strip().splitlines()]
    keys = [row[1].replace("_", " ") for row in rows]
    names = (
        ClassName(key, ENGLISH.get(key, key), row[2]) for key, row in zip(keys, rows, strict=True)
    )
    return tuple(int(row[0]) for row in rows), tuple(names)


COCO_IDS, CLASSES = _read()  # COCO's number of each kind, 1 to 90, and its name


def index_of(coco_id: int) -> int:
    """The place of one of COCO's numbers in ``CLASSES``."""
    return COCO_IDS.index(coco_id)
