"""Check-in messages besides the three of every enrollment, from Apple's schema `mdm/checkin`."""

import hashlib
import json
import plistlib
import secrets

import wire
from wire import check

LISTS = {"Activations": "activation", "Assets": "asset", "Configurations": "configuration",
         "Management": "management"}


def plist_answer(reply, what):
    check(reply.status == 200, f"{what}: 200 expected, got {reply.status}")
    answer = wire.parse_plist(reply.body, what)
    check(isinstance(answer, dict), f"{what}: a dictionary expected")
    return answer


# --- tokens ----------------------------------------------------------------------------------------


def bootstrap_token(client, say):
    """Hands a token over, gets it back, replaces it, takes it away."""
    fetch(client, None)
    for token in (secrets.token_bytes(32), secrets.token_bytes(48)):
        reply = client.check_in("SetBootstrapToken", BootstrapToken=token, AwaitingConfiguration=False)
        wire.accepted_empty(reply, "SetBootstrapToken")
        fetch(client, token)
    # Zero bytes take it away just as a missing key does.
    for keys in ({"BootstrapToken": b""}, {}):
        wire.accepted_empty(client.check_in("SetBootstrapToken", **keys), "SetBootstrapToken")
        fetch(client, None)
    token = secrets.token_bytes(32)
    wire.accepted_empty(client.check_in("SetBootstrapToken", BootstrapToken=token), "SetBootstrapToken")
    client.state["bootstrap_token"] = hashlib.sha256(token).hexdigest()
    client.save()
    say("bootstrap_token", bytes=len(token))


def fetch(client, expected):
    answer = plist_answer(client.check_in("GetBootstrapToken"), "GetBootstrapToken")
    token = answer.get("BootstrapToken", b"")
    check(isinstance(token, bytes), "GetBootstrapToken: the token is data")
    if expected is None:
        check(token == b"", "GetBootstrapToken: a token came though none is stored")
    else:
        check(token == expected, "GetBootstrapToken: not the token that was handed over")


def get_token(client, say):
    """Without a token the server says why, with an error that is not 401; nothing else happens."""
    reply = client.check_in("GetToken", TokenServiceType="com.apple.maid")
    if reply.status == 200:
        token = plist_answer(reply, "GetToken").get("TokenData")
        check(isinstance(token, bytes) and token, "GetToken: 200 without TokenData")
    else:
        check(400 <= reply.status < 600, f"GetToken: an error expected, got {reply.status}")
        check(wire.UNRECOGNIZED not in reply.body, "GetToken: the device is told to unenroll")
    wire.next_command(client.report({"Status": "Idle"})[1])
    say("get_token", status=reply.status)


def return_to_service(client, say):
    policy = plist_answer(client.check_in("ReturnToService"), "ReturnToService").get("ReturnToService")
    check(isinstance(policy, dict), "ReturnToService: the answer has the key of its name")
    check(isinstance(policy.get("Enabled"), bool), "ReturnToService: Enabled is required")
    token = policy.get("BootstrapToken")
    if token is not None:
        known = client.state.get("bootstrap_token")
        check(hashlib.sha256(token).hexdigest() == known, "ReturnToService: a foreign bootstrap token")
    say("return_to_service", enabled=policy["Enabled"])


# --- people ----------------------------------------------------------------------------------------


def user_channel(client, say):
    """A Mac's user: own token and magic, own queue, the device's certificate; its end ends nothing else."""
    device = client.device
    ids = {"UserID": "3F2504E0-4F89-41D3-9A0C-0305E82C3301", "UserShortName": "astrid",
           "UserLongName": "Astrid"}
    update = {"Token": secrets.token_bytes(32), "PushMagic": secrets.token_hex(16),
              "AwaitingConfiguration": False, "NotOnConsole": False}
    wire.accepted_empty(client.check_in("TokenUpdate", **ids, **update), "TokenUpdate of a user")

    def poll(result):
        body = plistlib.dumps({"UDID": device["udid"], **ids, **result})
        return wire.next_command(wire.put(
            client.web, device["mdm"]["ServerURL"], body, wire.COMMAND_TYPE, client.sign(body)))

    offered, answered = poll({"Status": "Idle"}), []
    while offered is not None and len(answered) < 50:
        uuid, command = offered
        check(uuid not in answered, "the user's command came again")
        answered.append(uuid)
        report = {"Status": "Acknowledged", "CommandUUID": uuid}
        if command["RequestType"] == "ProfileList":
            report["ProfileList"] = []
        offered = poll(report)
    of_device = client.poll_once({"Status": "Idle"})
    check(of_device is None or of_device[0] not in answered, "the user was given the device's command")
    wire.accepted_empty(client.check_in("CheckOut", **ids), "CheckOut of a user")
    wire.next_command(client.report({"Status": "Idle"})[1])
    say("user_channel", answered=len(answered))


