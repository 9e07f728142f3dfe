from django.urls import path

from bench.channels_peer.waitingroom import views

urlpatterns = [path("join-queue/", views.patient_waiting_room_view, name="patient_join_queue")]
