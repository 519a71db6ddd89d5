"""Seal cards and vouchers before anybody stamped or wrote on them."""

from __future__ import annotations

import math

import cv2
import numpy as np

from . import names, typefaces
from .fields import U8, grain
from .marks import FORM_COLOURS, Bgr, text

VOUCHER_SIZES_MM = ((175.0, 80.0), (175.0, 80.0), (175.0, 80.0), (180.0, 85.0), (165.0, 76.0),
                    (210.0, 99.0), (190.0, 90.0))  # fmt: skip
CARD_SIZES_MM = ((100.0, 70.0), (100.0, 70.0), (120.0, 80.0), (90.0, 64.0), (148.0, 105.0))
_TITLES = names.words(
    "转账支票 现金支票 支票 进账单 付款凭证 业务委托书 电汇凭证 结算业务申请书 "
    "银行汇票申请书 本票申请书 贷记凭证 特种转账借方凭证"
)
_LABELS = names.words(
    "付款人全称 收款人全称 账号 开户银行 出票日期 出票人账号 付款行名称 用途 人民币(大写) "
    "金额 复核 记账 上列款项请从我账户内支付 出票人签章 附加信息 密码 行号 会计 出纳 "
    "票据种类 票据张数 汇出地点 汇入行名称 备注 此联由银行作借方凭证 科目(借) "
    "对方科目(贷) 转账日期 年 月 日 亿千百十万千百十元角分"
)
_CARD_LABELS = ("预留印鉴", "户名", "账号", "启用日期", "印鉴卡", "经办", "复核", "备注")


def to_px(mm: float, dpi: int) -> int:
    """Return the whole number of pixels in a length."""
    return round(mm * dpi / 25.4)


def card(rng: np.random.Generator, dpi: int, size_mm: tuple[float, float]) -> U8:
    """Return a blank seal card: near-white stock, often a frame, sometimes labels. BGR uint8."""
    rows, cols = to_px(size_mm[1], dpi), to_px(size_mm[0], dpi)
    tint = np.clip(250 - np.abs(rng.normal(0, 3, 3)) - rng.uniform(0, 6), 225, 254)
    page = _stock(rng, (rows, cols), tint, 1.2)
    ppm = dpi / 25.4
    line: Bgr = names.pick(rng, FORM_COLOURS)
    if rng.random() < 0.6:
        inset = round(rng.uniform(1.0, 3.0) * ppm)
        thick = max(1, round(rng.uniform(0.15, 0.4) * ppm))
        cv2.rectangle(page, (inset, inset), (cols - inset, rows - inset), line, thick)
    if rng.random() < 0.55:
        face, size = names.pick(rng, list(typefaces.faces())), rng.uniform(2.8, 4.0) * ppm
        for i in range(int(rng.integers(1, 4))):
            label = names.pick(rng, _CARD_LABELS) + ":"
            x, y = rng.uniform(3.5, 6) * ppm, (3.5 + 5 * i) * ppm
            width = text(page, label, face, x, y, size_px=size, colour=line)
            if rng.random() < 0.5 and i == 0:
                number = names.digits(rng, 15)
                text(page, number, face, x + width + ppm, y, size_px=size, colour=(50, 46, 46))
    return page


def form(rng: np.random.Generator, dpi: int, size_mm: tuple[float, float]) -> U8:
    """Return a printed voucher form: tint, guilloche, rules, labels, title. BGR uint8."""
    rows, cols = to_px(size_mm[1], dpi), to_px(size_mm[0], dpi)
    base = rng.uniform(228, 254)
    tint = np.clip(base + rng.normal(0, 7, 3), 205, 254)
    page = _stock(rng, (rows, cols), tint, 1.8)
    ppm = dpi / 25.4
    if rng.random() < 0.7:
        _guilloche(page, rng, ppm)
    colour: Bgr = names.pick(rng, FORM_COLOURS)
    face = names.pick(rng, typefaces.of_family("song", "hei"))
    if rng.random() < 0.35:
        _table(page, rng, ppm, colour)
    else:
        _rules(page, rng, ppm, colour)
    _labels(page, rng, ppm, colour, face)
    title = names.pick(rng, _TITLES)
    if rng.random() < 0.5:
        title = names.pick(rng, names.BANKS) + " " + title
    shade = names.pick(rng, [colour, colour, colour, (44, 40, 190), (45, 45, 45)])
    size = rng.uniform(5.0, 7.5) * ppm
    x, y = cols * rng.uniform(0.25, 0.42), rng.uniform(2.5, 5) * ppm
    text(page, title, face, x, y, size_px=size, colour=shade)
    if rng.random() < 0.5:
        number = names.digits(rng, 8)
        digits = "sans-medium" if "sans-medium" in typefaces.faces() else face
        red = (40, 36, 170)
        text(page, number, digits, cols * 0.78, 4 * ppm, size_px=4.2 * ppm, colour=red)
    return page


def _stock(
    rng: np.random.Generator, shape: tuple[int, int], tint_bgr: np.ndarray, roughness: float
) -> U8:
    """Return bare paper: a tint and the cloudiness of its fibres."""
    cloud = grain(rng, shape, 1.25) * np.float32(roughness * rng.uniform(0.5, 1.2))
    tints = tint_bgr.astype(np.float32)
    return np.asarray(
        cv2.merge([np.clip(cloud + tints[k], 0, 255).astype(np.uint8) for k in range(3)]), np.uint8
    )


