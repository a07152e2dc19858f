"""What the understanding of a message promises: labels, matters, reasons, urgency. All sentences here are invented."""

import inspect
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.intake.understanding import LABELS, Suggestion, model_version, raise_urgency, suggest, suggest_many
from linli.intake.understanding.match import load_keywords
from linli.intake.understanding.propose import FLOOR, ORDER, WEIGHTS
from linli.intake.understanding.read import DETAIL_CAP

SENTENCES = {
    "PL-001": [("想看看村里的账", "我们组的集体资金三年没有公示，村级账目也不公开，请督促公布明细。")],
    "PL-002": [("村主任私分补助款", "举报我村村主任优亲厚友，把危房补助名额给了自家亲戚，还收受红包。")],
    "EE-005": [
        ("理发店办卡后关门", "三月份在店里充值卡存了两千元，上周店面关门，老板电话不接，要求退款。"),
        ("新手机一周就黑屏", "商家拒绝三包，说是我摔的，消费者权益没人管吗？"),
    ],
    "EE-006": [
        ("小卖部卖过期牛奶", "孩子喝了拉肚子，一看是过期食品，请查一查食品安全。"),
        ("早餐店后厨很脏", "包子里吃出虫子，卫生许可证也没有挂出来。"),
    ],
    "EE-008": [
        ("工地半夜打桩", "楼盘工地每天夜间施工到凌晨两点，噪音太大睡不着。"),
        ("五金厂机器噪声", "厂房就在居民楼边上，机器轰鸣声从早到晚。"),
    ],
    "EE-009": [("楼下饭店油烟", "一楼餐馆没有专用烟道，油烟味直接飘进卧室。")],
    "EE-011": [("田里在烧秸秆", "收完稻子就地露天焚烧，整个村子都是烟。")],
    "EE-012": [("小河变黑发臭", "上游工厂夜里偷排废水，河里死鱼一片。")],
    "SL-003": [
        ("物业不管事", "物业费年年涨，物业公司服务差，电梯坏了一个月不修。"),
        ("要求成立业委会", "小区业主大会筹备组被物业公司阻挠，公共收益从不公开。"),
    ],
    "SL-005": [
        ("工地欠我们工钱", "包工头拖欠农民工工资八个月，二十几个工友没拿到钱。"),
        ("讨薪", "木工班组在项目部干完活，血汗钱一直不给结。"),
    ],
    "SL-006": [("公司无故辞退", "没有签劳动合同，单位突然辞退我，也不给经济补偿金。")],
    "SL-009": [("消防通道被锁", "三单元的疏散通道被铁链锁死，灭火器也过期了。")],
    "SL-010": [("楼道里给电动车充电", "邻居天天飞线充电，电瓶车推上楼，很危险。")],
    "SL-011": [("厨房闻到煤气味", "楼道里燃气味道很重，怀疑燃气泄漏。")],
    "SL-017": [("有人被困电梯", "二号楼电梯困人了，里面是一位老人。")],
    "SL-018": [("学校门口没有红绿灯", "路口车速快，学生过马路危险，请增设斑马线和减速带。")],
    "SL-023": [("广场舞太吵", "楼下广场舞音响开到晚上十点半，孩子没法写作业。")],
    "SV-001": [("想申请低保", "父亲偏瘫，家里没有收入，低保怎么申请？")],
    "SV-005": [("残疾证怎么办", "我想给弟弟办残疾证，再申请一辆轮椅，找哪个部门？")],
    "SV-008": [
        ("社保断缴能补吗", "去年换工作社保断缴三个月，养老保险可以补缴吗？"),
        ("医保异地报销", "母亲在外地住院，医保报销比例是多少？"),
    ],
    "SV-011": [
        ("小升初学区怎么划", "新房交付了，孩子明年上小学，学区划片还没有公布。"),
        ("老师强制补课收费", "周末违规补课，每个学生收补课费三百元。"),
    ],
    "SV-012": [("医院误诊", "医生误诊耽误了治疗，医院态度恶劣，要求赔偿。")],
    "SV-014": [("小区停水三天", "自来水停水三天了，没有通知，老人没水喝。")],
    "SV-015": [("晚上又停电", "变压器老化，一到晚上就跳闸停电。")],
    "SV-017": [
        ("公交车等不到", "二十三路公交车班次太少，早高峰等了四十分钟。"),
        ("出租车拒载", "在火车站打车，出租车司机不打表还拒载。"),
    ],
    "SV-018": [("盲道断头", "盲道被花坛拦断，轮椅坡道也被堵住，残疾人无法通行。")],
    "CM-001": [("井盖不见了", "人行道上的窨井盖缺失，晚上差点掉下去。")],
    "CM-002": [("路面大坑", "村道路面坑洼，大车压坏后一直没人修。")],
    "CM-003": [("路灯不亮", "巷子里的路灯坏了半个月，晚上一片漆黑。")],
    "CM-006": [("垃圾没人清", "菜场后门垃圾堆积如山，臭气熏天，三天没清运。")],
    "CM-008": [("摊贩占道", "流动摊贩占道经营，人行道走不了人。")],
    "CM-009": [("楼顶在违建", "顶楼住户私自搭建阳光房，未经审批，属于违章建筑。")],
    "CM-011": [("大树倒了", "昨天刮风把行道树吹倒，压在绿化带上。")],
    "CM-012": [("下水道堵了", "化粪池堵塞，污水外溢到单元门口。")],
    "CM-014": [("路边违停", "小车乱停乱放占用人行道，僵尸车半年没动。")],
    "CM-015": [("共享单车乱停", "地铁口共享单车堆满人行道。")],
}
PAIRS = [(matter, title, detail) for matter, texts in SENTENCES.items() for title, detail in texts]
ODD = [
    "",
    " ",
    "\x00",
    "\x00路\x00灯\x00不亮",
    "😀😀",
    "hello world",
    "1234567890",
    "。！？",
    "\ud800",
    "a" * 5,
    "市",
    "A3区",
]


