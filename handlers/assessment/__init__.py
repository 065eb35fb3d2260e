"""The self-assessment (/tudanhgia): filling in, evidence, report, review, approval."""

from aiogram import Router

from handlers.assessment.approval import add as add_approval
from handlers.assessment.changes import add as add_changes
from handlers.assessment.evidence import add as add_evidence
from handlers.assessment.filling import add as add_filling
from handlers.assessment.report import add as add_report
from handlers.filters import IsMember, Private


def build() -> Router:
    """First match wins within each state."""
    router = Router(name="assessment")
    for event in (router.message, router.callback_query):
        event.filter(Private(), IsMember())
    for add in (add_filling, add_evidence, add_report, add_approval, add_changes):
        add(router)
    return router
