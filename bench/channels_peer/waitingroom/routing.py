from django.urls import re_path

from bench.channels_peer.waitingroom.consumers import WaitingRoomConsumer

websocket_urlpatterns = [re_path(r"ws/waiting_room/(?P<doctor_id>\d+)/$", WaitingRoomConsumer.as_asgi())]
