# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# What the fronts (apache.sh, nginx.sh) share. Sourced by bash, never run.
#
#   FRONT.sh start DIR CERT KEY CLIENT-CA SOCKET   DIR/env: FRONT_<SITE>=https://localhost:PORT
#   FRONT.sh stop DIR
#
# CERT, KEY: the server's, PEM. CLIENT-CA: who may come. SOCKET: `daotp serve --unix SOCKET`, whose
# path is /otp. Everything is in DIR, which is new, empty, or one the same script made. A program
# runs in the foreground under a recorded pid and start time, so that `stop` can only end what
# `start` began, even after the number has been used again. 77: a package is missing.

set -euo pipefail
umask 077
export LC_ALL=C TZ=UTC
PATH=$PATH:/usr/sbin:/sbin
unset OPENSSL_CONF OPENSSL_MODULES SSL_CERT_FILE SSL_CERT_DIR
SELF=${0##*/}

die() { echo "$SELF: $*" >&2; exit 1; }

need() { # PROGRAM PACKAGE
	command -v "$1" >/dev/null 2>&1 && return
	echo "$SELF: skipped, no $1; apt-get install --no-install-recommends $2" >&2
	exit 77
}

take_dir() { # DIR: make it; D is its absolute name
	[ -n "${1:-}" ] || die "usage: $SELF start DIR CERT KEY CLIENT-CA SOCKET | stop DIR"
	mkdir -p "$1"
	D=$(cd "$1" && pwd)
	if [ ! -e "$D/.front" ]; then
		[ -z "$(ls -A "$D")" ] || die "$D is neither empty nor of this script's making"
		echo "$SELF" >"$D/.front"
	fi
	[ "$(cat "$D/.front")" = "$SELF" ] || die "$D belongs to $(cat "$D/.front")"
}

take_files() { # CERT KEY CLIENT-CA SOCKET
	[ $# = 4 ] || die "usage: $SELF start DIR CERT KEY CLIENT-CA SOCKET"
	CERT=$(realpath "$1") KEY=$(realpath "$2") CLIENT_CA=$(realpath "$3") SOCKET=$(realpath "$4")
	[ -S "$SOCKET" ] || die "$SOCKET is no socket"
}

starttime() { # PID: field 22 of stat, counted after the "(comm)"; fails for a zombie
	local s
	s=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
	s=${s##*) }
	# shellcheck disable=SC2086
	set -- $s
	[ "$1" != Z ] || return 1
	echo "${20}"
}

start_program() { # COMMAND...
	local pid
	"$@" </dev/null >>"$D/out" 2>&1 &
	pid=$!
	disown "$pid" 2>/dev/null || :
	echo "$pid $(starttime "$pid" || echo gone)" >"$D/pid"
}

is_alive() {
	local pid born
	[ -s "$D/pid" ] || return 1
	read -r pid born <"$D/pid"
	[ "$(starttime "$pid" || echo gone)" = "$born" ]
}

stop_program() {
	local pid i
	if is_alive; then
		read -r pid _ <"$D/pid"
		kill "$pid" 2>/dev/null || :
		for i in $(seq 100); do is_alive || break; sleep 0.05; done
		! is_alive || kill -9 "$pid" 2>/dev/null || :
	fi
	rm -f "$D/pid"
}

is_listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A port that nothing on 127.0.0.1 accepts on, below the ephemeral range. Another process may still
# take it first: a server that fails to start is tried again.
pick_port() {
	local p i
	for i in $(seq 200); do
		p=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
		is_listening "$p" || { echo "$p"; return; }
	done
	return 1
}

await_port() { # PORT SECONDS: until it accepts; fails when the program has died
	local i
	for ((i = 0; i < $2 * 20; i++)); do
		is_alive || return 1
		! is_listening "$1" || return 0
		sleep 0.05
	done
	return 1
}

# Started by root, the workers are nobody, who must come to the socket.
open_socket_to_workers() {
	[ "$(id -u)" = 0 ] || return 0
	chown nobody "$SOCKET"
	chmod 711 "$(dirname "$SOCKET")"
}

# start_sites SITE...: pick ports, write the configuration (write_config, write_site NAME PORT), run it
start_sites() {
	local site port try
	! is_alive || die "already running in $D"
	open_socket_to_workers
	for try in 1 2 3 4 5; do
		: >"$D/env"
		: >"$D/sites"
		for site; do
			port=$(pick_port)
			echo "FRONT_$site=https://localhost:$port" >>"$D/env"
			write_site "$site" "$port" >>"$D/sites"
		done
		write_config >"$D/conf"
		run_front
		await_port "$port" 10 && return
		stop_program
	done
	tail -5 "$D"/out "$D"/*.log >&2
	return 1
}
