"""The operator's import: open forms go on in the same transaction, and their people are told."""

from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from bot.app import opened, plan_import
from bot.config import Settings
from bot.content.read import sample_path
from bot.domain.assessment import Stage
from bot.domain.calendar import Period
from bot.domain.criteria import Rate
from bot.domain.people import Role
from bot.usecases.assessment import load, stand
from storage.deliveries import deliveries
from tests.conftest import SPRING


def test_an_import_of_changed_criteria_brings_the_drafts_along(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", bot_token="123456:" + "A" * 35)
    file = tmp_path / "khoi.yaml"
    text = sample_path().read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    plan_import(settings, file).apply()
    with opened(settings) as store, store.work(SPRING) as work:
        person = work.people.add(11, "Lan", "vi")
        work.people.join(person.id, "STP", Role.LIAISON, None)
        form = load(work, work.assessments.start("STP", Period.MID_YEAR, 1, person.id), for_change=True)
        after = form.give("TC1.5", "1", Rate(percent=Decimal(96)), made_for=0, by=person.id, at=SPRING)
        work.assessments.save(form, after)
    file.write_text(text.replace("Tính tỷ lệ đơn giải quyết đúng hạn.", "Tính cả đơn quá hạn."), encoding="utf-8")
    for _ in range(2):
        assert plan_import(settings, file).apply().revision == 2
    with opened(settings) as store, store.reading(SPRING) as work:
        standing = stand(work, load(work, form.id))
        assert standing.to_confirm == (("TC1.5", "1"),) and standing.assessment.stage is Stage.DRAFT
        notices = work.connection.execute(select(deliveries.c.notice)).scalars().all()
        assert len(notices) <= 1, "one notice where the period is still open by the real calendar"
