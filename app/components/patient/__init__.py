"""The patient's phone: the list of doctors, the join form, the live ticket.

Each page is one Vue element that draws the whole phone, because every NiceGUI element costs memory on
each of many open pages. The same markup is in the first HTML (`splash`), so that it is seen before any
script has run.
"""
