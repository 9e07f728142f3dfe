"""Make the database and its queue, then become Daphne, started as the documents start it."""

import os
import sys

import django
from django.core.management import call_command


def fill_queue() -> None:
    from bench.channels_peer.waitingroom.models import Doctor, Patient, WaitingRoomEntry
    from bench.systems import OPEN_ENTRIES

    doctor = Doctor.objects.create(name="Meera Nair")
    for number in range(OPEN_ENTRIES):
        patient = Patient.objects.create(name=f"Patient Number {number}")
        WaitingRoomEntry.objects.create(doctor=doctor, patient=patient)


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.channels_peer.settings"
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    fill_queue()
    daphne = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", os.environ["BENCH_PORT"], "-v", "0"]
    os.execv(sys.executable, [*daphne, "bench.channels_peer.asgi:application"])


if __name__ == "__main__":
    main()
