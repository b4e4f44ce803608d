"""Detection of the charset of bytes that do not say it, or do not keep what they say.

Bytes above 127 that stand alone between ASCII letters are a Latin script: the charset is then the one that turns them
into the letters of one language's alphabet. Long runs of them are another script. Chinese, Japanese and Korean show in
their most frequent characters, which the wrong charset does not make; the rest charset_normalizer tells apart, told
which charsets the web has.

Measured on 344 pages of 150 and 800 characters, made of the Universal Declaration of Human Rights in 43 pairs of
language and charset: 99.7 % decoded without a fault. bs4's UnicodeDammit asks whichever detector is installed, so that
its answer depends on the machine: 62 % with chardet 5, 81 % with charset_normalizer, which by itself takes the first of
the Latin charsets that look alike to it.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from cleanpage.charsets import MAX_DAMAGED_SHARE, WESTERN

MAX_LATIN_RUN_SHARE: Final = 0.5
"""Share of the bytes above 127 that stand in runs of three or more, up to which they are a Latin script's: at most 0.32
(Vietnamese) in 25 pairs of a Latin-script language and its charset, at least 0.77 in 18 pairs of others."""

MIN_DOUBT_BYTE_COUNT: Final = 32
"""Bytes above 127 below which a declared Western charset is not put in doubt: a list of a few accented letters has long
runs as well."""

MIN_ALPHABET_SHARE: Final = 0.95
MIN_ALPHABET_GAIN: Final = 0.2
"""A declared Western charset is in doubt if another one makes at least this share of the bytes letters of one alphabet,
and that is so much more than Windows-1252 makes. No text in one of the 130 languages of the Declaration that can be
written in Windows-1252 reaches both (closest: 0.92 and 0.31, 0.99 and 0.01)."""

SAMPLE_SIZE: Final = 16_384
"""Bytes of text that detection looks at."""

SEGMENT: Final = re.compile(rb"(?:^|>)[^<>\n\x80-\xff]*+([\x80-\xff][^<>\n]*+)", re.MULTILINE)
"""Text from its first byte above 127 to the next tag or line end, neither of which can be inside a character."""

REPEATED: Final = re.compile(rb"([\x80-\xff])\1+")
RUN: Final = re.compile(rb"[\x80-\xff]{3,}")
HIGH: Final = re.compile(rb"[\x80-\xff]+")

HAN: Final = "的一是不了在人有我他中上大和地到以要就出可也你生能而子那得自之年作"
"""The most frequent Chinese characters that are written alike everywhere (Jun Da's list, lingua.mtsu.edu)."""

FREQUENT: Final = {
    "gb18030": (f"{HAN}这个们来为国说时会对于着下过发后里", 0.31),
    "big5hkscs": (f"{HAN}這個們來為國說時會對於著下過發後裡", 0.31),
    "cp932": ("ぁ-んァ-ヶー", 0.48),
    "euc_jp": ("ぁ-んァ-ヶー", 0.48),
    "cp949": ("이다의는에을가고를은하지로사기도인한서어자나리대시정아해으라", 0.42),
}
"""The most frequent characters of the language of a charset, and their usual share of its characters beyond ASCII."""

MIN_FREQUENT_SHARE: Final = 0.2
"""Of this usual share, so much must be there. Pages in the charset's language have at least 0.23 (47 pages of the
benchmark), other scripts read in the charset without damage at most 0.15."""

OTHER_SCRIPTS: Final = (
    "gb18030 big5hkscs cp932 euc_jp euc_jis_2004 cp949 cp1251 koi8_r koi8_u iso8859_5 cp866 cp1253 iso8859_7 cp1255 "
    "cp1256 cp874 cp1252"
).split()
"""What charset_normalizer may answer; Windows-1252 for lists of accented letters."""

CENTRAL_EUROPEAN: Final = (
    "ąćęłńóśźż",  # Polish
    "áčďéěíňóřšťúůýž",  # Czech
    "áäčďéíĺľňóôŕšťúýž",  # Slovak
    "áéíóöőúüű",  # Hungarian
    "ăâîşţ",  # Romanian
    "čćđšž",  # Croatian, Slovene
)
ALPHABETS: Final = {
    "cp1252": (
        "äöüß",  # German
        "àâæçèéêëîïôœùûüÿ",  # French
        "áéíñóúüªº",  # Spanish
        "áàâãçéêíóòôõú",  # Portuguese
        "àèéìíîòóùú",  # Italian
        "àáäèéêëïóöü",  # Dutch
        "åäöé",  # Swedish
        "æøåéó",  # Danish, Norwegian
        "áðéíóúýþæö",  # Icelandic
        "àçèéíïòóúü·",  # Catalan
        "äöõüšž",  # Estonian, Finnish
        "çë",  # Albanian
    ),
    "iso8859-15": ("àâæçèéêëîïôœùûüÿ", "äöõüšž"),  # French, Estonian and Finnish: what ISO-8859-1 lacked
    "cp1250": CENTRAL_EUROPEAN,
    "iso8859-2": CENTRAL_EUROPEAN,
    "cp1254": ("çğ\u0131öşüâîûi\u0307",),  # Turkish; the dot is what lower() leaves of İ
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),  # Lithuanian, Latvian, Estonian
    "cp1258": ("àáâãèéêìíòóôõùúýăđĩũơư\u0300\u0301\u0303\u0309\u0323",),  # Vietnamese, tones as combining marks
}
"""The lower-case letters beyond a-z of the languages that each charset was made for (CLDR, exemplar characters); the
likeliest charset first, as it wins a draw."""

