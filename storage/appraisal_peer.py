"""Peer reviews, read as one value and written as what changed in it."""

from decimal import Decimal

from sqlalchemy import Connection, and_, delete, select, update

from bot.domain.appraisal import MovedOn
from bot.domain.appraisal_peer import Opinion, Review, Stance
from storage.appraisal_tables import opinions, peer_reviews
from storage.records import upsert


def find_review(db: Connection, assessment_id: int, unit: str) -> Review | None:
    key = and_(peer_reviews.c.assessment_id == assessment_id, peer_reviews.c.unit == unit)
    row = db.execute(select(peer_reviews).where(key)).first()
    if row is None:
        return None
    wanted = and_(opinions.c.assessment_id == assessment_id, opinions.c.unit == unit)
    given = {
        each.item: Opinion(
            each.item,
            Stance(each.stance),
            None if each.points is None else Decimal(each.points),
            each.text,
            each.person_id,
            each.at,
            each.revision,
        )
        for each in db.execute(select(opinions).where(wanted).order_by(opinions.c.revision))
    }
    return Review(assessment_id, unit, row.version, row.revision, row.opened_at, given, row.handed_at)


def save_review(db: Connection, before: Review, after: Review) -> None:
    if after is before:
        return
    key = {"assessment_id": after.assessment, "unit": after.unit}
    begun = {"version": before.version, "revision": 0, "opened_at": 0}
    db.execute(upsert(db, peer_reviews).values(**key, **begun).on_conflict_do_nothing())
    done = db.execute(
        update(peer_reviews)
        .where(
            peer_reviews.c.assessment_id == after.assessment,
            peer_reviews.c.unit == after.unit,
            peer_reviews.c.revision == before.revision,
        )
        .values(version=after.version, revision=after.revision, opened_at=after.opened_at, handed_at=after.handed_at)
    )
    if done.rowcount != 1:
        raise MovedOn()
    for code in before.opinions.keys() - after.opinions.keys():
        where = and_(
            opinions.c.assessment_id == after.assessment, opinions.c.unit == after.unit, opinions.c.item == code
        )
        db.execute(delete(opinions).where(where))
    for code, given in after.opinions.items():
        if before.opinions.get(code) == given:
            continue
        row = {
            "stance": given.stance.value,
            "points": None if given.points is None else str(given.points),
            "text": given.text,
            "person_id": given.by,
            "at": given.at,
            "revision": given.revision,
        }
        statement = upsert(db, opinions).values(**key, item=code, **row)
        db.execute(statement.on_conflict_do_update(index_elements=[*key, "item"], set_=row))
