"""What a submission is quoted by: a short code, and a hash over every fact that anybody can compute again."""

import hashlib
import json
from typing import Any, Final

from bot.domain.assessment import Assessment
from bot.domain.bloc import Bloc, Content
from bot.domain.calendar import Period
from bot.domain.facts import pack
from bot.domain.folding import fold

_PERIODS: Final = {Period.MID_YEAR: "6T", Period.YEAR_END: "CN"}
CODE_DIGITS: Final = 4


def snapshot(assessment: Assessment) -> dict[str, Any]:
    """Everything that was submitted, as JSON values; the order in which it was given leaves no trace.

    A form without entries has no word of them, so that a hash from before there were any can be worked out again.
    """
    taken = {
        "bloc": assessment.bloc.year,
        "bloc_revision": assessment.bloc.revision,
        "unit": assessment.unit,
        "period": assessment.period.value,
        "answers": {
            f"{code} {part}": [answer.item_version, pack(answer.fact, answer.mark)]
            for (code, part), answer in sorted(assessment.answers.items())
        },
        "evidence": sorted([e.item, e.kind.value, e.title, e.digest] for e in assessment.evidence),
        "explanations": {code: each.text for code, each in sorted(assessment.explanations.items())},
        "sections": {
            section.code: [piece.text for piece in assessment.written(section.code) if piece.kind is Content.TEXT]
            for section in assessment.sections
        },
    }
    entries = {
        section.code: [[piece.kind.value, piece.text, piece.addressee] for piece in listed]
        for section in assessment.sections
        if (listed := [piece for piece in assessment.written(section.code) if piece.kind is not Content.TEXT])
    }
    return {**taken, "entries": entries} if entries else taken


def digest(taken: dict[str, Any], version: int) -> str:
    """SHA-256 (hex) over a snapshot and its version number."""
    body = json.dumps({**taken, "version": version}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


def receipt_code(bloc: Bloc, period: Period, unit: str, hashed: str, digits: int = CODE_DIGITS) -> str:
    """ "KNC-2026-6T-STP-7F3A": bloc, year, period, unit, and the beginning of the hash."""
    return "-".join((initials(bloc.short_name), str(bloc.year), _PERIODS[period], unit, hashed[:digits].upper()))


def initials(name: str) -> str:
    """ "Khối Nội chính - LLVT" as "KNC": first letters up to the first sign, at most six."""
    letters = []
    for word in fold(name).split():
        if not word[0].isalnum():
            break
        letters.append(word if word.isdigit() else word[0].upper())
    return "".join(letters)[:6] or "K"