def _guilloche(page: U8, rng: np.random.Generator, ppm: float) -> None:
    """Print fine waves or rosettes in one or two pale colours, reddish ones too."""
    rows, cols = page.shape[:2]
    for _ in range(int(rng.integers(1, 3))):
        layer: U8 = np.zeros((rows, cols), np.uint8)
        thick = max(1, round(rng.uniform(0.1, 0.55) * ppm))
        if rng.random() < 0.72:
            pitch = rng.uniform(1.1, 4.0) * ppm
            swing, wave = rng.uniform(0.4, 4.0) * ppm, rng.uniform(6, 30) * ppm
            phase = rng.uniform(0, 0.4)
            upright = rng.random() < 0.4
            long, short = (rows, cols) if upright else (cols, rows)
            t = np.arange(0, long + 9, max(2.0, 0.35 * ppm))
            for i in range(-6, int(short / pitch) + 6):
                s = i * pitch + swing * np.sin(2 * np.pi * t / wave + i * phase)
                s += 0.4 * swing * np.sin(2 * np.pi * t / (wave * 2.7) + i * phase * 1.7)
                points = np.stack([s, t] if upright else [t, s], axis=1)
                _curve(layer, points, thick, closed=False)
        else:
            t = np.linspace(0, 2 * np.pi, 700)
            for _ in range(int(rng.integers(2, 6))):
                k, m = int(rng.integers(5, 14)), rng.uniform(0.2, 0.5)
                centre = rng.uniform(0, 1, 2) * np.array([cols, rows])
                size = rng.uniform(8, 26) * ppm
                for turn in np.linspace(0, 2 * np.pi / k, int(rng.integers(4, 9)))[:-1]:
                    r = size * (1 - m + m * np.cos(k * (t + turn)))
                    points = centre + np.stack([r * np.cos(t), r * np.sin(t)], axis=1)
                    _curve(layer, points, max(1, thick // 2), closed=True)
        hue = rng.uniform(0, 1) if rng.random() < 0.65 else rng.uniform(-0.06, 0.06)
        strength = rng.uniform(0.05, 0.22)
        light = [
            1 - strength * (0.5 - 0.5 * math.cos(2 * math.pi * (hue - shift)))
            for shift in (2 / 3, 1 / 3, 0.0)
        ]
        table = np.arange(256, dtype=np.float32)[:, None] / 255
        lut = (255 * (1 - table * (1 - np.array(light, np.float32)))).astype(np.uint8)
        tinted = cv2.LUT(cv2.merge([layer] * 3), lut.reshape(256, 1, 3))
        cv2.multiply(page, tinted, page, 1 / 255)


def _curve(layer: U8, points: np.ndarray, thick: int, *, closed: bool) -> None:
    """Draw a smooth curve through points (n, 2) in px."""
    fixed = np.round(points * 16).astype(np.int32)
    cv2.polylines(
        layer, [fixed], isClosed=closed, color=255, thickness=thick, lineType=cv2.LINE_AA, shift=4
    )


def _rules(page: U8, rng: np.random.Generator, ppm: float, colour: Bgr) -> None:
    """Print ruled lines."""
    rows, cols = page.shape[:2]
    thick = max(1, round(rng.uniform(0.08, 0.24) * ppm))
    left, right = int(rng.uniform(3, 8) * ppm), cols - int(rng.uniform(3, 8) * ppm)
    y, step = 14 * ppm, rng.uniform(6.5, 10.5) * ppm
    while y < rows - 4 * ppm:
        cv2.line(page, (left, int(y)), (right, int(y)), colour, thick)
        y += step


def _table(page: U8, rng: np.random.Generator, ppm: float, colour: Bgr) -> None:
    """Print a ruled table with an amount grid."""
    rows, cols = page.shape[:2]
    thick = max(1, round(rng.uniform(0.08, 0.24) * ppm))
    left, right, top = int(6 * ppm), cols - int(6 * ppm), int(14 * ppm)
    step = rng.uniform(7.0, 9.5) * ppm
    count = int((rows - 10 * ppm - top) / step)
    bottom = int(top + count * step)
    cv2.rectangle(page, (left, top), (right, bottom), colour, thick + 1)
    for i in range(1, count):
        y = int(top + i * step)
        cv2.line(page, (left, y), (right, y), colour, thick)
        if rng.random() < 0.7:
            x = int(rng.uniform(left, right))
            cv2.line(page, (x, y), (x, int(y + step)), colour, thick)
    x, cell = right - 11 * 4.2 * ppm, 4.2 * ppm
    row = int(top + step * int(rng.integers(1, max(2, count - 1))))
    for i in range(11):
        at = int(x + i * cell)
        cv2.line(page, (at, row), (at, int(row + step)), colour, thick)


def _labels(page: U8, rng: np.random.Generator, ppm: float, colour: Bgr, face: str) -> None:
    """Print field names in rows."""
    rows, cols = page.shape[:2]
    size = rng.uniform(2.5, 3.4) * ppm
    for y in np.arange(15.5 * ppm, rows - 5 * ppm, rng.uniform(7, 10) * ppm):
        x = rng.uniform(7, 14) * ppm
        while x < cols - 20 * ppm:
            words = names.pick(rng, _LABELS)
            width = text(page, words, face, x, float(y), size_px=size, colour=colour)
            x += width + rng.uniform(8, 45) * ppm
