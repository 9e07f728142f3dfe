"""The first version of the REST interface."""

from app.api.v1 import appointments, entries, me, queues, session, tickets

ROUTERS = (
    session.router,
    tickets.router,
    me.router,
    queues.router,
    entries.router,
    appointments.router,
)
