"""A provider of OpenID Connect on this machine, over real HTTP: discovery, consent, tokens it signs, and its keys."""

from __future__ import annotations

import json
import secrets
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "footnote", "a secret of the client's"


class Provider:
    """Whoever comes is signed in at once, as what `claims` says then, or sent back with what `denial` says."""

    def __init__(self, claims: dict[str, Any]) -> None:
        self.claims = claims
        self.denial: dict[str, str] = {}
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.waiting: dict[str, dict[str, str]] = {}
        self.address = ""

    def discovery(self) -> dict[str, Any]:
        """What is where."""
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def consent(self, asked: dict[str, str]) -> str:
        """Where the browser goes then, with a code that is good once."""
        assert asked["client_id"] == CLIENT
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe()
        self.waiting[code] = asked
        brought = self.denial or {"code": code}
        return f"{asked['redirect_uri']}?{urlencode(brought | {'state': asked['state']})}"

    def token(self, asked: dict[str, str], authorization: str) -> dict[str, Any]:
        """For a code, from the client who asked for it."""
        assert b64decode(authorization.removeprefix("Basic ")).decode() == f"{CLIENT}:{SECRET}"
        begun = self.waiting.pop(asked["code"])
        digest = sha256(asked["code_verifier"].encode()).digest()
        assert urlsafe_b64encode(digest).rstrip(b"=").decode() == begun["code_challenge"]
        assert asked["redirect_uri"] == begun["redirect_uri"]
        now = int(time.time())
        about = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": begun["nonce"]}
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, about | self.claims, self.key)
        return {"access_token": "unused", "token_type": "Bearer", "expires_in": 300, "id_token": signed}


@contextmanager
def provided(claims: dict[str, Any]) -> Iterator[Provider]:
    """A provider that answers until the end of the block."""
    provider = Provider(claims)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, query = urlsplit(self.path).path, urlsplit(self.path).query
            if path == "/.well-known/openid-configuration":
                self.told(provider.discovery())
            elif path == "/keys":
                self.told({"keys": [provider.key.as_dict(private=False)]})
            elif path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.consent(flat(query)))
                self.end_headers()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.told(provider.token(flat(body), self.headers["Authorization"]))

        def told(self, answer: dict[str, Any]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            """Nothing in the tests' output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


def flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
