"""Names of people as they come: in twelve scripts, with every letter, mark and picture that a print must keep."""

from __future__ import annotations

NAMES = (
    # Latin
    "Élise Côté",
    "Œuvrard Cœur",
    "Łukasz Żółć",
    "Ștefan Țurcanu",
    "Nguyễn Thị Hương",
    "Ngũgĩ wa Thiong’o",
    "Þóra Æsudóttir",
    "Jürgen Groß",
    "Siobhán D'Aoust-O’Neil",
    "Çağla Işık Yılmaz",
    "Dvořák Ľubomír",
    "Nađa Đurđević",
    "Māra Ķēniņa",
    "Kʼicheʼ ǃKung",
    "Ọlábísí Ṣọlá",
    "Marie-Thérèse-Éléonore Andriantsimitoviaminandriandehibe",
    # Greek and Cyrillic
    "Ὀδυσσεύς Παπαδόπουλος",
    "Ελένη Καζαντζή",
    "Дмитро Шевченко",
    "Ђорђе Љубић",
    # From right to left: Arabic and Hebrew
    "مريم بنت يوسف",
    "ليلى بن علي",
    "עברית כהן",
    "נועה לוי",
    # Ethiopic, Armenian, Georgian
    "አበበ በቀለ",
    "ትርሐስ ገብረ",
    "Հայկ Պետրոսյան",
    "ნინო ბერიძე",
    # Devanagari, Thai
    "आरव शर्मा",
    "प्रिया",
    "ธนพร สมชาย",
    # Han and Hangul
    "王小明",
    "陳美玲",
    "김민준",
    # Marks that no composed letter has, and pictures
    "M̄ʉra N̈ele",
    "R̃ay Ŋ̈goni",
    "Chloé 👩‍🌾",
    "Sam 🌻",
    # What a program could take for something else
    "<b>@all</b>",
    '#panic("x") $x$',
)
"""Forty names, all composed (NFC)."""
RIGHT_TO_LEFT = NAMES[20:24]
HOSTILE = ("x" * 20_000, "é" + "\u0301" * 5_000, "ا" * 20_000, '#panic("x")', "$x$", "@all", "\u202eabc")
"""Texts that could take a print out of its bounds, minutes, or its template's commands."""
