"""Write assets/chime.wav: three rising bell tones (C5, E5, G5), 16-bit mono, 22.05 kHz."""

import math
import struct
import wave
from pathlib import Path

RATE = 22_050
LENGTH = 1.3  # seconds
TONES = ((0.0, 523.25), (0.19, 659.25), (0.38, 783.99))  # start in seconds, frequency in hertz
# multiple of the frequency, loudness, decay per second
PARTIALS = ((1.0, 1.0, 5.0), (2.0, 0.45, 7.0), (3.0, 0.18, 10.0), (4.2, 0.08, 16.0))
ATTACK = 0.008
FADE = 0.12
PEAK = 0.9


def _tone(t: float, frequency: float) -> float:
    if t < 0:
        return 0.0
    body = sum(a * math.exp(-d * t) * math.sin(math.tau * frequency * m * t) for m, a, d in PARTIALS)
    return min(t / ATTACK, 1.0) * body


def samples() -> list[int]:
    count = int(RATE * LENGTH)
    raw = [sum(_tone(i / RATE - start, hertz) for start, hertz in TONES) for i in range(count)]
    raw = [x * min((count - i) / (FADE * RATE), 1.0) for i, x in enumerate(raw)]
    scale = PEAK * 32_767 / max(map(abs, raw))
    return [round(x * scale) for x in raw]


def write(path: Path) -> None:
    data = samples()
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(struct.pack(f"<{len(data)}h", *data))


if __name__ == "__main__":
    write(Path(__file__).resolve().parent.parent / "assets" / "chime.wav")
