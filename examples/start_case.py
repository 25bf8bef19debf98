"""Start a purchase over REST, in Python's standard library: `python examples/start_case.py`."""

import base64
import json
import os
import urllib.request

server = os.environ.get("CROSSDESK_URL", "http://127.0.0.1:8080")
login = base64.b64encode(b"zhou-ting:demo").decode()
lines = [{"item": "pallet", "quantity": 100, "price": 52}]
values = {
    "title": "Pallets, from Python",
    "supplier": "jiaxing-wood",
    "cost_centre": "3100",
    "needed_by": "2027-01-15",
    "reason": "By REST.",
}
variables = {name: {"value": value} for name, value in {**values, "items": lines}.items()}
request = urllib.request.Request(
    f"{server}/engine-rest/process-definition/key/purchase-approval/start",
    json.dumps({"variables": variables}).encode(),
    {"Authorization": f"Basic {login}", "Content-Type": "application/json"},
)
print(json.load(urllib.request.urlopen(request))["id"])