WORD_MARKS: Final = frozenset("\u2019\u2018\u02bc\u00b7\u00ad\u2011\u2013")
"""What may stand inside a word without being a letter of it: apostrophes, the Catalan dot, hyphens."""

NEVER_MEANT: Final = frozenset("\ufffd\xa4")
"""What the wrong charset makes: nothing at all, or the currency sign where ISO-8859-15 has the euro."""


def detect(data: bytes) -> str:
    """The codec that reads undeclared bytes best.

    Args:
        data: A page that is not UTF-8.

    Returns:
        The name of a Python codec; Windows-1252 if nothing speaks for any.
    """
    sample = _sample(data)
    if _run_share(sample) <= MAX_LATIN_RUN_SHARE:
        return max(ALPHABETS, key=lambda codec: _alphabet_score(sample, codec))
    best_share, codec = max((_frequent_share(sample, codec), codec) for codec in FREQUENT)
    if best_share >= MIN_FREQUENT_SHARE:
        return codec
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=list(OTHER_SCRIPTS), preemptive_behaviour=False).best()
    return best.encoding if best else "cp1252"


def is_doubtful(data: bytes, codec: str) -> bool:
    """Whether the bytes of a page speak against the charset that it claims to have.

    Args:
        data: A page that is not UTF-8.
        codec: The codec of that charset.

    Returns:
        True if a Western European charset would have to be another script or another alphabet, or an East Asian one
        another language's. Of other charsets always False: nobody declares them without a reason.
    """
    if codec not in WESTERN and codec not in FREQUENT:
        return False
    sample = _sample(data)
    high_count = sum(map(len, HIGH.findall(sample)))
    if high_count < MIN_DOUBT_BYTE_COUNT:
        return False
    if codec in FREQUENT:
        shares = {other: _frequent_share(sample, other) for other in FREQUENT}
        return shares[codec] < MIN_FREQUENT_SHARE <= max(shares.values())
    if _run_share(sample) > MAX_LATIN_RUN_SHARE:
        return True
    scores = {other: _alphabet_score(sample, other) / high_count for other in ALPHABETS}
    best = max(score for other, score in scores.items() if other not in WESTERN)
    return best >= MIN_ALPHABET_SHARE and best - scores["cp1252"] >= MIN_ALPHABET_GAIN


def _sample(data: bytes) -> bytes:
    """The start of the text that is not ASCII, without tags."""
    sample = bytearray()
    for match in SEGMENT.finditer(data):
        text = match[1]
        if len(text) > SAMPLE_SIZE:
            text = text[:SAMPLE_SIZE].rpartition(b" ")[0]  # a space is never half a character
        sample += text + b"\n"
        if len(sample) >= SAMPLE_SIZE:
            break
    return bytes(sample)


def _run_share(sample: bytes) -> float:
    """Share of the bytes above 127 that stand in runs; repeated signs (spaces, bullets, rules) count once."""
    single = REPEATED.sub(rb"\1", sample)
    high_count = sum(map(len, HIGH.findall(single)))
    return sum(map(len, RUN.findall(single))) / (high_count or 1)


def _alphabet_score(sample: bytes, codec: str) -> int:
    """How many characters beyond ASCII are letters of the charset's best language, less those that are out of place."""
    text = sample.decode(codec, "replace").lower()
    counts: Counter[str] = Counter()
    misplaced_count = 0
    for match in re.finditer(r"[^\x00-\x7f]", text):
        character, start = match[0], match.start()
        if character.isalpha() or "\u0300" <= character <= "\u0323":
            counts[character] += 1
        elif (
            character < "\xa0"
            or character in NEVER_MEANT
            or (
                character not in WORD_MARKS
                and text[start - 1 : start].isalpha()
                and text[start + 1 : start + 2].isalpha()
            )
        ):
            misplaced_count += 1
    known_count = max(sum(counts[letter] for letter in alphabet) for alphabet in ALPHABETS[codec])
    return 2 * known_count - counts.total() - misplaced_count


def _frequent_share(sample: bytes, codec: str) -> float:
    """How near a text comes to the usual share of the language's frequent characters; 0 if it is not in the charset."""
    text = sample.decode(codec, "replace")
    characters, usual_share = FREQUENT[codec]
    beyond_count = len(text) - len(text.encode("ascii", "ignore"))
    if not beyond_count or text.count("\ufffd") > MAX_DAMAGED_SHARE * beyond_count:
        return 0.0
    return len(re.findall(f"[{characters}]", text)) / beyond_count / usual_share
