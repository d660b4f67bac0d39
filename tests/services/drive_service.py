"""Drives the service in the current folder over HTTP, and prints what it answered as JSON.

Run in a process of its own, with DATABASE_URL naming a migrated database.
"""

import asyncio
import json
from typing import Any

from app.main import app
from httpx import ASGITransport, AsyncClient

from tests.services.tokens import access_key, admin_token


async def drive(client: AsyncClient) -> dict[str, Any]:
    owner, stranger, admin = access_key("sea_view"), access_key("hill_top"), admin_token()
    statuses: dict[str, int] = {}

    async def call(name: str, method: str, path: str, **arguments: Any) -> Any:
        response = await client.request(method, f"/api/v1{path}", **arguments)
        statuses[name] = response.status_code
        return response.json() if "json" in response.headers.get("content-type", "") else None

    for tenant_id in ("sea_view", "hill_top"):
        company = {"name": tenant_id, "tenant_id": tenant_id}
        await call(f"company {tenant_id}", "POST", "/admin/company", json=company, headers=admin)
    await call("companies", "GET", "/admin/companies", headers=admin)
    await call("companies as a company", "GET", "/admin/companies", headers=owner)
    account = await call(
        "account",
        "POST",
        "/account",
        json={"name": "Main", "currency": "ZAR", "country_name": "South Africa"},
        headers=owner,
    )
    guest = await call(
        "guest",
        "POST",
        "/guest",
        json={"full_name": "Thandi Nkosi", "email": "thandi@example.com"},
        headers=owner,
    )
    booking = await call(
        "booking",
        "POST",
        "/booking",
        json={
            "account_id": account["id"],
            "guest_id": guest["id"],
            "check_in": "2024-05-01",
            "check_out": "2024-05-04",
        },
        headers=owner,
    )
    payment_intent = await call(
        "payment intent",
        "POST",
        "/payment_intent",
        json={
            "account_id": account["id"],
            "booking_id": booking["id"],
            "billing_amount": 100000,
            "billing_currency": "ZAR",
        },
        headers=owner,
    )
    event = {"reference": payment_intent["reference"], "succeeded": True}
    await call("webhook", "POST", "/webhooks/paystream", json=event)
    refund = {"payment_intent_id": payment_intent["id"], "amount": 100}
    await call("refund", "POST", "/refund", json=refund, headers=owner)
    for name in ("accounts", "bookings", "guests", "payment_intents", "refunds"):
        await call(name, "GET", f"/{name}", headers=owner)
    await call("export", "GET", "/payment_intents/export", headers=owner)
    await call("currencies", "GET", "/public/currencies")
    identifier = {"id": account["id"]}
    await call("own account", "GET", "/account", params=identifier, headers=owner)
    await call("account of another", "GET", "/account", params=identifier, headers=stranger)
    await call("no token", "GET", "/account", params=identifier)
    await call("forged token", "GET", "/accounts", headers={"Authorization": "Bearer a:b"})

    schema = (await client.get("/openapi.json")).json()
    health = (await client.get("/health")).json()
    return {"paths": sorted(schema["paths"]), "health": health, "statuses": statuses}


async def main() -> None:
    transport = ASGITransport(app=app)
    async with AsyncClient(transport=transport, base_url="http://service") as client:
        print(json.dumps(await drive(client)))


if __name__ == "__main__":
    asyncio.run(main())
