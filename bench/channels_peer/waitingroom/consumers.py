"""The documents' consumer: an action updates the database, then the queue goes to the doctor's group."""

import os
from pathlib import Path
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from bench.channels_peer.waitingroom.models import WaitingRoomEntry
from bench.payload import Payload, encode

payload = Payload(Path(os.environ["BENCH_SNAPSHOT"]).read_text())


class WaitingRoomConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self) -> None:
        self.doctor_id = int(self.scope["url_route"]["kwargs"]["doctor_id"])
        self.group = f"queue_{self.doctor_id}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()
        await self.send_json(payload.content)

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive_json(self, content: dict[str, Any], **_: Any) -> None:
        if content["action"] == "call_next":
            await database_sync_to_async(call_next)(self.doctor_id)
            payload.content["version"] += 1
            await self.channel_layer.group_send(self.group, {"type": "queue_update", "queue": payload.content})

    async def queue_update(self, event: dict[str, Any]) -> None:
        await self.send_json(event["queue"])

    @classmethod
    async def encode_json(cls, content: dict[str, Any]) -> str:
        """Without json.dumps's spaces, so that every system sends the same bytes."""
        return encode(content)


def call_next(doctor_id: int) -> list[tuple[str, str]]:
    """Mark the longest waiting as called, or start over, and read the queue that is to be shown."""
    entries = WaitingRoomEntry.objects.filter(doctor_id=doctor_id)
    waiting = entries.filter(status="Waiting").first()
    if waiting is None:
        entries.update(status="Waiting")
    else:
        waiting.status = "Called"
        waiting.save(update_fields=["status"])
    return [(entry.patient.name, entry.status) for entry in entries.select_related("patient")]
