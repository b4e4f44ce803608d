"""Reads the benchmark sets into training examples: features, labels and the site of each page."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
from courlan import extract_domain

from cleanpage.arbiter.model import PAGE_TYPES
from cleanpage.pipeline import Evidence, evidence_of_html, evidence_of_text, page_of
from cleanpage.roles import CONTENT_ROLES, ROLE_INDEX, Role
from training.dumps import dump_of, is_dumped
from training.labels import coverage_labels, role_labels, snippet_labels
from training.stray import StrayPage, articles_of, prompts_of, stray_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from training.settings import RoleSource

SETS = ("fundus", "magic-article", "magic-forum", "readability", "trafilatura", "wcxb", "zh")
MORE_ROLES = Path(__file__).parent / "roles.jsonl"
"""Roles of the segments of more pages, in the benchmark's own form; docs/data-sheet.md says how they were labelled."""

SET_WEIGHTS = {"readability": 0.3}
"""Readability's gold is another extractor's output: a teacher, not a truth."""


@dataclass
class Example:
    """One page with its labels.

    Attributes:
        key: 'set/id'.
        digest: SHA-1 of the input, by which a held-out run finds the page's fold.
        sites: Registered domains or publishers it has text from: the unit that cross-validation leaves out.
        evidence: Its page, signals and features.
        main: Share of each block that belongs to the main text; NaN where not known.
        roles: Role index of each block, -1 where not known.
        page_type: Index in PAGE_TYPES, -1 where not known.
        weight: Weight of its main labels.
        gold_word_count: Words of the gold main text.
        role_source: Where its role labels are from.
    """

    key: str
    digest: str
    sites: tuple[str, ...]
    evidence: Evidence
    main: np.ndarray
    roles: np.ndarray
    page_type: int
    weight: float
    gold_word_count: int
    role_source: RoleSource = "scored"


def site_of(name: str, gold: dict[str, Any]) -> str:
    """The site a page is from; its own id where nothing tells."""
    if name == "fundus":
        return "fundus:" + gold["id"].split("_")[0]
    url = gold.get("url") or ""
    if "::" in url:
        url = "https://" + url.partition("::")[2].removesuffix(".html").split("-")[0]
    return extract_domain(url) or urlsplit(url).netloc or f"{name}:{gold['id']}"


def read_gold(data: Path) -> dict[str, dict[str, Any]]:
    """Every gold row by 'set/id'."""
    rows: dict[str, dict[str, Any]] = {}
    for name in SETS:
        for line in (data / name / "gold.jsonl").open(encoding="utf-8"):
            row = json.loads(line)
            row["set"] = name
            rows[f"{name}/{row['id']}"] = row
    return rows


def read_roles(file: Path) -> dict[str, dict[str, Any]]:
    """The labelled pages of a file by 'set/id'."""
    rows = [json.loads(line) for line in file.open(encoding="utf-8")]
    return {f"{row['set']}/{row['id']}": row for row in rows}


def examples(data: Path, bench: Path, *, plain: bool, every: int = 1) -> Iterator[Example]:
    """Makes an example of every benchmark page.

    Args:
        data: Folder of the unpacked sets.
        bench: Folder of the referees and roles.jsonl.
        plain: Flatten pages to plain text, one segment a line.
        every: Take only every n-th page.
    """
    sys.path.insert(0, str(bench))
    from role_referee import expand
    from segments import segments

    scored = read_roles(bench / "roles.jsonl")
    labelled = read_roles(MORE_ROLES) | scored
    golds = list(read_gold(data).items())[::every]
    prompts: list[tuple[str, list[tuple[str, str]]]] = []
    for key, gold in golds:
        html = (data / gold["set"] / "pages" / f"{gold['id']}.html").read_bytes()
        is_labelled = key in labelled
        reference = segments(html) if plain or is_labelled else []
        segment_roles = (
            list(zip(expand(labelled[key]), (text for _, text in reference), strict=True)) if is_labelled else []
        )
        if is_labelled:
            prompts.append((site_of(gold["set"], gold), segment_roles))
        inputs: list[bytes | str] = [html]
        if plain:
            inputs = ["\n".join(text for _, text in reference)]
            if is_dumped(key, is_scored=key in scored) and (page := page_of(html)) is not None:
                inputs.append(dump_of(page, key))
        for given in inputs:
            url = gold.get("url") or ""
            evidence = evidence_of_text(given) if isinstance(given, str) else evidence_of_html(given, url)
            if evidence is not None:
                roles = role_labels(evidence.page.words, segment_roles)
                example = _example(key, digest_of(given), gold, evidence, roles)
                yield example if key in scored else replace(example, role_source="more")
    sites = ((site_of(gold["set"], gold), gold) for _, gold in golds)
    articles = articles_of(sites, has_headings=plain)
    for number, made in enumerate(stray_pages(articles, prompts_of(prompts), plain=plain)):
        yield _stray_example(f"stray/{number}", made)


def _stray_example(key: str, page: StrayPage) -> Example:
    # Whether a headline belongs to the main text is for real pages to say.
    is_unknown = (page.roles < 0) | (page.roles == ROLE_INDEX[Role.TITLE])
    main = np.where(is_unknown, np.nan, page.roles < len(CONTENT_ROLES))
    words = int(sum(np.asarray(page.evidence.page.word_counts) * np.nan_to_num(main)))
    return Example(
        key=key,
        digest="",
        sites=page.sites,
        evidence=page.evidence,
        main=main,
        roles=page.roles,
        role_source="made",
        page_type=-1,
        weight=1.0,
        gold_word_count=words,
    )


def digest_of(page: bytes | str) -> str:
    """The SHA-1 of a page as it is given to cleanpage."""
    return hashlib.sha1(
        page if isinstance(page, bytes) else page.encode("utf-8", "surrogatepass"), usedforsecurity=False
    ).hexdigest()


def _example(key: str, digest: str, gold: dict[str, Any], evidence: Evidence, roles: list[str]) -> Example:
    page = evidence.page
    role_ids = np.array([ROLE_INDEX[Role(role)] if role else -1 for role in roles])
    if gold.get("main") is None:
        main = snippet_labels(page.texts, gold.get("with") or [], gold.get("without") or [])
        is_known = role_ids >= 0
        is_text = np.isin(role_ids, [ROLE_INDEX[Role.TEXT], ROLE_INDEX[Role.HEADING]])
        is_boilerplate = role_ids >= len(CONTENT_ROLES)
        main = np.where(np.isnan(main) & is_known & is_text, 1.0, main)
        main = np.where(np.isnan(main) & is_known & is_boilerplate, 0.0, main)
        gold_words = int(sum(count for count, label in zip(page.word_counts, main, strict=True) if label == 1))
    else:
        main = coverage_labels(page.words, gold["main"])
        gold_words = int(sum(np.asarray(page.word_counts) * main))
    page_type = gold.get("page_type")
    is_typed = gold["set"] == "wcxb" and page_type in PAGE_TYPES
    return Example(
        key=key,
        digest=digest,
        sites=(site_of(gold["set"], gold),),
        evidence=evidence,
        main=main,
        roles=role_ids,
        page_type=PAGE_TYPES.index(page_type) if is_typed else -1,
        weight=SET_WEIGHTS.get(gold["set"], 1.0),
        gold_word_count=gold_words,
    )
