"""What schemathesis does not know of this API: how an answer that has no status of its own in the document must look, and who
was answered at all."""

import atexit
import json
import os
from collections import Counter
from itertools import count, cycle

import schemathesis
from requests.adapters import HTTPAdapter

with open(os.environ["CONTRACT_PROBLEMS"], encoding="utf-8") as file:
    PROBLEMS = {entry["type"]: entry["status"] for entry in json.load(file)}

answered = Counter()

# Every call comes from an address of its own, as behind a proxy: one address may try sixty wrong keys in a minute, and there are
# more routes than that, each of which has to refuse one.
addresses = (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in count(1))
send = HTTPAdapter.send


def send_from_elsewhere(adapter, request, **how):
    request.headers["X-Forwarded-For"] = next(addresses)
    return send(adapter, request, **how)


HTTPAdapter.send = send_from_elsewhere


@schemathesis.check
def problems_are_documented(ctx, response, case):
    """Every other answer is a problem of docs/errors.md, with the status that belongs to its type."""
    documented = case.operation.definition.raw["responses"]
    if str(response.status_code) in documented:
        return
    assert response.status_code >= 400, f"{response.status_code} is not in the document"
    kind = response.headers.get("content-type", [""])[0]
    assert kind.startswith("application/problem+json"), f"{response.status_code} as {kind}"
    problem = response.json()
    assert PROBLEMS.get(problem["type"]) == response.status_code == problem["status"], f"an undocumented problem: {problem}"


KEEP = object()  # what was made up
OWN = [{"id": "team_manual", "names": {"en": "Team manual"}, "prices": {"USD": 24900}}]

# No text that is made up is a coin or a product, and what is sold must stay what the other calls ask for.
GIVEN = {
    "POST /v1/billing/crypto-orders/{order_id}/coin": ("pay_currency", cycle([KEEP, "ltc", "btc"])),
    "POST /v1/billing/crypto-checkout": ("product", cycle([KEEP, "team_manual", "team_manual"])),
    "POST /v1/billing/crypto-checkout/quote": ("product", cycle([KEEP, "team_manual", "team_manual"])),
    "PUT /v1/account/products": ("products", cycle([[], OWN])),
}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Right bodies are given what only who knows this API can say."""
    if case.operation.label not in GIVEN or not case.meta or not case.meta.generation.mode.is_positive:
        return
    field, values = GIVEN[case.operation.label]
    value = next(values)
    if value is not KEEP and isinstance(case.body, dict):
        case.body = {**case.body, field: value}


@schemathesis.hook
def after_call(context, case, response):
    answered[f"{case.operation.label} {response.status_code}"] += 1


@atexit.register
def keep():
    with open(os.environ["CONTRACT_ANSWERED"], "w", encoding="utf-8") as file:
        json.dump(answered, file)
