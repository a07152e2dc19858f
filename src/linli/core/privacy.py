"""Masking of what identifies a person in free text, and leaving out of small numbers: functions every room uses.

The original stays encrypted in the vault; the masked text is what search, duplicates, themes and understanding see.
"""

import re
from collections.abc import Callable

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐"
    "费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮"
    "蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴"
    "陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶黎薄印"
    "宿白怀蒲从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍却璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎连习艾鱼容向"
    "古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧沃利蔚越夔隆师巩聂晁勾敖融冷訾辛阚那简饶空曾沙养鞠须丰巢关蒯相查红游竺权盖益桓公"
)
_CUES = (
    r"(?:我叫|我是|本人叫?|姓名(?:是|为|[:：])|联系人(?:是|为|[:：])?|名叫|叫做|"
    r"户主(?:是|[:：])?|业主(?:是|[:：])|投诉人(?:是|[:：])?|当事人(?:是|[:：])?|"
    r"(?:孩子|儿子|女儿|丈夫|妻子|老公|老婆|父亲|母亲|爸爸|妈妈|邻居|老人|他|她)(?:叫|名叫|是))"
)
_DOUBLE = (
    "欧阳|太史|端木|上官|司马|东方|独孤|南宫|夏侯|诸葛|尉迟|公孙|慕容|长孙|宇文|司徒|司空|皇甫|澹台|赫连|令狐|轩辕|呼延|西门|东郭|申屠|钟离|"
    "闻人|濮阳|淳于|单于|太叔|仲孙|闾丘|公羊|百里|东门|南门|拓跋|万俟"
)
_TOLD = r"(?:反映|投诉|举报|来电|咨询|求助|表示|要求|称|说)"
_TITLES = r"(?:先生|女士|小姐|大爷|大妈|大叔|阿姨|婆婆|老师|师傅|医生|书记|主任|经理|老板|队长|科长|局长|警官|律师)"


def _rules() -> tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]:
    digit_gap = r"[\s\-－—·./]?"
    mobile = rf"(?<!\d)(?:\+?86{digit_gap})?1{digit_gap}[3-9](?:{digit_gap}\d){{9}}(?!\d)"
    identity = r"(?<!\d)[1-9]\d{5}[\s\-]?(?:18|19|20)\d{2}(?:0\d|1[0-2])(?:[0-2]\d|3[01])[\s\-]?\d{3}[\dXx](?![\dXx])"
    old_identity = r"(?<!\d)[1-9]\d{7}(?:0\d|1[0-2])(?:[0-2]\d|3[01])\d{3}(?!\d)"
    card = r"(?<!\d)\d{4}(?:[\s\-]?\d{4}){3}(?:[\s\-]?\d{1,3})?(?!\d)"
    landline = r"(?<!\d)0\d{2,3}[\-－—\s]?\d{7,8}(?!\d)"
    email = r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"
    account = r"((?:QQ|qq|微信|wechat|WeChat|vx|VX|威信)(?:号|群)?\s*[:：是]?\s*)[A-Za-z0-9_\-]{5,20}"
    plate = rf"[{_PROVINCES}]\s?[A-Z][\s·•\-]?(?:[A-Z0-9]{{5,6}})(?![A-Z0-9])"
    behind = rf"(?=[\s\d\[,，。.;；、:：!！?？的）)]|$|电话|住|今年|身份证|手机|{_TOLD}|{_TITLES})"
    called = rf"(?:(?:{_DOUBLE})[\u4e00-\u9fa5]{{1,2}}|[{_SURNAMES}][\u4e00-\u9fa5]{{1,2}})"
    name = rf"({_CUES}\s*){called}{behind}"
    no_name = r"(?!常|时常|经|曾|平时|全|都|及|和|于|方|易|安|家)"
    bare = rf"((?:业主|住户|居民|村民|群众)\s*){no_name}{called}(?=\d|\[|电话|{_TOLD})"
    titled = rf"[{_SURNAMES}][\u4e00-\u9fa5]{{0,2}}(?={_TITLES})"
    return (
        (re.compile(email), "[邮箱]"),
        (re.compile(account), lambda m: f"{m[1]}[账号]"),
        (re.compile(identity), "[证件]"),
        (re.compile(card), "[卡号]"),
        (re.compile(old_identity), "[证件]"),
        (re.compile(mobile), "[电话]"),
        (re.compile(landline), "[电话]"),
        (re.compile(plate), "[车牌]"),
        (re.compile(name), lambda m: f"{m[1]}[姓名]"),
        (re.compile(bare), lambda m: f"{m[1]}[姓名]"),
        (re.compile(titled), "[姓]"),
    )


_RULES = _rules()
_LONG_NUMBER = re.compile(r"\d(?:[\s\-－—·./]?\d){9}")
_FULL_WIDTH = {
    ord(wide): chr(ord(wide) - 0xFEE0)
    for wide in "０１２３４５６７８９ＡＢＣＤＥＦＧＨＪＫＬＭＮＰＱＲＳＴＵＶＷＸＹＺ"
}
"""Digits and letters that Chinese keyboards write wide, with the ones that the rules look for."""
_OF_DIGITS = frozenset({"[证件]", "[卡号]", "[电话]"})
"""Replacements of the rules that need ten digits or more; most texts hold none, and the search for them costs most."""


def mask(text: str) -> str:
    """The text with phone, identity, card and plate numbers, e-mail and chat accounts, and cued names replaced.

    Names are found by what stands before or behind them only; a name without such a cue stays, and a clerk can mask
    it by hand.
    """
    text = text.translate(_FULL_WIDTH)
    has_long_number = _LONG_NUMBER.search(text) is not None
    for pattern, replacement in _RULES:
        if has_long_number or replacement not in _OF_DIGITS:
            text = pattern.sub(replacement, text)
    return text


SMALLEST_CELL = 5
"""Numbers of reports below this are not shown where they are told apart by matter and place (rights R2, R15)."""


def told(number: int) -> int | None:
    """The number as it may be shown beside a matter and a place; None stands for "fewer than five".

    None also hides whether there was any at all: a zero would tell as much as a one.
    """
    return number if number >= SMALLEST_CELL else None
