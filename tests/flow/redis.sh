#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The stores redis: and rediss: with a real redis-server: TLS, an ACL user with what the manual
# says and no more, a password that stays out of every output, and a failover under load.
#
#   redis.sh DAOTP-PROGRAM
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
need redis-server redis-cli
PLUGINS=$(dirname "$DAOTP")/../store-redis
lab_up --no-kdc

store() { # COMMAND URI...: daotp store
	timeout 60 "$DAOTP" store "$@" --plugins "$PLUGINS" >"$WORK/out" 2>"$WORK/err" </dev/null
}

put() { # URI LABEL
	store import "$1" "$2" "${IDENTITY[@]}"
}

serve() { # NAME PORT OPTION...: on that port of the loopback, with nothing on disk
	mkdir -p "$WORK/$1"
	spawn "$1" redis-server "${@:3}" --bind 127.0.0.1 --save '' --appendonly no --dir "$WORK/$1"
	local i
	for ((i = 0; i < 100; i++)); do
		! (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null || return 0
		sleep 0.1
	done
	echo "not ok - redis-server $1: $(tail -3 "$WORK/$1.out")"
	exit 1
}

certificate() { # NAME SUBJECT-ALT-NAME
	openssl req -new -newkey rsa:2048 -nodes -keyout "$WORK/$1.key" -subj "/CN=$1" -out "$WORK/$1.csr" 2>/dev/null
	openssl x509 -req -in "$WORK/$1.csr" -CA "$WORK/ca.pem" -CAkey "$WORK/ca.key" -CAcreateserial -days 2 \
	    -extfile <(echo "subjectAltName=$2") -out "$WORK/$1.pem" 2>/dev/null
}

echo "2026-12 $(openssl rand -hex 32)" >"$WORK/seal.keys"
echo GEHEIM-bfe1 >"$WORK/password"
echo FALSCH-77c0 >"$WORK/wrong"

# ---- TLS and an ACL user --------------------------------------------------------------------------

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$WORK/ca.key" -subj /CN=ca -days 2 -out "$WORK/ca.pem" 2>/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$WORK/ca2.key" -subj /CN=ca -days 2 -out "$WORK/ca2.pem" 2>/dev/null
certificate server DNS:localhost
certificate host DNS:host
port=$(free_port)
serve tls "$port" --port 0 --tls-port "$port" --tls-cert-file "$WORK/server.pem" --tls-key-file "$WORK/server.key" \
    --tls-ca-cert-file "$WORK/ca.pem" --tls-auth-clients yes
acl=$(sed -n 's/^ACL SETUSER daotp on >PASSWORD //p' "$HERE/../../docs/manual/stores.md")
admin() { redis-cli -h localhost -p "$port" --tls --cacert "$WORK/ca.pem" --cert "$WORK/host.pem" --key "$WORK/host.key" "$@" 2>/dev/null; }
# shellcheck disable=SC2086
expect_equal 'the ACL of the manual' OK "$(admin ACL SETUSER daotp on '>GEHEIM-bfe1' $acl)"
query="seal-key=$WORK/seal.keys&ca-file=$WORK/ca.pem&client-cert=$WORK/host.pem&client-key=$WORK/host.key"
uri="rediss://daotp@localhost:$port?$query&password-file=$WORK/password"
check 'import over TLS' put "$uri" machine
check 'list' store list "$uri"
expect_text 'list' machine "$WORK/out"
check 'export' store export "$uri" machine --out "$WORK/machine.pem"
expect_equal 'the certificate comes back' "$(openssl x509 -in "$LAB_MACHINE_CERT" -noout -serial)" \
    "$(openssl x509 -in "$WORK/machine.pem" -noout -serial)"
admin --raw GET daotp:e:machine >"$WORK/record"
expect_no_text 'the server has no certificate' BEGIN "$WORK/record"
check 'sweep' store sweep "$uri"
check 'remove' store remove "$uri" machine
check 'again' put "$uri" machine

expect_finding() { # WHAT FINDING URI
	store list "$3" && not_ok "$1: it succeeded"
	expect_text "$1" "$2" "$WORK/out"
	expect_no_text "$1" GEHEIM "$WORK/out" "$WORK/err"
	expect_no_text "$1" FALSCH "$WORK/out" "$WORK/err"
}
expect_finding 'a wrong password' STORE-SERVER-AUTH "${uri/password-file=*/password-file=$WORK/wrong}"
expect_equal 'it was tried once' 1 "$(admin --raw ACL LOG | grep -A1 -x count | tail -1)"
expect_finding 'a password in the URI' STORE-URI "rediss://daotp:GEHEIM-bfe1@localhost:$port?$query"
expect_finding 'another CA' STORE-SERVER-TLS "${uri/ca.pem/ca2.pem}"
expect_finding 'another host name' STORE-SERVER-TLS "${uri/localhost/127.0.0.1}"
expect_finding 'no client certificate' STORE-SERVER- "rediss://daotp@localhost:$port?seal-key=$WORK/seal.keys&ca-file=$WORK/ca.pem&password-file=$WORK/password"
certificate localhost email:redis@corp.example
cn=$(free_port)
serve cn "$cn" --port 0 --tls-port "$cn" --tls-cert-file "$WORK/localhost.pem" --tls-key-file "$WORK/localhost.key" \
    --tls-ca-cert-file "$WORK/ca.pem"
expect_finding 'the host name only in the subject' STORE-SERVER-TLS "rediss://localhost:$cn?$query"
echo "other $(openssl rand -hex 32)" >"$WORK/other.keys"
store show "${uri/seal.keys/other.keys}" machine && not_ok 'another key opens it'
expect_text 'another key' STORE-SEAL-ID "$WORK/out"
cat "$WORK/other.keys" >>"$WORK/seal.keys"
check 'an old key still opens' store show "$uri" machine
chmod 644 "$WORK/password"
expect_finding 'a password that others can read' FILE-OPEN-TO-OTHERS "$uri"
plain=$(free_port)
serve plain "$plain" --port "$plain"
expect_finding 'TLS to a server without it' STORE-SERVER- "rediss://localhost:$plain?seal-key=$WORK/seal.keys&ca-file=$WORK/ca.pem"

# ---- a failover under load ------------------------------------------------------------------------

a=$(free_port) b=$(free_port) s=$(free_port)
serve first "$a" --port "$a"
first=$CHILD
serve second "$b" --port "$b" --replicaof 127.0.0.1 "$a"
printf '%s\n' "port $s" 'bind 127.0.0.1' "sentinel monitor fleet 127.0.0.1 $a 1" \
    'sentinel down-after-milliseconds fleet 700' 'sentinel failover-timeout fleet 3000' >"$WORK/sentinel.conf"
mkdir -p "$WORK/sentinel"
spawn sentinel redis-server "$WORK/sentinel.conf" --sentinel
uri="redis://127.0.0.1:$s?sentinel=fleet&master=127.0.0.1:$a,127.0.0.1:$b&seal-key=$WORK/seal.keys&timeout-s=30"
for ((i = 0; i < 100; i++)); do # the Sentinel finds the replica by itself
	[ "$(redis-cli -p "$s" SENTINEL replicas fleet 2>/dev/null | grep -cx "$b")" = 0 ] || break
	sleep 0.1
done
check 'a put before the failover' put "$uri" before
load() { # puts, one after the other, until it is told to stop
	local n=0
	while [ ! -e "$WORK/stop" ]; do
		n=$((n + 1))
		"$DAOTP" store import "$uri" "load$((n % 5))" "${IDENTITY[@]}" --plugins "$PLUGINS" >>"$WORK/load.err" 2>&1 ||
		    echo "FAILED $n" >>"$WORK/load.err"
		echo "$n" >"$WORK/load.count"
	done
}
: >"$WORK/load.err"
load &
CHILDREN+=($!)
loader=$!
await_file "$WORK/load.count"
kill -9 "$first"
check 'a put during the failover' put "$uri" during
expect_equal 'the replica is the master' master "$(redis-cli -p "$b" ROLE | head -1)"
touch "$WORK/stop"
wait "$loader"
expect_no_text 'each put of the load came through' FAILED "$WORK/load.err"
check 'list after the failover' store list "$uri"
expect_text 'list after the failover' during "$WORK/out"
summary
