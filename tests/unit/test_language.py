"""Tests of cleanpage.language: which language a page, a block and a short text are in."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage.language import FOREIGN_CONFIDENCE, identify, identify_text, profiles, scoring, second_opinion, verdict
from cleanpage.language.codes import declared_language, iso_code
from cleanpage.language.scoring import MAX_CHARACTER_COUNT, Reading
from cleanpage.language.scripts import (
    ARABIC,
    COMMON,
    CYRILLIC,
    HAN,
    KANA,
    LAST_CODE_POINT,
    LATIN,
    SCRIPTS,
    SHARED,
    script_of,
    script_table,
)
from cleanpage.page import Head, Page
from cleanpage.roles import Kind

SENTENCES = {
    "en": "The council decided on Tuesday that the old bridge over the river would be closed to lorries until spring.",
    "de": "Der Gemeinderat hat beschlossen, dass die alte Brücke bis zum Frühjahr für Lastwagen gesperrt bleibt.",
    "fr": "Le conseil a décidé mardi que le vieux pont sur la rivière resterait fermé aux camions jusqu'au printemps.",
    "nl": "De gemeenteraad besloot dinsdag dat de oude brug over de rivier tot het voorjaar dicht blijft.",
    "es": "El ayuntamiento decidió el martes que el viejo puente sobre el río quedará cerrado a los camiones.",
    "it": "Il consiglio ha deciso martedì che il vecchio ponte sul fiume resterà chiuso ai camion fino alla primavera.",
    "pt": "A câmara decidiu na terça-feira que a velha ponte sobre o rio ficará fechada aos camiões até à primavera.",
    "pl": "Rada miasta zdecydowała we wtorek, że stary most na rzece pozostanie zamknięty dla ciężarówek do wiosny.",
    "cs": "Zastupitelstvo v úterý rozhodlo, že starý most přes řeku zůstane do jara uzavřen pro nákladní automobily.",
    "sv": "Kommunfullmäktige beslutade i tisdags att den gamla bron över ån förblir stängd för lastbilar till våren.",
    "fi": "Kaupunginvaltuusto päätti tiistaina, että joen ylittävä vanha silta pysyy suljettuna kevääseen.",
    "hu": "A tanács kedden úgy döntött, hogy a folyón átívelő régi híd tavaszig zárva marad a teherautók előtt.",
    "tr": "Belediye meclisi salı günü nehrin üzerindeki eski köprünün kamyonlara kapalı kalmasına karar verdi.",
    "vi": "Hội đồng thành phố quyết định hôm thứ Ba rằng cây cầu cũ bắc qua sông sẽ đóng cửa với xe tải đến mùa xuân.",
    "is": "Bæjarstjórnin ákvað á þriðjudaginn að gamla brúin yfir ána yrði lokuð vörubílum fram á vor.",
    "eu": "Udalak asteartean erabaki zuen ibaiaren gaineko zubi zaharra kamioientzat itxita egongo dela.",
    "ru": "Городской совет решил во вторник, что старый мост через реку останется закрытым для грузовиков до весны.",
    "uk": "Міська рада вирішила у вівторок, що старий міст через річку залишиться закритим для вантажівок до весни.",
    "bg": "Общинският съвет реши във вторник старият мост над реката да остане затворен за камиони до пролетта.",
    "ar": "قرر المجلس البلدي يوم الثلاثاء أن يبقى الجسر القديم فوق النهر مغلقا أمام الشاحنات حتى فصل الربيع.",
    "fa": "شورای شهر روز سه‌شنبه تصمیم گرفت که پل قدیمی روی رودخانه تا بهار به روی کامیون‌ها بسته بماند.",
    "hi": "नगर परिषद ने मंगलवार को फैसला किया कि नदी पर बना पुराना पुल वसंत तक ट्रकों के लिए बंद रहेगा।",
    "el": "Το δημοτικό συμβούλιο αποφάσισε την Τρίτη ότι η παλιά γέφυρα θα μείνει κλειστή για φορτηγά ως την άνοιξη.",
    "he": "מועצת העיר החליטה ביום שלישי שהגשר הישן מעל הנהר יישאר סגור למשאיות עד האביב.",
    "th": "สภาเมืองมีมติเมื่อวันอังคารว่าสะพานเก่าข้ามแม่น้ำจะปิดไม่ให้รถบรรทุกผ่านจนถึงฤดูใบไม้ผลิ",
    "ko": "시의회는 화요일 강을 가로지르는 낡은 다리를 봄까지 트럭에 대해 폐쇄하기로 결정했다.",
    "ja": "市議会は火曜日、川にかかる古い橋を春までトラック通行止めとすることを決めた。",
    "zh": "市议会星期二决定，河上的旧桥将对卡车关闭至春天。",
}
NO_LANGUAGE_TEXTS = (
    "",
    " ",
    "a",
    "12 345",
    "★★★★☆ → 4/5",
    "🙂🙂 🙂",
    "OK",
    "Home",
    "\ud800",
    "\x00",
    "https://example.com/a-b-c d@e.org",
)


def make_page(
    texts: list[str], *, language: str = "", kinds: list[Kind] | None = None, link_char_counts: list[int] | None = None
) -> Page:
    """A page that declares a language; its blocks are paragraphs without links unless told."""
    return Page(
        texts=texts,
        kinds=kinds or [Kind.PARAGRAPH] * len(texts),
        link_char_counts=link_char_counts or [0] * len(texts),
        head=Head(language=language),
    )


@pytest.mark.parametrize("language", SENTENCES)
def test_sentence_is_named(language: str) -> None:
    """A sentence is named without any hint."""
    found, confidence = identify_text(SENTENCES[language])
    assert found == language
    assert confidence > FOREIGN_CONFIDENCE


@pytest.mark.parametrize("language", [code for code in SENTENCES if code not in ("zh", "ja", "th")])
def test_page_language_wins_on_few_words(language: str) -> None:
    """Four words of the page's language are never taken for another one."""
    words = SENTENCES[language].split()
    for start in range(len(words) - 3):
        text = " ".join(words[start : start + 4])
        assert identify_text(text, prior=language)[0] == language, text