def network_user(client, say):
    """410 leaves the user alone; an empty challenge manages without a token."""
    ids = {"UserID": "3F2504E0-4F89-41D3-9A0C-0305E82C3302", "UserShortName": "nils", "UserLongName": "Nils"}
    reply = client.check_in("UserAuthenticate", **ids)
    if reply.status != 410:
        challenge = plist_answer(reply, "UserAuthenticate").get("DigestChallenge")
        check(isinstance(challenge, str), "UserAuthenticate: DigestChallenge is a text")
    say("network_user", status=reply.status)


# --- declarations ----------------------------------------------------------------------------------


def declare(client, endpoint, data=None):
    keys = {"Endpoint": endpoint}
    if data is not None:
        keys["Data"] = data
    return client.check_in("DeclarativeManagement", **keys)


def json_answer(client, endpoint):
    reply = declare(client, endpoint)
    check(reply.status == 200, f"{endpoint}: 200 expected, got {reply.status}")
    return reply.json()


def declarations(client, say):
    """Tokens, items, every declaration, a report; then what must be refused."""
    tokens = json_answer(client, "tokens")["SyncTokens"]
    token = tokens["DeclarationsToken"]
    check(isinstance(token, str) and 0 < len(token.encode()) <= 256, "tokens: DeclarationsToken")
    stamp = tokens["Timestamp"]
    check(len(stamp) == 20 and stamp.endswith("Z") and "." not in stamp, "tokens: Timestamp in whole seconds, UTC")
    again = json_answer(client, "tokens")["SyncTokens"]
    check(again == tokens, "tokens: nothing changed, and yet another answer")
    items = json_answer(client, "declaration-items")
    check(items.get("DeclarationsToken") == token, "declaration-items: another token than tokens")
    listed, status = items.get("Declarations", {}), {}
    for name, kind in LISTS.items():
        check(isinstance(listed.get(name), list), f"declaration-items: the array {name} is missing")
        status[name.lower()] = []
        for item in listed[name]:
            endpoint = f"declaration/{kind}/{item['Identifier']}"
            one = json_answer(client, endpoint)
            check(one["Identifier"] == item["Identifier"], f"{endpoint}: another declaration")
            check(one["ServerToken"] == item["ServerToken"], f"{endpoint}: another ServerToken than in the list")
            check(one["Type"].startswith(f"com.apple.{kind}."), f"{endpoint}: {one['Type']}")
            status[name.lower()].append({"identifier": item["Identifier"], "server-token": item["ServerToken"],
                                         "active": kind != "management", "valid": "valid"})
    report = {"StatusItems": {
        "device": {"operating-system": {"version": "18.2", "family": "iOS"}},
        "management": {"declarations": status, "client-capabilities": {"supported-versions": ["1.0.0"]}},
    }, "Errors": [{"StatusItem": "passcode.is-compliant", "Reasons": [
        {"Code": "Error.Unknown", "Description": "Not known here.", "Details": {}}]}], "FullReport": True}
    wire.accepted_empty(declare(client, "status", json.dumps(report).encode()), "a status report")
    reply = declare(client, "status", b'{"StatusItems":')
    check(reply.status == 400, f"a report that is no JSON: 400 expected, got {reply.status}")
    reply = declare(client, "declaration/configuration/no-such-declaration")
    check(reply.status == 404, f"an unknown declaration: 404 expected, got {reply.status}")
    say("declarations", items=sum(len(status[name]) for name in status))


def binary(client, say):
    """A binary plist is as good as XML, in check-ins and in polls."""
    device = client.device
    body = plistlib.dumps({"UDID": device["udid"], "Status": "Idle"}, fmt=plistlib.FMT_BINARY)
    wire.next_command(wire.put(client.web, device["mdm"]["ServerURL"], body, wire.COMMAND_TYPE, client.sign(body)))
    update = plistlib.dumps({
        "MessageType": "TokenUpdate", "Topic": device["mdm"]["Topic"], "UDID": device["udid"],
        "Token": bytes.fromhex(device["token"]), "PushMagic": device["push_magic"],
    }, fmt=plistlib.FMT_BINARY)
    url = device["mdm"].get("CheckInURL", device["mdm"]["ServerURL"])
    wire.accepted_empty(wire.put(client.web, url, update, wire.CHECK_IN_TYPE, client.sign(update)), "TokenUpdate")
    say("binary_plists")
