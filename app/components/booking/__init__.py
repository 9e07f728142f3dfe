"""Booking a visit on a phone: find a doctor, choose a time, keep, change and cancel the appointment."""