@pytest.mark.parametrize("prior", ["en", "fr", "de", "ru", "ja", "is"])
@pytest.mark.parametrize("language", SENTENCES)
def test_foreign_sentence_is_certain(language: str, prior: str) -> None:
    """A whole sentence in another language than the page's is found, with a confidence that detectors may trust."""
    found, confidence = identify_text(SENTENCES[language], prior=prior)
    assert found == language
    if language != prior:
        assert confidence >= FOREIGN_CONFIDENCE


@pytest.mark.parametrize(
    ("text", "prior", "language"),
    [
        ("Maak gratis een profiel aan en lees verder", "fr", "nl"),
        ("Melden Sie sich an, um weiterzulesen", "es", "de"),
        ("Inscrivez-vous à notre lettre d'information", "en", "fr"),
        ("Crea una cuenta gratis para seguir leyendo", "de", "es"),
        ("Create your free account to keep reading", "pl", "en"),
        ("Get Our Free Newsletter In Your Inbox Daily", "de", "en"),
        ("SUBSCRIBE TO OUR NEWSLETTER AND NEVER MISS A STORY", "fr", "en"),
        ("Sign in to continue reading this article", "ja", "en"),
        ("Войдите, чтобы читать дальше", "en", "ru"),
        ("登录后继续阅读全文", "en", "zh"),
    ],
)
def test_foreign_prompt_is_certain(text: str, prior: str, language: str) -> None:
    """A prompt in another language is found, whatever its capitals."""
    found, confidence = identify_text(text, prior=prior)
    assert found == language
    assert confidence >= FOREIGN_CONFIDENCE


