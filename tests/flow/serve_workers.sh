#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# `daotp serve` with several workers: clients that come at once are all served, by more than one
# thread, and a signal ends them all.
#
#   serve_workers.sh DAOTP-PROGRAM
. "$(dirname "$0")/lib.sh"
lab_up --no-kdc
lab_break responder-down
CLIENTS=12 WORKERS=4

spawn serve "$DAOTP" serve --listen localhost:0 --port-file "$WORK/port" --workers $WORKERS \
    --cert "$WORK/lab/pki/server.pem" --key "$WORK/lab/pki/server.key" --client-ca "$LAB_TRUST" \
    --template "$LAB_TEMPLATE" --ra-cert "$WORK/lab/pki/ra.pem" --ra-key "$WORK/lab/pki/ra.key" \
    --issuing-ca "$LAB_CA_CONFIG" --users "$LAB_USERS" --any-code
SERVE=$CHILD
await_file "$WORK/port" 200 || { echo "not ok - daotp serve does not start: $(cat "$WORK/serve.out")"; exit 1; }
URL=https://localhost:$(cat "$WORK/port")/otp
field_of alice 7 >"$WORK/password"

RUNNING=()
for ((i = 0; i < CLIENTS; i++)); do
	# shellcheck disable=SC2016
	spawn "client$i" bash -c '"$@" 9<<<123456' - "$DAOTP" enroll --url "$URL" --user 'LAB\alice' --upn "alice@$LAB_REALM" \
	    --trust "$LAB_TRUST" "${IDENTITY[@]}" --template "$LAB_TEMPLATE" --ces-url "$LAB_CES" \
	    --password-file "$WORK/password" --key-kind p256 --no-store --otp-fd 9
	RUNNING+=("$CHILD")
done
served=0
for ((i = 0; i < CLIENTS; i++)); do
	if wait "${RUNNING[i]}"; then served=$((served + 1)); else echo "# $(cat "$WORK/client$i.out")"; fi
done
expect_equal "clients served" "$CLIENTS" "$served"
expect_equal "exchanges logged, each on a line of its own" "$CLIENTS" \
    "$(grep -c '^200 ok at .* for LAB\\alice$' "$WORK/serve.out")"

# a sanitizer has one of its own
check "a thread for each worker" [ "$(find "/proc/$SERVE/task" -mindepth 1 -maxdepth 1 | wc -l)" -ge "$WORKERS" ]
kill -TERM "$SERVE"
RC=0
wait "$SERVE" || RC=$?
expect_equal "ended by a signal, with" 0 "$RC"
expect_no_text "no data race" "WARNING: ThreadSanitizer" "$WORK/serve.out"
summary
