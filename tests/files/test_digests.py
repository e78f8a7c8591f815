import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biomoa.files import digests


def _known(data: bytes) -> digests.Sums:
    return digests.Sums(hashlib.sha256(data).hexdigest(), hashlib.md5(data).hexdigest())


@given(st.lists(st.binary(max_size=200), max_size=12))
def test_laying_aside_after_every_block_changes_nothing(blocks: list[bytes]) -> None:
    running = digests.start()
    for block in blocks:
        running.update(block)
        running = digests.resume(running.state()) or pytest.fail("libcrypto is not usable here")
    assert running.sums() == _known(b"".join(blocks))
    assert running.sums() == running.sums()


def test_a_state_of_another_kind_is_not_taken_up() -> None:
    assert digests.resume(b"") is None
    assert digests.resume(b"\x02" + bytes(204)) is None


def test_without_libcrypto_the_digests_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "_libcrypto", lambda: None)
    running = digests.of_blocks([b"a" * 100, b"b" * 77])
    assert running.sums() == _known(b"a" * 100 + b"b" * 77)
    assert running.state() == b""
    assert digests.resume(b"\x01" + bytes(204)) is None