@pytest.mark.parametrize(
    ("text", "prior"),
    [
        ("Giovanni Bertolini und Aoife Ní Dhomhnaill", "de"),
        ("Katarzyna Wójcik, Lars Øystein Håkonsen", "en"),
        ("Galaxy Ultra Pro Max 512GB Titanium", "fr"),
        ("Software-Update für Smartphones und Tablets", "de"),
        ("Los Robles, Santa Rosalía", "en"),
        ("iPad Air Pro Max を発売", "ja"),
        ("Windows Server Cloud", "ru"),
        ("東京都知事選挙立候補者一覧", "ja"),
        ("von oben\nvon oben\nvon oben\nvon oben", "de"),
    ],
)
def test_names_and_terms_are_not_foreign(text: str, prior: str) -> None:
    """Names, brands and loan words carry the page's language or none."""
    found, confidence = identify_text(text, prior=prior)
    assert found in ("", prior) or confidence < FOREIGN_CONFIDENCE


@pytest.mark.parametrize("prior", ["", "en", "ja", "ru"])
@pytest.mark.parametrize("text", NO_LANGUAGE_TEXTS)
def test_too_little_text_carries_no_language(text: str, prior: str) -> None:
    """Numbers, symbols, addresses and single words are in no language."""
    assert identify_text(text, prior=prior) == ("", 0.0)


def test_chinese_needs_length_on_a_japanese_page() -> None:
    """Ideographs without kana are Japanese on a Japanese page, until there are enough of them to be sure."""
    assert identify_text("臨時総会", prior="ja")[0] == "ja"
    language, confidence = identify_text("本报记者昨天从有关部门获悉这个消息", prior="ja")
    assert language == "zh"
    assert confidence >= FOREIGN_CONFIDENCE


def test_ornamental_kana_is_chinese() -> None:
    """The の on Chinese shop signs does not make a line Japanese."""
    assert identify_text("阳光の味道，温暖的家")[0] == "zh"


def test_identify_fills_the_columns() -> None:
    """Every block of a page gets a language and a confidence; the page gets the one of its prose."""
    page = make_page(
        [SENTENCES["fr"], "12.03.", SENTENCES["nl"], "Le maire a promis des travaux rapides.", SENTENCES["fr"]]
    )
    identify(page)
    assert page.language == "fr"
    assert list(page.block_languages) == ["fr", "", "nl", "fr", "fr"]
    assert page.block_language_confidences[1] == 0.0
    assert page.block_language_confidences[2] >= FOREIGN_CONFIDENCE
    assert all(0 <= confidence <= 1 for confidence in page.block_language_confidences)


@pytest.mark.parametrize("declared", ["", "en-US", "xx", "nonsense"])
@pytest.mark.parametrize("language", SENTENCES)
def test_page_language_is_that_of_the_text(language: str, declared: str) -> None:
    """What a template declares does not outweigh the text, also in languages that have no profile."""
    page = make_page([SENTENCES[language]] * 4, language=declared)
    identify(page)
    assert page.language == language
    assert set(page.block_languages) == {language}


def test_page_language_is_that_of_most_running_text() -> None:
    """On a bilingual page the longer part wins, whatever is declared; links do not vote."""
    texts = [SENTENCES["de"], SENTENCES["en"], SENTENCES["de"], SENTENCES["de"], SENTENCES["en"], SENTENCES["de"]]
    links = [SENTENCES["it"]] * 6
    for declared in ("de", "en", "it", ""):
        page = make_page(
            links + texts, language=declared, link_char_counts=[len(text) for text in links] + [0] * len(texts)
        )
        identify(page)
        assert page.language == "de"
        assert page.block_languages[7] == "en"
        assert page.block_languages[0] == "it"


def test_code_neither_votes_nor_has_a_language() -> None:
    """A listing is in no language, however long its comments."""
    listing = "# the loop below reads every line of the file and prints those that hold the given word"
    page = make_page([listing] * 9 + [SENTENCES["sv"]] * 3, kinds=[Kind.CODE] * 9 + [Kind.PARAGRAPH] * 3)
    identify(page)
    assert page.language == "sv"
    assert page.block_languages[0] == ""
    assert page.block_language_confidences[0] == 0.0


