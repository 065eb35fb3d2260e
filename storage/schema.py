"""Every table of the product: importing this module registers them all on one metadata."""

from storage import (
    appraisal,
    assessment,
    broadcasts,
    catalogue,
    contact,
    deliveries,
    fsm,
    handins,
    inbox,
    people,
    questions,
)
from storage.tables import metadata

__all__ = [
    "appraisal",
    "assessment",
    "broadcasts",
    "catalogue",
    "contact",
    "deliveries",
    "fsm",
    "handins",
    "inbox",
    "metadata",
    "people",
    "questions",
]