@pytest.mark.parametrize(("matter", "title", "detail"), PAIRS)
def test_it_finds_the_matter_that_an_operator_would_choose(matter: str, title: str, detail: str) -> None:
    suggestion = suggest(title, detail)
    assert suggestion.matter == matter
    assert suggestion.confidence >= FLOOR


@pytest.mark.parametrize(
    ("label", "title", "detail"),
    [
        ("劳动和社会保障", "养老金少发了", "退休金这个月少了两百，社保窗口说不清楚。"),
        ("教育文体", "幼儿园学费涨价", "民办幼儿园突然涨保教费，家长没有得到通知。"),
        ("交通运输", "网约车乱收费", "司机绕路，出租车公司不处理投诉。"),
        ("环境保护", "工厂排放废气", "化工厂夜里偷排废气，刺鼻气味污染环境。"),
        ("卫生计生", "疫苗接种排队", "医院预防接种门诊排队三个小时，医生只有一个。"),
        ("商贸旅游", "旅行社临时加价", "景区导游强制购物，商家价格欺诈。"),
        ("城乡建设", "小区物业", "物业乱收停车费，业主要求成立业主委员会。"),
    ],
)
def test_it_tells_the_label_of_plain_messages(label: str, title: str, detail: str) -> None:
    suggestion = suggest(title, detail)
    assert suggestion.label == label
    assert suggestion.label_confidence > 0.5


def test_it_says_nothing_when_it_finds_nothing() -> None:
    suggestion = suggest("你好", "今天天气不错，祝各位工作顺利。")
    assert suggestion.matter is None
    assert suggestion.confidence < FLOOR
    assert suggestion.urgency is None


def test_it_names_other_matters_with_less_confidence_and_at_most_five() -> None:
    suggestion = suggest(
        "小区问题多", "物业不作为，垃圾没人清，路灯不亮，消防通道被堵，电梯故障，下水道堵塞，车辆乱停。"
    )
    assert 1 <= len(suggestion.alternatives) <= 5
    confidences = [suggestion.confidence, *(confidence for _, confidence in suggestion.alternatives)]
    assert confidences == sorted(confidences, reverse=True)
    assert suggestion.matter not in dict(suggestion.alternatives)


def test_it_takes_text_and_nothing_else() -> None:
    assert list(inspect.signature(suggest).parameters) == ["title", "detail"]
    assert list(inspect.signature(suggest_many).parameters) == ["messages"]
    fields = {"label", "matter", "confidence", "label_confidence", "words", "urgency", "alternatives", "model_version"}
    assert set(Suggestion.__slots__) == fields | {"truncated"}


def test_it_gives_two_people_the_same_answer_for_the_same_text() -> None:
    title, detail = "路灯不亮", "巷子里的路灯坏了半个月。"
    neighbours = [("我要讨说法", "拆迁补偿一直没有答复。"), (title, detail), ("谢谢", "很满意。"), (title, detail)]
    answers = list(suggest_many(neighbours))
    assert answers[1] == answers[3] == suggest(title, detail)


def test_it_gives_the_same_answer_in_another_process() -> None:
    code = (
        "from linli.intake.understanding import suggest;"
        "print(ascii(suggest('物业不作为', '垃圾没人清，路灯不亮，消防通道被堵。')))"
    )
    source = Path(inspect.getfile(Suggestion)).parents[3]
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(source)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert told == {ascii(suggest("物业不作为", "垃圾没人清，路灯不亮，消防通道被堵。")) + "\n"}


def test_it_answers_in_bulk_as_it_does_alone() -> None:
    messages = [(title, detail) for _, title, detail in PAIRS] + [(odd, odd) for odd in ODD] * 12
    assert list(suggest_many(messages)) == [suggest(title, detail) for title, detail in messages]


@pytest.mark.parametrize(("matter", "title", "detail"), PAIRS)
def test_it_leans_on_words_of_the_reporter(matter: str, title: str, detail: str) -> None:
    words = suggest(title, detail).words
    assert words, matter
    assert all(word in title or word in detail for word in words)


