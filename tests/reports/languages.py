"""One small workbook in nine languages: title, purpose, labels, messages, segments and candidates as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.reports.corners import Answer, book

ROWS = 60


@dataclass(frozen=True, slots=True)
class Words:
    """What a workbook of one language holds; `labels` are two, `messages` one for each."""

    title: str
    purpose: str
    labels: tuple[str, str]
    messages: tuple[str, str]
    segments: tuple[str, str]
    candidates: tuple[str, str]

    def texts(self) -> tuple[str, ...]:
        """Return every text put in."""
        return (self.title, self.purpose, *self.labels, *self.messages, *self.segments, *self.candidates)


LANGUAGES: Mapping[str, Words] = {
    "Chinese": Words(
        "哪个模型最适合分拣客户邮件？",
        "把收到的客户邮件分到正确的部门。",
        ("退款", "送货"),
        ("我想要回订单的钱，请尽快处理。", "包裹又迟到了，什么时候能送到？"),
        ("邮件", "在线聊天"),
        ("今天的模型", "更新的模型"),
    ),
    "Japanese": Words(
        "問い合わせの振り分けに最適なモデルは？",
        "届いたメールを担当部署に振り分ける。",
        ("返金", "配送"),
        ("注文の返金をお願いします。", "荷物がまだ届きません。いつ届きますか？"),
        ("メール", "チャット"),
        ("現行モデル", "新しいモデル"),
    ),
    "Korean": Words(
        "고객 메일을 분류하는 가장 좋은 모델은?",
        "받은 메일을 알맞은 부서로 보냅니다.",
        ("환불", "배송"),
        ("주문한 상품의 환불을 부탁드립니다.", "택배가 또 늦어지고 있어요. 언제 도착하나요?"),
        ("메일", "채팅"),
        ("현재 모델", "새로운 모델"),
    ),
    "Arabic": Words(
        "أي نموذج يصنّف رسائل العملاء أفضل؟",
        "توجيه الرسائل الواردة إلى القسم المختص.",
        ("استرداد", "توصيل"),
        ("أريد استرداد ثمن الطلب من فضلكم.", "تأخّر الطرد مرة أخرى، متى يصل؟"),
        ("بريد", "محادثة"),
        ("النموذج الحالي", "النموذج الأحدث"),
    ),
    "Hebrew": Words(
        "איזה מודל ממיין את הדואר הטוב ביותר?",
        "ניתוב הודעות נכנסות למחלקה הנכונה.",
        ("החזר", "משלוח"),
        ("אני מבקש החזר כספי על ההזמנה.", "החבילה שוב מאחרת, מתי היא תגיע?"),
        ("דואר", "צ'אט"),
        ("המודל הנוכחי", "מודל חדש"),
    ),
    "Hindi": Words(
        "ग्राहकों के ईमेल छाँटने के लिए कौन सा मॉडल सबसे अच्छा है?",
        "आने वाले ईमेल को सही विभाग तक पहुँचाना।",
        ("धनवापसी", "डिलीवरी"),
        ("कृपया मेरे ऑर्डर का पैसा वापस कर दीजिए।", "पार्सल फिर देर से आ रहा है, कब तक मिलेगा?"),
        ("ईमेल", "बातचीत"),
        ("वर्तमान मॉडल", "नया मॉडल"),
    ),
    "Thai": Words(
        "โมเดลใดคัดแยกอีเมลลูกค้าได้ดีที่สุด",
        "ส่งต่ออีเมลที่เข้ามาไปยังแผนกที่ถูกต้อง",
        ("คืนเงิน", "จัดส่ง"),
        ("กรุณาคืนเงินสำหรับคำสั่งซื้อนี้", "พัสดุล่าช้าอีกแล้ว จะมาถึงเมื่อไร"),
        ("อีเมล", "แชท"),
        ("โมเดลปัจจุบัน", "โมเดลใหม่ที่น้ำหนักเบา"),
    ),
    "Greek": Words(
        "Ποιο μοντέλο ταξινομεί καλύτερα την αλληλογραφία;",
        "Προώθηση των μηνυμάτων στο σωστό τμήμα.",
        ("επιστροφή", "παράδοση"),
        ("Θα ήθελα τα χρήματά μου πίσω, παρακαλώ.", "Το δέμα άργησε πάλι. Πότε θα φτάσει;"),
        ("μήνυμα", "συνομιλία"),
        ("Σημερινό μοντέλο", "Νεότερο μοντέλο"),
    ),
    "Vietnamese": Words(
        "Mô hình nào phân loại thư khách hàng tốt nhất?",
        "Chuyển thư đến đúng bộ phận phụ trách.",
        ("hoàn tiền", "giao hàng"),
        ("Tôi muốn được hoàn lại tiền cho đơn hàng này.", "Bưu kiện lại đến muộn, khi nào thì tới nơi?"),
        ("thư", "trò chuyện"),
        ("Mô hình hiện tại", "Mô hình mới nhất"),
    ),
}


def written(path: Path, language: str) -> Path:
    """Write the workbook of one language: the second candidate is wrong now and then, the first more often."""
    words = LANGUAGES[language]
    first, second = words.labels

    def erring(every: int) -> Answer:
        return lambda n, right: (second if right == first else first) if n % every in {1, 4} else right

    return book(
        path,
        dict(zip(words.candidates, (erring(7), erring(19)), strict=True)),
        rows=ROWS,
        labels=words.labels,
        segment=lambda n: words.segments[n % 3 % 2],
        text=lambda n, right: f"{words.messages[words.labels.index(right)]} ({n})",
        evaluation={"Title": words.title, "Purpose": words.purpose},
    )


def together(path: Path) -> Path:
    """Write one workbook that speaks all nine: labels, segments and a candidate of each."""
    every = tuple(LANGUAGES.values())
    labels = tuple(label for words in every for label in words.labels)

    def erring(every: int) -> Answer:
        return lambda n, right: labels[n % 5] if n % every == 1 else right

    return book(
        path,
        {words.candidates[1]: erring(5 + 2 * n) for n, words in enumerate(every)},
        rows=len(labels) * 5,
        labels=labels,
        segment=lambda n: every[n % len(every)].segments[1],
        text=lambda n, right: f"{right} ({n})",
        failures=False,
    )
