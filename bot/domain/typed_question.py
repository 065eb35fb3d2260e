"""Whether something typed where a value is waited for sounds like a question instead.

Words are taken as they were typed: where marks were typed they count ("mấy" asks, "máy" does not), where none were the
word counts only beside others that settle it ("may diem", but not "may tinh").
"""

import re
import unicodedata
from typing import Final

from bot.domain.folding import fold

LONGEST: Final = 1000  # characters that are looked at
MOST_ASIDE: Final = 100  # characters of a question among words that are kept


def _either(*phrases: str) -> str:
    """A pattern for phrases, each word with its marks or without any."""
    found = [
        r" ".join(word if word == fold(word) else f"(?:{word}|{fold(word)})" for word in phrase.split())
        for phrase in phrases
    ]
    return f"(?:{'|'.join(found)})"


_COUNTED: Final = _either(
    "điểm", "ngày", "trang", "bản", "loại", "mức", "giờ", "phần", "cái", "bước", "người", "tiêu chí", "lần", "tuần",
    "tháng", "mục", "minh chứng", "văn bản", "đợt", "kỳ", "phần trăm", "giải", "sáng kiến", "tệp", "file", "câu",
)  # fmt: skip
_TAIL: Final = r"(?: (?:ạ|a|vậy|vay|nhỉ|nhi|nhé|nhe|thế|the|đây|day|hả|ha|em|anh|chị|chi|ad|bot))*$"
_NOT: Final = r"(?<!không )(?<!khong )(?<!chưa )(?<!chua )(?<!ko )(?<!có )(?<!co )"

_ASKING: Final = re.compile(
    r"\b(?:"
    + "|".join(
        (
            _either("bao nhiêu", "bao lâu", "bao giờ", "bao xa", "thế nào", "như nào", "ra sao", "thì sao", "vì sao"),
            _either("tại sao", "làm sao", "sao lại", "tính sao", "hay không", "hay chưa", "có phải", "là gì", "làm gì"),
            _either(
                "cho ai", "gửi ai", "là ai", "gặp ai", "hỏi ai", "ai ký", "ai duyệt", "ai nhận", "ai chấm", "ai làm"
            ),
            _either("ở đâu", "nộp đâu", "gửi đâu", "tìm đâu", "lấy đâu", "đâu rồi", "nghĩa là", "có được", "có cần"),
            rf"{_NOT}{_either('khi nào', 'lúc nào', 'ngày nào', 'hôm nào', 'chỗ nào', 'nơi nào', 'mẫu nào')}",
            rf"{_either('bằng cách nào', 'đến khi nào', 'loại nào', 'cái nào', 'mức nào')}",
            rf"{_NOT}(?:gì|gi)",
            rf"{_NOT}đâu",
            r"(?<!mười )(?<!muoi )(?<!mươi )mấy",
            rf"may {_COUNTED}",
            rf"(?<!\d )bn {_COUNTED}",
            r"ntn|bnhieu|bao h|how many|how much",
        )
    )
    + r")(?!\w)"
)
_OPENING: Final = re.compile(
    r"(?:" + _either("cho", "xin", "em", "mình", "tôi", "anh", "chị", "ad", "bot", "ơi", "dạ") + " )*"
    rf"(?:{_either('hỏi', 'sao')}|what|when|how|where|who|which|why|can i|do i|does|should)(?!\w)"
)
_CLOSING: Final = re.compile(
    rf"(?:\b{_either('được', 'phải', 'cần', 'có', 'đúng', 'đủ', 'kịp', 'bị', 'tính')} .*|\b{_either('được')} )"
    rf"(?:không|khong|ko|hông|hong){_TAIL}"
    rf"|\b{_either('được', 'đủ', 'xong', 'đã')}(?: .*)? (?:chưa|chua){_TAIL}"
    rf"|\b{_either('phải', 'đúng')} (?:không|khong|ko){_TAIL}"
    r"|\w (?:nhỉ|hả)$"
)
_TOPIC: Final = re.compile(
    _either(
        "nộp", "gửi", "hạn", "minh chứng", "cách tính", "cách chấm", "cách nộp", "hướng dẫn", "mẫu", "biểu mẫu",
        "căn cứ", "quy định", "khung điểm", "thang điểm", "điểm tối đa", "điểm trừ", "điểm thưởng", "cần", "phải",
        "ai", "cho em biết", "cho mình biết", "cho tôi biết", "cho hỏi", "giải thích",
    )
    + r"(?!\w)"
)  # fmt: skip
_NUMBERS: Final = re.compile(
    rf"\d|\b{_either('một', 'hai', 'ba', 'bốn', 'bảy', 'tám', 'chín', 'mười', 'mươi', 'trăm')}(?!\w)"
)


def sounds_like_question(text: str) -> bool:
    """Whether the words ask something, whatever else they hold."""
    words = _words(text)
    if text.rstrip().endswith(("?", "？")) and sum(c.isalpha() for c in words) > 1:
        return True
    return bool(_OPENING.match(words) or _ASKING.search(words) or _CLOSING.search(words))


def asks_aside(text: str) -> bool:
    """Whether what was typed where words of any kind are kept is a question to the assistant and none of those words.

    "hạn nộp khi nào?" is; a sentence of a report that only holds a "gì" or "khi nào" is not.
    """
    said = text.strip()
    if len(said) > MOST_ASIDE or "\n" in said or not sounds_like_question(said):
        return False
    return said.endswith(("?", "？")) or is_topic(said)


def is_topic(text: str) -> bool:
    """A bare label that people type to be told about it, without figures: "minh chứng", "hạn nộp"."""
    words = _words(text)
    return bool(_TOPIC.match(words)) and not _NUMBERS.search(words)


def _words(text: str) -> str:
    """Lower case, NFC, single spaces, signs as spaces."""
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text[:LONGEST]).lower())
    return " ".join(re.sub(r"[^\w%]+", " ", plain).split())
