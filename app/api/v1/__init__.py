"""The first version of the REST interface."""

from app.api.v1 import appointments, entries, queues, session, tickets

ROUTERS = (session.router, tickets.router, queues.router, entries.router, appointments.router)
