from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bench.channels_peer.waitingroom.models import Doctor


def patient_waiting_room_view(request: HttpRequest) -> HttpResponse:
    doctors = Doctor.objects.all().order_by("name")
    return render(request, "waitingroom/patient_waiting_room.html", {"doctors": doctors})
