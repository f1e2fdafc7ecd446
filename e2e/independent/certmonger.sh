#!/usr/bin/env bash
# A second, foreign SCEP client: the certmonger daemon takes the challenge of an invitation and gets a certificate.
# Usage: certmonger.sh --server URL --code CODE [--pin PIN] [--ca-file PEM]
# Leaves with 0 and "certmonger: certificate issued" when the daemon tracks a certificate that our CA signed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

if [ "${1:-}" != inside ]; then
  for tool in getcert dbus-run-session openssl; do
    command -v "$tool" >/dev/null || { echo "certmonger.sh: $tool is missing" >&2; exit 1; }
  done
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  /usr/bin/python3 "$here/mdm_client.py" accept --state "$folder/state" "$@"
  # Its own home: the session daemon keeps requests and CAs below it and must find none of the user's.
  mkdir -p "$folder/home" "$folder/run"
  chmod 700 "$folder/run"
  HOME="$folder/home" XDG_CONFIG_HOME="$folder/home/.config" XDG_RUNTIME_DIR="$folder/run" \
    dbus-run-session -- "$0" inside "$folder" || { echo "certmonger.sh: no certificate" >&2; exit 1; }
  exit
fi

folder=$2
state=$folder/state
daemon=$(command -v certmonger-session || echo /usr/lib/certmonger/certmonger-session)
"$daemon" -n -d 2 >"$folder/daemon.log" 2>&1 &
daemon_id=$!
trap 'kill "$daemon_id" 2>/dev/null; wait "$daemon_id" 2>/dev/null || true' EXIT

complain() {
  getcert list -s >&2 || true
  tail -n 40 "$folder/daemon.log" >&2
  exit 1
}

# Asking the bus and not the daemon: a call to the daemon would start a second one.
on_the_bus() {
  dbus-send --session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
    org.freedesktop.DBus.NameHasOwner string:org.fedorahosted.certmonger 2>/dev/null | grep -q 'boolean true'
}

tries=0
until on_the_bus; do
  tries=$((tries + 1))
  [ "$tries" -lt 50 ] || complain
  sleep 0.2
done

getcert add-scep-ca -s -c tillsyn -u "$(cat "$state/scep-url")" -r "$state/ra.pem" -N "$state/ca.pem" \
  -I "$state/ca.pem" || complain
# A bit under two minutes at most; `-w` returns when the request is settled either way.
timeout 110 getcert request -s -c tillsyn -I device -G rsa -g 2048 -N CN=device -l "$state/challenge" \
  -k "$folder/key.pem" -f "$folder/certificate.pem" -w >/dev/null || complain
getcert list -s -i device | grep -q 'status: MONITORING' || complain

openssl verify -CAfile "$state/ca.pem" -purpose sslclient "$folder/certificate.pem" >/dev/null || complain
[ "$(openssl x509 -in "$folder/certificate.pem" -noout -pubkey)" = "$(openssl pkey -in "$folder/key.pem" -pubout)" ] ||
  complain
echo "certmonger: certificate issued"
