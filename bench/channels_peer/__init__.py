"""The system MediQueue replaces, as its documents describe it: Django, Channels in memory, Daphne.

`python -m bench.channels_peer` makes its database and then runs Daphne on the documents' ASGI application.
"""
