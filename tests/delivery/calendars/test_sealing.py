"""Secrets that must be used again are encrypted under a key that is not in the database."""

import pytest

from huitong.directory.sealing import Unsealable, resealed, seal, unseal


def test_what_is_sealed_is_read_again_and_by_nobody_with_another_key(settings) -> None:
    sealed = seal({"password": "app-password", "name": "高岚"})
    assert unseal(sealed) == {"password": "app-password", "name": "高岚"}
    assert "app-password" not in sealed
    settings.SECRET_KEY = "another"
    with pytest.raises(Unsealable):
        unseal(sealed)


def test_a_changed_seal_is_noticed() -> None:
    sealed = seal({"password": "x"})
    middle = len(sealed) // 2
    changed = sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :]
    with pytest.raises(Unsealable):
        unseal(changed)


def test_the_same_secret_is_not_sealed_anew_and_nothing_is_no_secret() -> None:
    sealed = seal({"a": 1})
    assert resealed(sealed, {"a": 1}) == sealed
    assert unseal(resealed(sealed, {"a": 2})) == {"a": 2}
    assert (unseal(""), resealed("", {})) == ({}, "")
