"""Who calls a fixture service: the access keys and session tokens that it accepts."""

import base64
import hashlib
import hmac
import json
import os

Headers = dict[str, str]


def access_key(tenant_id: str) -> Headers:
    """Return the headers of a company's own key, which may do all that the company may."""
    return {"Authorization": f"Bearer {tenant_id}:{_signed(tenant_id)}"}


def admin_token() -> Headers:
    """Return the headers of an administrator of the whole service."""
    return session_token("admin", "admin", "Descope User Admin")


def session_token(tenant_id: str, user_id: str, permission: str = "User Admin") -> Headers:
    """Return the headers of one user of a tenant, by the identifier that Descope gave."""
    claims = {
        "aud": os.environ["DESCOPE_PROJECT_ID"],
        "tenants": {tenant_id: {"permissions": [permission]}},
        "userId": user_id,
    }
    message = f"{_encoded(b'{}')}.{_encoded(json.dumps(claims).encode())}"
    return {"Authorization": f"Bearer {message}.{_signed(message)}"}


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _signed(message: str) -> str:
    key = os.environ["DESCOPE_SIGNING_KEY"].encode()
    return _encoded(hmac.new(key, message.encode(), hashlib.sha256).digest())
