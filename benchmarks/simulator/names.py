"""Invented companies, people, codes and amounts, in simplified characters (all within GB 2312)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

_T = TypeVar("_T")


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text that blanks separate."""
    return tuple(text.split())


CITIES = words(
    "北京 上海 天津 重庆 广州 深圳 杭州 南京 苏州 无锡 宁波 温州 福州 厦门 泉州 济南 青岛 "
    "烟台 潍坊 郑州 洛阳 武汉 宜昌 长沙 株洲 南昌 合肥 芜湖 成都 绵阳 贵阳 昆明 西安 咸阳 "
    "兰州 银川 西宁 太原 大同 沈阳 大连 长春 吉林 南宁 桂林 海口 三亚 保定 唐山 邯郸 徐州 "
    "扬州 常州 嘉兴 绍兴 台州 金华 佛山 东莞 珠海 中山 惠州 湛江 四川省 江苏省 河北省 "
    "广东省 湖北省 山东省"
)
BRAND = (
    "华兴盛达丰泰恒瑞祥和信诚远通隆鑫宏利安康德源嘉美佳益润泽启航创新博雅智慧联合众力天地海川江河"
    "山峰林森金银铜铁宝玉明光辉煌耀星辰云霞春秋夏冬东南西北中正方圆长久永固福禄寿喜龙凤麒麟鹏飞"
    "腾跃奔驰骏马虹景颐和睦邦国民顺昌荣贵富裕优良晟昊宇宙晨曦旭阳清源洁净绿野青松柏竹梅兰菊荷莲"
)
INDUSTRIES = words(
    "贸易 商贸 科技 电子 信息技术 网络科技 软件 建筑工程 装饰工程 市政工程 房地产开发 "
    "物业管理 物流 国际货运代理 运输 食品 餐饮管理 农业发展 生物科技 医药 医疗器械 化工 "
    "新材料 机械制造 机电设备 汽车销售服务 纺织 服装 家具 印务 包装材料 文化传播 广告 "
    "教育咨询 企业管理咨询 投资 资产管理 能源 电力设备 环保科技 水务 矿业 钢铁 有色金属 "
    "橡塑制品 五金制品 玻璃 陶瓷 珠宝 酒店管理 旅游"
)
SUFFIXES = ("有限公司", "有限责任公司", "股份有限公司", "集团有限公司", "有限公司")
PURPOSES = words(
    "财务专用章 合同专用章 业务专用章 发票专用章 人事专用章 行政专用章 工程专用章 "
    "技术专用章 采购专用章 销售专用章 结算专用章 仓库专用章 投标专用章 资料专用章 "
    "报关专用章 质检专用章"
)
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董袁潘于蒋蔡余杜叶程苏"
    "魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红建国志文斌宇浩凯健俊帆欣悦婷雪琳佳怡"
    "晓东海波峰鹏飞辉亮云雷震宏博思远子涵梓轩雨桐一诺嘉懿泽洋昊天瑞雪梅兰竹菊春夏秋冬德福寿康宁"
    "永生长庆立新卫民爱国学勤世荣光耀宗祖树森林树根宝珍翠莲凤仙素贞淑慧贤良温恭俭让仁义礼智信忠孝"
)
BANKS = words("工商银行 农业银行 建设银行 交通银行 城市商业银行 农村商业银行 招商银行 民生银行")
BANK_WORDS = ("业务清讫", "转讫", "现金付讫", "现金收讫", "受理凭证专用章", "核算用章", "票据交换")
USES = words("货款 往来款 工程款 服务费 租金 工资 备用金 材料款 运费 保证金 还款 水电费 咨询费")
DIGIT_WORDS = "零壹贰叁肆伍陆柒捌玖"


def pick(rng: np.random.Generator, items: Sequence[_T]) -> _T:
    """Return one item, uniformly."""
    return items[int(rng.integers(len(items)))]


def company(rng: np.random.Generator) -> str:
    """Return a company name of 8 to 19 characters."""
    brand = "".join(pick(rng, BRAND) for _ in range(int(rng.choice([2, 2, 2, 3, 4]))))
    return pick(rng, CITIES) + brand + pick(rng, INDUSTRIES) + pick(rng, SUFFIXES)


def person(rng: np.random.Generator) -> str:
    """Return a person's name of two or three characters."""
    return pick(rng, SURNAMES) + "".join(pick(rng, GIVEN) for _ in range(1 + (rng.random() < 0.65)))


def digits(rng: np.random.Generator, count: int) -> str:
    """Return `count` decimal digits, the first one not zero."""
    return str(rng.integers(1, 10)) + "".join(str(d) for d in rng.integers(0, 10, count - 1))


def tax_number(rng: np.random.Generator) -> str:
    """Return an 18-character number of the shape of a unified social credit code, or 15 digits."""
    if rng.random() < 0.3:
        return digits(rng, 15)
    tail = "".join(pick(rng, "0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(9))
    return "91" + digits(rng, 6) + tail + pick(rng, "0123456789X")


def amount(rng: np.random.Generator) -> tuple[str, str]:
    """Return an amount in figures and the same order of amount in capital words."""
    value = int(10 ** rng.uniform(3, 7))
    words = "".join(
        DIGIT_WORDS[int(d)] + u for d, u in zip(str(value)[:5], "佰拾万仟佰"[-5:], strict=False)
    )
    return f"¥{value:,}.{int(rng.integers(100)):02d}", words + "元整"
