"""What an address lets in by is known in the forms in which it stands there and is sent."""

from __future__ import annotations

from base64 import b64encode

import pytest

from rag.address_secrets import address_secrets
from rag.settings import Settings


@pytest.mark.parametrize(
    ("url", "secrets"),
    [
        ("http://host:80/v1", ()),
        ("", ()),
        ("http://[::1", ()),
        ("a key", ()),
        ("http://key-as-a-name@host/v1", ("key-as-a-name",)),
        ("http://me:p%40ss@host", ("p%40ss", "p@ss", b64encode(b"me:p@ss").decode())),
        ("https://host/v1?api-version=2024-02-01&code=a%2Fb", ("a%2Fb", "a/b")),
        ("https://host/?%C3%BC=%C3%BC%zz#x=y", ("%C3%BC%zz", "ü%zz")),
    ],
)
def test_what_an_address_lets_in_by(url: str, secrets: tuple[str, ...]):
    assert address_secrets(url) == secrets


@pytest.mark.parametrize("field", ["base_url", "fallback_url", "moderation"])
def test_it_is_a_secret_of_the_settings(field: str):
    assert "my-password" in Settings(**{field: "http://me:my-password@host/v1"}).secrets
