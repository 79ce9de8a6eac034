#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What would a core dump tell? Tool and server wait, with secrets in memory: each copy must stand in a
# mapping that no core dump holds (VmFlags dd, madvise(2) MADV_DONTDUMP).
#
#   core_dump.sh DAOTP-PROGRAM
. "$(dirname "$0")/lib.sh"
! grep -q '__[at]san_init' "$DAOTP" || { echo 'skipped: a sanitizer keeps what was freed'; exit 77; }
lab_up --no-kdc
lab_break responder-down
CODE=85031947 PASSWORD=password-of-this-test TOKEN=$(field_of alice 6) SECRET=shared-secret-of-this-test
PASSPHRASE=passphrase-of-this-test
sed "s/^\(alice:.*\):$(field_of alice 7):/\1:$PASSWORD:/" "$LAB_USERS" >"$WORK/users" # the lab's own are in the program
(umask 077 && printf %s "$SECRET" >"$WORK/radius.secret" && printf %s "$PASSWORD" >"$WORK/password")

# A RADIUS server that says nothing, and a stream server that does so too.
python3 -c 'import signal, socket
held = [socket.socket(type=socket.SOCK_DGRAM), socket.create_server(("127.0.0.1", 0))]
held[0].bind(("127.0.0.1", 0))
print(held[0].getsockname()[1], flush=True)
signal.pause()' >"$WORK/radius.port" &
CHILDREN+=($!)
await_file "$WORK/radius.port" 200
RADIUS=127.0.0.1:$(cat "$WORK/radius.port")

# exposed PID NAME=WORD...: "NAME in MAPPING" for each copy that a core dump would hold, and "NAME is
# nowhere"; a word that begins with 32: is base32.
exposed() {
	python3 - "$@" <<'EOF'
import base64, re, sys
mappings, found, shown = [], set(), []
for line in open(f"/proc/{sys.argv[1]}/smaps"):
    if head := re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)", line):
        mappings.append([int(head[1], 16), int(head[2], 16), head[3], head[4], ""])
    elif line.startswith("VmFlags:"):
        mappings[-1][4] = line.split()[1:]
words = dict(each.split("=", 1) for each in sys.argv[2:])
with open(f"/proc/{sys.argv[1]}/mem", "rb", buffering=0) as memory:
    for begin, end, mode, name, flags in mappings:
        if "r" not in mode or name.startswith(("[vvar", "[vsyscall")):
            continue
        memory.seek(begin)
        try:
            octets = memory.read(end - begin)
        except OSError:
            continue
        for what, word in words.items():
            word = base64.b32decode(word[3:]) if word.startswith("32:") else word.encode()
            for form in (word, word.decode("latin-1").encode("utf-16-le")):
                if form in octets:
                    found.add(what)
                    shown += [f"{what} in {name or 'memory'}"] * ("dd" not in flags)
print("; ".join(shown + [f"{what} is nowhere" for what in words if what not in found]))
EOF
}

# asleep PID WORD: until it waits, and holds the word anywhere; for ten seconds at most
asleep() {
	local i
	for ((i = 0; i < 100; i++)); do
		[ "$(exposed "$1" "it=$2")" = 'it is nowhere' ] || break
		sleep 0.1
	done
}

ENROL=("$DAOTP" enroll --user 'LAB\alice' --upn "alice@$LAB_REALM" --trust "$LAB_TRUST" "${IDENTITY[@]}"
	--template "$LAB_TEMPLATE" --ces-url "$LAB_CES" --password-file "$WORK/password" --key-kind p256)
spawn serve "$DAOTP" serve --listen localhost:0 --port-file "$WORK/port" --workers 1 \
	--cert "$WORK/lab/pki/server.pem" --key "$WORK/lab/pki/server.key" --client-ca "$LAB_TRUST" \
	--template "$LAB_TEMPLATE" --ra-cert "$WORK/lab/pki/ra.pem" --ra-key "$WORK/lab/pki/ra.key" \
	--issuing-ca "$LAB_CA_CONFIG" --users "$WORK/users" --radius "$RADIUS" --radius-secret "$WORK/radius.secret"
SERVE=$CHILD
await_file "$WORK/port" 200 || { echo "not ok - daotp serve does not start: $(cat "$WORK/serve.out")"; exit 1; }
URL=https://localhost:$(cat "$WORK/port")/otp
exposed "$SERVE" >/dev/null 2>&1 || { echo 'skipped: the memory of a process may not be read (ptrace_scope)'; exit 77; }
expect_equal 'a server that waits for clients' '' \
	"$(exposed "$SERVE" "RADIUS secret=$SECRET" "token=32:$TOKEN" "password of the users file=$PASSWORD")"

mkfifo -m 600 "$WORK/code"
# shellcheck disable=SC2016
spawn client bash -c 'exec "$@" 8<>"$0"' "$WORK/code" "${ENROL[@]}" --url "$URL" --otp-fd 8 --no-store
CLIENT=$CHILD
asleep "$CLIENT" "$PASSWORD"
expect_equal 'a client that waits for the code' '' "$(exposed "$CLIENT" "password=$PASSWORD")"
echo $CODE >"$WORK/code"
asleep "$SERVE" $CODE
expect_equal 'a client that waits for the answer' '' "$(exposed "$CLIENT" "code=$CODE" "password=$PASSWORD")"
expect_equal 'a server that asks by RADIUS' '' "$(exposed "$SERVE" "code=$CODE" "RADIUS secret=$SECRET")"
kill "$CLIENT"

printf %s "$PASSPHRASE" >"$WORK/passphrase"
# shellcheck disable=SC2016
spawn stored bash -c 'exec "${@:2}" 8<>"$0" 9<"$1"' "$WORK/code" "$WORK/passphrase" "${ENROL[@]}" --url "$URL" \
	--otp-fd 8 --store "pkcs12:$WORK/store.p12" --passphrase-fd 9
asleep "$CHILD" $PASSPHRASE
expect_equal 'a client with an open store' '' "$(exposed "$CHILD" "passphrase=$PASSPHRASE" "password=$PASSWORD")"

printf %s "PIN4711$CODE" >"$WORK/pin"
spawn radius "$DAOTP" radius --server "$RADIUS" --secret-file "$WORK/radius.secret" --user alice --password-file "$WORK/pin"
asleep "$CHILD" "PIN4711$CODE"
expect_equal 'a RADIUS exchange' '' "$(exposed "$CHILD" "RADIUS secret=$SECRET" "PIN and code=PIN4711$CODE")"
summary
