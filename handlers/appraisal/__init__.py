"""The appraisal (/thamdinh): the secretariat's side, the unit's own, and its pair's."""

from aiogram import Router

from handlers.appraisal.extension import add as add_extension
from handlers.appraisal.peer import add as add_peer
from handlers.appraisal.secretary import add as add_secretary
from handlers.appraisal.unit import add as add_unit
from handlers.filters import IsMember, Private


def build() -> Router:
    """First match wins within each state."""
    router = Router(name="appraisal")
    for event in (router.message, router.callback_query):
        event.filter(Private(), IsMember())
    for add in (add_secretary, add_peer, add_unit, add_extension):
        add(router)
    return router
