"""Texts in the encodings that offices still write are read rightly, or asked about; Python's codecs wrote them."""

from __future__ import annotations

import pytest

from reportgen.documents.interface import DocumentError
from reportgen.documents.plain import decoded

WRITTEN = {
    "Die Kündigungsfrist beträgt drei Monate. Größere Beträge wären zu prüfen.": "cp1252 mac_roman cp850 iso8859_15",
    "¿Dónde está mi pedido? El señor Núñez recibirá la devolución.": "cp1252 mac_roman cp850",
    "A rescisão do contrato não é possível até três meses após a citação.": "cp1252 mac_roman",
    "Gdzie jest moje zamówienie? Proszę o zwrot pieniędzy, źle żółć.": "cp1250 iso8859_2 cp852 mac_latin2",
    "Příliš žluťoučký kůň úpěl ďábelské ódy.": "cp1250 iso8859_2 cp852 mac_latin2",
    "A bérleti díj tizenkétezer forint, előre fizetendő. Örülünk, hogy megérkezett az űrlap.": "cp1250 cp852",
    "Siparişim nerede? Paramı geri istiyorum. Kira sözleşmesi üç yıl geçerlidir.": "cp1254 cp857",
    "Nuomos mokestis yra dvylika tūkstančių eurų per mėnesį. Ąžuolas, žmogus, šuo.": "cp1257 iso8859_13",
    "Арендная плата составляет двенадцать тысяч рублей в месяц.": "cp1251 koi8_r cp866 iso8859_5 mac_cyrillic",
    "Орендна плата становить дванадцять тисяч гривень. Її ціна є такою.": "cp1251 koi8_u mac_cyrillic",
    "Πού είναι η παραγγελία μου; Το μίσθωμα είναι δώδεκα χιλιάδες ευρώ.": "cp1253 iso8859_7",
    "אני רוצה החזר כספי. דמי השכירות הם שנים עשר אלף שקלים.": "cp1255 iso8859_8",
    "أين طلبي؟ قيمة الإيجار اثنا عشر ألف ريال في الشهر.": "cp1256 iso8859_6",
    "คำสั่งซื้อของฉันอยู่ที่ไหน ค่าเช่าเดือนละหนึ่งหมื่นบาท": "cp874",
    "我要退款,钱还没有到账。租金每月一万二千元。": "gb18030 gb2312",
    "我要退款,錢還沒有到帳。租金每月一萬二千元。": "cp950 big5hkscs",
    "賃料は毎月末日までに翌月分を貸主の指定する銀行口座に振り込む。": "cp932 euc_jp iso2022_jp",
    "환불을 받고 싶습니다. 임대료는 매월 만 이천 원이다.": "cp949 iso2022_kr",
}
PAIRS = [(text, coding) for text, codings in WRITTEN.items() for coding in codings.split()]


@pytest.mark.parametrize(("text", "coding"), PAIRS, ids=[f"{coding} {text[:8]}" for text, coding in PAIRS])
def test_a_text_without_a_word_on_its_encoding_is_read_and_the_reading_shown(text: str, coding: str) -> None:
    found, reckoned = decoded(text.encode(coding))
    assert found == text
    assert (text[:40] in reckoned) == (not coding.startswith("iso2022"))


@pytest.mark.parametrize(
    ("text", "coding", "other"),
    [
        ("Où est ma commande", "cp1252", "Oů est ma commande"),
        ("A rescisão do contrato", "cp1252", "A rescisăo do contrato"),
        ("Chiria este de două", "cp1250", "Chiria este de douã"),
        ("退款", "gb18030", "НЛїо"),
    ],
)
def test_two_plausible_readings_of_a_short_text_are_asked_about_with_a_line_of_each(
    text: str, coding: str, other: str
) -> None:
    with pytest.raises(DocumentError) as caught:
        decoded(text.encode(coding))
    assert caught.value.code == "two readings"
    assert f'"{text}"' in caught.value.tail
    assert f'"{other}"' in caught.value.tail


def test_a_letter_far_along_a_line_tells_the_encoding_too() -> None:
    text = "word " * 20_000 + "größer wäre über"
    assert decoded(text.encode("cp1252"))[0] == text


@pytest.mark.parametrize("damaged", ["größer wäre über".encode()[:-4] + b" x", "größer wäre".encode() + b"\xe9 "])
def test_damaged_utf_8_is_no_other_encoding(damaged: bytes) -> None:
    with pytest.raises(DocumentError, match="cannot be told"):
        decoded(damaged)
