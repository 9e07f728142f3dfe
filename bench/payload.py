"""The snapshot the peers send: MediQueue's own, byte for byte, but for its growing version."""

import json
from typing import Any


class Payload:
    def __init__(self, snapshot: str) -> None:
        self.content: dict[str, Any] = json.loads(snapshot)

    def current(self) -> str:
        return encode(self.content)

    def following(self) -> str:
        self.content["version"] += 1
        return encode(self.content)


def encode(content: dict[str, Any]) -> str:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)
