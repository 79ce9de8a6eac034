#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# `daotp serve` with several workers: clients that come at once are all served, by more than one
# thread, and a signal ends them all.
#
#   serve_workers.sh DAOTP-PROGRAM RADIUS_ACCEPT
. "$(dirname "$0")/lib.sh"
lab_up --no-kdc
lab_break responder-down
CLIENTS=12 WORKERS=4
(umask 077 && head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$WORK/radius.secret")
spawn radius "$2" "$WORK/radius.secret" "$WORK/radius.port"
await_file "$WORK/radius.port" 200 || { echo "not ok - no OTP server: $(cat "$WORK/radius.out")"; exit 1; }

spawn serve "$DAOTP" serve --listen localhost:0 --port-file "$WORK/port" --workers $WORKERS \
    --cert "$WORK/lab/pki/server.pem" --key "$WORK/lab/pki/server.key" --client-ca "$LAB_TRUST" \
    --template "$LAB_TEMPLATE" --ra-cert "$WORK/lab/pki/ra.pem" --ra-key "$WORK/lab/pki/ra.key" \
    --issuing-ca "$LAB_CA_CONFIG" --users "$LAB_USERS" \
    --radius "127.0.0.1:$(cat "$WORK/radius.port")" --radius-secret "$WORK/radius.secret"
SERVE=$CHILD
await_file "$WORK/port" 200 || { echo "not ok - daotp serve does not start: $(cat "$WORK/serve.out")"; exit 1; }
URL=https://localhost:$(cat "$WORK/port")/otp
# codes under way count as wrong until they are answered: of each user at most five may come at once
USERS=(alice bob erin)
for user in "${USERS[@]}"; do field_of "$user" 7 >"$WORK/password.$user"; done

RUNNING=()
for ((i = 0; i < CLIENTS; i++)); do
	user=${USERS[i % ${#USERS[@]}]}
	# shellcheck disable=SC2016
	spawn "client$i" bash -c '"$@" 9<<<123456' - "$DAOTP" enroll --url "$URL" --user "LAB\\$user" --upn "$user@$LAB_REALM" \
	    --trust "$LAB_TRUST" "${IDENTITY[@]}" --template "$LAB_TEMPLATE" --ces-url "$LAB_CES" \
	    --password-file "$WORK/password.$user" --key-kind p256 --no-store --otp-fd 9
	RUNNING+=("$CHILD")
done
served=0
for ((i = 0; i < CLIENTS; i++)); do
	if wait "${RUNNING[i]}"; then served=$((served + 1)); else echo "# $(cat "$WORK/client$i.out")"; fi
done
expect_equal "clients served" "$CLIENTS" "$served"
for user in "${USERS[@]}"; do
	expect_equal "exchanges of $user logged, each on a line of its own" $((CLIENTS / ${#USERS[@]})) \
	    "$(grep -c "^200 ok at .* for LAB\\\\$user\$" "$WORK/serve.out")"
done

# a sanitizer has one of its own
check "a thread for each worker" [ "$(find "/proc/$SERVE/task" -mindepth 1 -maxdepth 1 | wc -l)" -ge "$WORKERS" ]
kill -TERM "$SERVE"
RC=0
wait "$SERVE" || RC=$?
expect_equal "ended by a signal, with" 0 "$RC"
expect_no_text "no data race" "WARNING: ThreadSanitizer" "$WORK/serve.out"
summary