@pytest.mark.parametrize(
    ("texts", "declared", "language"),
    [
        ([], "fr", ""),
        (["404"], "fr", "fr"),
        (["404"], "", ""),
        (["Seite nicht gefunden"], "de", "de"),
        (["Seite nicht gefunden", "Zurück zur Startseite"], "en", "de"),
        (["Страница удалена, вернитесь на главную"], "en", "ru"),
        (["ページが見つかりません"], "en", "ja"),
    ],
)
def test_page_with_a_few_words(texts: list[str], declared: str, language: str) -> None:
    """With little text the declared language decides, unless the words are clearly in another one."""
    page = make_page(texts, language=declared)
    identify(page)
    assert page.language == language
    assert len(page.block_languages) == len(page.block_language_confidences) == len(texts)


def test_close_relatives_follow_the_declaration() -> None:
    """Serbian in Latin letters reads like Croatian: the page's own word decides, and its blocks are not foreign."""
    text = "Gradsko veće je u utorak odlučilo da stari most preko reke ostane zatvoren za kamione do proleća."
    page = make_page([text] * 4, language="sr-Latn")
    identify(page)
    assert page.language == "sr"
    assert set(page.block_languages) == {"sr"}


def test_page_and_text_agree() -> None:
    """A block is judged alike on a page and alone."""
    texts = [SENTENCES["en"]] * 5 + list(SENTENCES.values()) + ["Paolo Rossi", "Read more", "Notify me of new comments"]
    page = make_page(texts)
    identify(page)
    assert page.language == "en"
    alone = [identify_text(text, prior="en") for text in texts]
    assert list(zip(page.block_languages, page.block_language_confidences, strict=True)) == alone


def test_second_opinions_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page full of foreign lines costs no more than the limit; the longest are asked about, each once."""
    asked: list[str] = []
    asks = "scores" if second_opinion.KERNEL is not None else "log_likelihoods"
    tell = getattr(second_opinion, asks)

    def told(text: str) -> Any:
        asked.append(text)
        return tell(text)

    monkeypatch.setattr(second_opinion, asks, told)
    short = "Maak een profiel aan en lees verder"
    sentence = SENTENCES["nl"]
    long = [f"{sentence[:100]} {number}" for number in range(100, 98 + verdict.MAX_SECOND_OPINIONS)]
    judged = verdict.judge(Reading([short] * 9 + long + [sentence[:90]] * 2 + [sentence[:80]]), "fr", LATIN)
    assert asked == [*long, sentence[:90]]
    assert judged.languages == ["fr"] * 9 + ["nl"] * (len(long) + 2) + ["fr"]


@given(st.lists(st.text(max_size=300), max_size=8), st.sampled_from(["", "en", "ja", "ru", "is", "zz"]))
def test_any_page_is_identified(texts: list[str], declared: str) -> None:
    """Whatever the texts, every block gets a code or '', and a confidence that fits; a second time the same."""
    page = make_page(texts, language=declared)
    identify(page)
    first = page.language, page.block_languages, page.block_language_confidences
    assert len(page.block_languages) == len(page.block_language_confidences) == len(texts)
    for language, confidence in zip(page.block_languages, page.block_language_confidences, strict=True):
        assert len(language) == (2 if language else 0)
        assert 0 < confidence <= 1 if language else confidence == 0
    identify(page)
    assert (page.language, page.block_languages, page.block_language_confidences) == first


@given(st.text(max_size=400), st.sampled_from(["", "de", "zh", "sr", "eu", "bo"]))
def test_any_text_is_identified(text: str, prior: str) -> None:
    """Whatever the text and the prior, there is a code or '', and a confidence that fits."""
    language, confidence = identify_text(text, prior=prior)
    assert len(language) == (2 if language else 0)
    assert 0 < confidence <= 1 if language else confidence == 0


def test_other_process_finds_the_same() -> None:
    """Neither hashing nor the order of loading changes a verdict."""
    texts = [SENTENCES[language][:40] for language in ("uk", "is", "fa", "nl", "en")]
    program = (
        "import json, sys\nfrom cleanpage.language import identify_text\n"
        "print(json.dumps([identify_text(text, prior='fr') for text in json.loads(sys.argv[1])]))"
    )
    result = subprocess.run([sys.executable, "-c", program, json.dumps(texts)], capture_output=True, check=True)
    assert [tuple(found) for found in json.loads(result.stdout)] == [identify_text(text, prior="fr") for text in texts]


def test_threads_find_the_same() -> None:
    """Threads that load the profiles at the same time find what one finds."""
    expected = [identify_text(text, prior="en") for text in SENTENCES.values()]
    profiles.load.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: identify_text(text, prior="en"), SENTENCES.values()))
    assert found == expected


def naive_bayes(text: str, script: int) -> list[float]:
    """What profiles and scoring do with tables, done gram by gram."""
    scores = []
    for language in SHARED[script]:
        data = json.loads((resources.files("langdetect") / "profiles" / language).read_bytes())
        counts: dict[str, int] = {}
        for gram, count in data["freq"].items():
            small = gram.lower()
            counts[small] = counts.get(small, 0) + count
        total = 0.0
        for word in text.lower().split():
            padded = f" {word} "
            for end in range(2, len(padded) + 1):
                for size, weight in enumerate(profiles.ORDER_WEIGHTS, 1):
                    gram = padded[max(end - size, 0) : end]
                    if len(gram) == size and gram != " " and gram in KNOWN_GRAMS[script]:
                        probability = counts.get(gram, 0) / data["n_words"][size - 1]
                        total += weight * math.log(probability + profiles.UNSEEN_PROBABILITY)
        scores.append(total)
    return scores


def known_grams(script: int) -> set[str]:
    """All n-grams that a profile of the script's languages holds."""
    files = [resources.files("langdetect") / "profiles" / language for language in SHARED[script]]
    return {gram.lower() for file in files for gram in json.loads(file.read_bytes())["freq"]}