def test_it_quotes_words_as_they_were_written() -> None:
    suggestion = suggest("", "ＫＴＶ 太吵了，每晚 音响 开到凌晨")
    assert suggestion.matter == "SL-023"
    assert any("ＫＴＶ" in word for word in suggestion.words)


@pytest.mark.parametrize(
    ("title", "detail"),
    [
        ("闻到煤气味", "楼道里闻到煤气，味道很大，老人头晕。"),
        ("有人被困电梯", "三号楼电梯困人，孩子在里面哭。"),
        ("房子塌了", "后面的土墙房刚刚倒塌了，人还在里面。"),
        ("着火了", "隔壁仓库着火了，火势很大。"),
        ("水淹到底楼", "水还在涨，屋里老人出不来。"),
        ("他在打我", "丈夫喝了酒又在打我，我躲在厕所。"),
    ],
)
def test_it_raises_urgency_when_people_are_in_danger(title: str, detail: str) -> None:
    assert suggest(title, detail).urgency == "emergency"


@pytest.mark.parametrize(
    ("title", "detail"),
    [
        ("消防演练通知", "下周社区举行消防演练，模拟着火了怎么逃生，请大家参加。"),
        ("建议多装路灯", "巷子里路灯少，希望增加几盏。"),
        ("社保怎么转", "换了城市工作，养老保险如何转移？"),
    ],
)
def test_it_stays_calm_when_nobody_is(title: str, detail: str) -> None:
    assert suggest(title, detail).urgency is None


@given(st.sampled_from(ORDER), st.sampled_from([None, *ORDER]))
def test_it_never_lowers_an_urgency(stated: str, suggested: str | None) -> None:
    raised = raise_urgency(stated, suggested)
    assert ORDER.index(raised) >= ORDER.index(stated)
    assert raised in {stated, suggested}


def test_it_refuses_an_urgency_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="urgent"):
        raise_urgency("soon", None)


@pytest.mark.parametrize("odd", ODD)
def test_it_copes_with_odd_text(odd: str) -> None:
    for title, detail in ((odd, ""), ("", odd), (odd, odd)):
        suggestion = suggest(title, detail)
        assert suggestion.label in LABELS
        assert 0 <= suggestion.confidence <= 1
        assert not suggestion.truncated


def test_it_reads_the_beginning_of_a_megabyte_and_says_so() -> None:
    suggestion = suggest("路灯不亮", "巷子里一片漆黑。" * 150_000)
    assert suggestion.matter == "CM-003"
    assert suggestion.truncated
    assert not suggest("路灯不亮", "黑" * DETAIL_CAP).truncated


def test_it_ignores_what_stands_behind_the_cap() -> None:
    filler = "嗯" * DETAIL_CAP
    assert suggest("", filler + "井盖缺失").words == suggest("", filler + "路灯不亮").words


@given(st.text(max_size=300), st.text(max_size=2000))
@settings(max_examples=150, deadline=None)
def test_it_always_tells_one_of_the_seven_labels(title: str, detail: str) -> None:
    suggestion = suggest(title, detail)
    assert suggestion.label in LABELS
    assert 0 <= suggestion.confidence <= 1
    assert 0 < suggestion.label_confidence <= 1
    assert (suggestion.matter is None) == (suggestion.confidence < FLOOR)
    assert all(word and (word in title or word in detail) for word in suggestion.words)
    assert suggestion.urgency in {None, "urgent", "emergency"}


def test_it_ships_numbers_only() -> None:
    assert WEIGHTS.stat().st_size < 1_500_000
    with np.load(WEIGHTS, allow_pickle=False) as arrays:
        kinds = {name: arrays[name].dtype.kind for name in arrays.files}
    assert set(kinds) == {"gap", "table", "scale", "bias", "temperature"}
    assert set(kinds.values()) <= {"i", "u", "f"}


def test_it_needs_neither_django_nor_scikit_learn() -> None:
    code = (
        "import sys; from linli.intake.understanding import suggest; suggest('a', 'b');"
        "print([name for name in ('django', 'sklearn', 'scipy') if name in sys.modules])"
    )
    source = Path(inspect.getfile(Suggestion)).parents[3]
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "[]"


def test_its_version_names_the_model() -> None:
    assert suggest("a", "b").model_version == model_version()
    assert model_version().startswith("1-")


def test_it_refuses_a_phrase_that_could_never_be_found(tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    empty = "danger: {emergency: [], urgent: [], unless: []}\n"
    book.write_text("matters:\n  CM-003:\n    strong: [KTV]\n" + empty, encoding="utf-8")
    with pytest.raises(ValueError, match=r"CM-003.*lower case"):
        load_keywords(book)
    book.write_text("matters:\n  CM-003:\n    strong: [坏+灯]\n" + empty, encoding="utf-8")
    with pytest.raises(ValueError, match=r"CM-003.*two characters"):
        load_keywords(book)
