"""Secrets are taken out of a text in whatever form they stand there, words are left, and no text takes long."""

from __future__ import annotations

import json
import random
import time
from html import escape
from urllib.parse import quote

import pytest

from indexes.redaction import SECRET, without_secrets

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
SECRETS = [
    "gsk_HIDDEN0123456789abcdefghijklmnopqrstuv",
    "xai-HIDDEN0123456789abcdefghijklmnopqrstuv",
    "hf_HIDDENabcdefghijklmnopqrstuvwxyz01",
    "AIzaHIDDENabcdefghijklmnopqrstuvwxyz012",
    "r8_HIDDEN0123456789abcdefghijklmnop",
    "pplx-HIDDEN0123456789abcdef",
    "nvapi-HIDDEN-0123456789abcdef",
    "ya29.HIDDEN-0123456789abcdef",
    "SG.HIDDEN0123456789ab.0123456789abcdefghij",
    "sk-HIDDEN",
    "sk-or-v1-HIDDEN0123456789",
    "https://host.example/v1?api_key=HIDDEN",
    "https://host.example/v1?model=tiny&apikey=HIDDEN&n=1",
    "https://host.example/v1?a=1&amp;token=HIDDEN",
    "/v1?access_token=HIDDEN",
    "https%3A%2F%2Fhost.example%2F%3Fapi_key%3DHIDDEN",
    "?X-Amz-Security-Token=HIDDEN",
    "/blob?sv=2024&sig=HIDDEN%2Fx",
    "api_key=HIDDEN&model=tiny",
    "api_key=HIDDEN0123",
    "OPENAI_API_KEY=HIDDEN0123",
    "apiKey: 'HIDDEN-words'",
    "Authorization: Basic HIDDENdXNlcjpwYXNz",
    "Authorization: Basic HIDDENx==",
    "authorization: bearer HIDDEN",
    "'Authorization': 'Bearer HIDDEN'",
    "Proxy-Authorization=Token HIDDEN",
    "Authorization: HIDDEN0123",
    "Basic HIDDENdXNlcjpwYXNz",
    "Bearer HIDDEN",
    "bearer HIDDEN0123",
    "http://me:HIDDEN@host.example/v1",
    "http://HIDDEN@host.example/v1",
    "http://me:pa@HIDDEN@host.example/v1",
    '{"api_key": "HIDDEN-words"}',
    '{"error": "{\\"api_key\\": \\"HIDDEN-words\\"}"}',
    "{&quot;api_key&quot;: &quot;HIDDEN-words&quot;}",
    '{"client_secret":"HIDDEN"}',
    "x-api-key: HIDDEN0123",
    "Incorrect API key provided: HIDDEN0123",
    "password = HIDDEN0123",
    "token: HIDDEN0123456789abcdef",
    "-----BEGIN PRIVATE KEY-----\nHIDDEN\n-----END PRIVATE KEY-----",
    "-----BEGIN OPENSSH PRIVATE KEY-----\nHIDDEN\nHIDDEN",
    "-----BEGIN PGP PRIVATE KEY BLOCK-----\nHIDDEN\n-----END PGP PRIVATE KEY BLOCK-----",
]
WORDS = [
    "Basic authentication is refused; use Bearer authentication.",
    "A Bearer token is needed. The bearer certificate of this letter, BEARER OF THIS LETTER",
    "Basic JavaScript/TypeScript for beginners, basic requirements",
    "token = a unit of text",
    "token=word, key=lambda, sort(key=itemgetter(1)), tokens: 123456789",
    "sk-learn and sk-learn-contrib, sk-estimators, the voice sk-SK-Wavenet-A",
    "api_key= is the parameter name",
    "api_key: required; api_key=None; api_key=settings.api_key; api_key=os.environ[X]; api_key=getenv(X)",
    "Password: required. The secret: patience. Secrets of a good cook",
    "Authorization: Board of Directors, Authorization: Bearer token missing",
    "xai-based-explanations and xai-explanations-of-models, hf_hub_download_of_models, gsk_ and AIza",
    "Key: SKU-12345-AB, Signature: 12/03/2024, Key findings: 2024",
    "https://host.example/v1?page=2&sort=name and me@host.example",
    "// note to me@host.example",
    "the key = 3 of the map, Secret Santa, the token: $3.50 a piece",
    "-----BEGIN CERTIFICATE-----",
    "Gesellschaft mit beschränkter Haftung, Passwort: vergessen, الكلمة السرية: سر",
]


@pytest.mark.parametrize("before", ["", "it says ", "x (", "<td>", '"'])
@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_is_taken_out(text: str, before: str):
    shown = without_secrets(f"{before}{text} and more")
    assert "HIDDEN" not in shown
    assert SECRET in shown
    assert without_secrets(shown) == shown


@pytest.mark.parametrize("text", WORDS)
def test_words_stay(text: str):
    assert without_secrets(text) == text


def test_what_stands_around_a_secret_stays():
    text = "see https://host.example/v1?api_key=abc&model=tiny (status 401), api_key=Ab1cdef."
    assert without_secrets(text).startswith(f"see https://host.example/v1?api_key={SECRET}&model=tiny (status 401), ")


@pytest.mark.parametrize("seed", range(200))
def test_a_random_key_is_found_wherever_it_stands(seed: int):
    chance = random.Random(seed)
    key = "".join(chance.choices(f"{_LETTERS}23456789", k=chance.randint(30, 60))) + "7aB"
    places = [f'{{"api_key": "{key}"}}', f"?key={key}", f"Bearer {key}", f"Basic {key}", f"token={key}", f"sk-{key}"]
    places += [f"http://x:{key}@host/", f"gsk_{key}", f"xai-{key}", f"hf_{key}", f"AIza{key}", f"api-key: {key}"]
    assert [place for place in places if key in without_secrets(f"a {place} b")] == []


@pytest.mark.parametrize("wrapped", [str, lambda key: quote(key, safe=""), escape, lambda key: json.dumps(key)[1:-1]])
def test_a_known_secret_is_found_in_every_form(wrapped):  # noqa: ANN001
    key = 'plain/"words"+of&<a> key'
    shown = without_secrets(f"it says {wrapped(key)}.", [key])
    assert shown == f"it says {SECRET}."


def test_the_longer_of_two_known_secrets_goes_first():
    assert without_secrets("a secret-word-more b", ["secret-word", "secret-word-more"]) == f"a {SECRET} b"


@pytest.mark.parametrize(
    "piece",
    ["sk-", "a", "A-", "//", "//a", "http://a", "&a", "?key=", "key: ", "Bearer a", "token=token=", "api_key", "\\\\"]
    + ["-eyJaaaaaaaa", "-----BEGIN ", "-----BEGIN PRIVATE KEY"]
    + ["Authorization: ", "eyJaaaaaaaa.", "The tenant pays. ", "&quot;", '"'],
)
def test_a_million_characters_take_no_time(piece: str):
    text = piece * (1_000_000 // len(piece))
    start = time.perf_counter()
    without_secrets(text, ["a-known-key-0123456789"])
    assert time.perf_counter() - start < 5
