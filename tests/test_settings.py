"""What the environment decides."""

from pathlib import Path

import pytest

from app.settings import stored_secret


def test_a_power_cut_leaves_no_empty_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_: object) -> None:
        raise OSError("no power")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", cut)
        with pytest.raises(OSError, match="no power"):
            stored_secret(tmp_path)
    made = stored_secret(tmp_path)
    assert len(made) >= 32
    assert stored_secret(tmp_path) == made
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
