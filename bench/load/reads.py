"""The mixed reads: search, record page, list, file list, one in four each; and durable saves of one row of a draft."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from typing import Any

from load.client import Answer, Client
from load.measure import Ask

WORDS = ("record", "bench", "form", "record bench")
PAGE = {"Accept": "text/html", "Accept_Language": "ko"}


def reader(clients: list[Client], told: dict[str, Any]) -> Ask:
    accessions, tokens = told["accessions"], told["tokens"]

    def ask(number: int) -> Awaitable[Answer]:
        client, name = clients[number % len(clients)], accessions[number * 7919 % len(accessions)]
        kind = number // len(clients) % 4
        if kind == 0:
            return client.send("GET", f"/search/?q={WORDS[number % 4].replace(' ', '+')}+{name}", **PAGE)
        if kind == 1:
            return client.send("GET", f"/{name}", **PAGE)
        if kind == 2:
            return client.send("GET", f"/search/?type=biosample&page={number % 50 + 1}", **PAGE)
        token = tokens[number % len(tokens)]
        return client.send("GET", f"/api/v1/shelves/{told['shelf']}/files", Authorization=f"Bearer {token}")

    return ask


def saver(clients: list[Client], told: dict[str, Any]) -> Ask:
    row = told["bundle"]["biosample"][0]

    def ask(number: int) -> Awaitable[Answer]:
        mine = number % len(told["tokens"])
        body = json.dumps({"values": row | {"sample_title": f"Saved {number}"}}).encode()
        return clients[number % len(clients)].send(
            "PUT", f"/api/v1/submissions/{told['drafts'][mine]}/rows/biosample/1", body,
            Authorization=f"Bearer {told['tokens'][mine]}", Content_Type="application/json",
        )  # fmt: skip

    return ask