KNOWN_GRAMS = {script: known_grams(script) for script in (LATIN, CYRILLIC)}


@pytest.mark.parametrize(
    ("text", "script"),
    [("Die alte Brücke bleibt zu", LATIN), ("the old bridge", LATIN), ("Старый мост закрыт до весны", CYRILLIC)],
)
def test_scores_are_the_naive_bayes_sums(text: str, script: int) -> None:
    """The tables give the sum of the n-grams' log-probabilities, but for the rounding to steps."""
    expected = np.array(naive_bayes(text, script))
    found = Reading([text]).scores(script)[0]
    rounding = (len(text) + 1) / profiles.STEPS_PER_NAT / 2
    assert np.abs((found - found.max()) - (expected - expected.max())).max() <= rounding


def test_neighbours_do_not_change_a_score() -> None:
    """No n-gram reaches from one block into the next."""
    texts = [SENTENCES["pl"], "x", "", SENTENCES["fi"], SENTENCES["ru"]]
    together = Reading(texts).scores(LATIN)
    for index, text in enumerate(texts):
        assert (together[index] == Reading([text]).scores(LATIN)[0]).all()


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is scored piece by piece gets the same scores and letter counts as one that is scored at once."""
    texts = [*SENTENCES.values(), "", "x", *SENTENCES.values()]
    whole = Reading(texts)
    scores = whole.scores(LATIN)
    monkeypatch.setattr(scoring, "CHUNK_LENGTH", 256)
    pieces = Reading(texts)
    assert (pieces.scores(LATIN) == scores).all()
    assert (pieces.weights == whole.weights).all()


def test_lanes_hold_the_longest_block() -> None:
    """The largest sum of one block stays below what a lane holds, so that no language spills into its neighbour."""
    assert (MAX_CHARACTER_COUNT + 1) * profiles.MAX_STEPS < 1 << profiles.LANE_BITS
    # Devanagari letters that fall into two when they are normalised.
    assert len(Reading(["क़" * 500]).texts[0]) <= MAX_CHARACTER_COUNT


@pytest.mark.parametrize("script", SHARED)
def test_tables_hold_every_language(script: int) -> None:
    """The tables fit the numbers that index them, and no language has an empty profile."""
    table = profiles.load(script)
    assert table.languages == SHARED[script]
    assert table.letters.max() < 1 << profiles.LETTER_BITS
    assert table.rows.max() < len(table.steps)
    lanes = table.steps.view(f"<u{profiles.LANE_BITS // 8}")[:, : len(table.languages)]
    assert (lanes == 0).any(axis=0).all()


def test_reading_drops_addresses_and_invisible_characters() -> None:
    """Addresses are no words; soft hyphens do not cut one; marks are composed."""
    reading = Reading(["see https://example.com/path?q=1 or me@example.com", "Brü\u00adcke", "Bru\u0308cke"])
    assert reading.texts[0].split() == ["see", "or"]
    assert reading.texts[1:] == ["Brücke", "Brücke"]
    assert reading.word_counts.tolist() == [2, 1, 1]


def test_reading_counts_scripts_and_words() -> None:
    """The main script is the one with the most weight; scripts without spaces count words by characters."""
    reading = Reading(["Galaxy Ultra を発売しました", "новый Galaxy Ultra уже здесь", "12 + 34", "我们的城市很大"])
    assert reading.scripts.tolist() == [KANA, CYRILLIC, COMMON, HAN]
    assert reading.word_counts.tolist()[1:] == [5, 0, pytest.approx(7 / 1.5)]


def test_script_ranges_hold_letters_only() -> None:
    """Punctuation and digits are of no script, and every script has letters."""
    table = script_table()
    assert {int(table[ord(character)]) for character in "0 .,;:!?-–«»„“؟،۔।。、「」·×÷•٣५\u200c"} == {COMMON}
    assert set(np.unique(table).tolist()) == set(range(len(SCRIPTS)))
    assert table[LAST_CODE_POINT] == COMMON
    assert all(letter.isalpha() for code in np.flatnonzero(table == LATIN).tolist() if (letter := chr(code)))


@pytest.mark.parametrize(
    ("language", "script"), [("", COMMON), ("en", LATIN), ("eu", LATIN), ("sr", CYRILLIC), ("ps", ARABIC), ("ja", KANA)]
)
def test_script_of_language(language: str, script: int) -> None:
    """A language has the script that pages write it in; Latin where nothing else is known."""
    assert script_of(language) == script


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "en"),
        ("pt-BR", "pt"),
        ("zh_CN", "zh"),
        (" DE ", "de"),
        ("nb-NO", "no"),
        ("fil", "tl"),
        ("cmn-Hans", "zh"),
        ("en, fr", "en"),
        ("gsw", ""),
        ("english", ""),
        ("", ""),
        ("{{ lang }}", ""),
    ],
)
def test_iso_code(tag: str, code: str) -> None:
    """Tags fold into ISO 639-1; what names no such language is ''."""
    assert iso_code(tag) == code


def test_declared_language_prefers_the_html_element() -> None:
    """``<html lang>`` first, then og:locale and the like."""
    assert declared_language(Head(language="fr-BE", meta={"og:locale": "nl_BE"})) == "fr"
    assert declared_language(Head(meta={"content-language": "sv", "og:locale": "fi_FI"})) == "fi"
    assert declared_language(Head(language="{{lang}}", meta={"content-language": "sv"})) == "sv"
    assert declared_language(Head()) == ""


def test_second_opinion_is_sorted_and_folded() -> None:
    """py3langid's labels come as ISO 639-1 codes, the likeliest first."""
    opinions = second_opinion.log_likelihoods(SENTENCES["is"])
    assert next(iter(opinions)) == "is"
    assert list(opinions.values()) == sorted(opinions.values(), reverse=True)
    assert all(len(language) == 2 for language in opinions)
    assert "nn" not in opinions
