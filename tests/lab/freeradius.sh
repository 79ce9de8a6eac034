#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A private FreeRADIUS 3 on a high loopback port (IPv4 and IPv6), that knows some users and answers
# in each way there is. It reads nothing of the machine's own configuration. Root is not needed.
#
#   freeradius.sh start DIR [plain|require|fast|radsec|radsec-secret]   DIR/env is made: LAB_RADIUS_PORT,
#                                                         LAB_RADIUS_SECRET_FILE
#   freeradius.sh stop DIR
#
# require: requests without Message-Authenticator are dropped, as servers do that were hardened.
# fast: for benchmarks; no log, no answer is kept for repeats.
# radsec: over TLS too, mutual, TLS 1.2 on one port, LAB_RADSEC_PORT12, and TLS 1.3 on another,
# LAB_RADSEC_PORT13. DIR has ca.pem, client.pem and client.key, and of another CA, which the server
# does not know, other-ca.pem, other.pem and other.key. The server is localhost, 127.0.0.1 or ::1.
#
# apt: freeradius, openssl (77, "skipped", is the exit status without them)
#
# user         password      answer
# u0..u63      word-0..      accept, "hello u0"
# alice        (alice.pw)    accept, "welcome alice"; anything else is rejected
# long         (long.pw)     accept: 128 octets
# zoë          (zoë.pw)      accept: UTF-8, 128 octets
# corp\bob     (bob.pw)      accept; so is bob
# vsa          word-vsa      accept with Class, Session-Timeout and vendors' attributes
# esc          any           reject, with a message that would steer a terminal
# want-…       any           challenge: pin, number, latin (ISO 8859-1) say what for
# sms…         pin           challenge; then 123456 accept, next: another challenge
# push…        any           accept after 3 s
# drop…        any           silence
# noma-…       any           reject, without Message-Authenticator (3.2.5 and later add it anyway)
# DAProbeUser  any           reject
# Passwords in brackets are in files of DIR, made anew at each start.

. "$(dirname "$0")/lib.sh"

usage() { die "usage: $SELF start DIR [plain|require|fast|radsec|radsec-secret] | stop DIR"; }

# A port that nobody has on any address; another may still take it first, then it is tried again.
free_port() { # udp|tcp
	local i port
	for ((i = 0; i < 200; i++)); do
		port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
		grep -qi ":$(printf %04X "$port") " "/proc/net/$1" "/proc/net/${1}6" || { echo "$port"; return; }
	done
	return 1
}

# ---- certificates ----------------------------------------------------------------------------------

write_openssl_conf() {
	cat <<-'CONF'
	[req]
	distinguished_name = dn
	prompt = no
	[dn]
	CN = unused
	[ca]
	basicConstraints = critical, CA:TRUE
	keyUsage = critical, keyCertSign
	subjectKeyIdentifier = hash
	[server]
	basicConstraints = critical, CA:FALSE
	keyUsage = critical, digitalSignature
	extendedKeyUsage = serverAuth
	subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
	[client]
	basicConstraints = critical, CA:FALSE
	keyUsage = critical, digitalSignature
	extendedKeyUsage = clientAuth
	CONF
}

certificate() { # NAME KIND COMMON-NAME [CA-NAME]
	local issuer=()
	[ -z "${4:-}" ] || issuer=(-CA "$D/$4.pem" -CAkey "$D/$4.key")
	openssl req -x509 -config "$D/openssl.cnf" -extensions "$2" -subj "/CN=$3" -days 2 \
	    -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "${issuer[@]}" \
	    -keyout "$D/$1.key" -out "$D/$1.pem" 2>>"$D/openssl.log" || die "openssl: $(tail -n 3 "$D/openssl.log")"
}

make_certificates() {
	need openssl openssl
	write_openssl_conf >"$D/openssl.cnf"
	certificate ca ca "RadSec CA"
	certificate server server localhost ca
	certificate client client "da.corp.example" ca
	certificate other-ca ca "another CA"
	certificate other client "da.corp.example" other-ca
}

# ---- its configuration -----------------------------------------------------------------------------

word() { # N: that many letters and digits
	local word=
	while [ ${#word} -lt "$1" ]; do
		word+=$(od -An -tx8 -N8 /dev/urandom | tr -d ' \n')
	done
	printf %s "${word:0:$1}"
}

write_users() {
	local i
	word 20 >"$D/alice.pw"
	word 128 >"$D/long.pw"
	# two, three and four octets a letter: 9 + 119 = 128
	printf 'ä€🔑%s' "$(word 119)" >"$D/zoë.pw"
	word 10 >"$D/bob.pw"
	{
		for ((i = 0; i < 64; i++)); do
			printf '"u%d" Cleartext-Password := "word-%d"\n\tReply-Message := "hello u%d"\n\n' $i $i $i
		done
		cat <<-USERS
		"alice" Cleartext-Password := "$(cat "$D/alice.pw")"
		    Reply-Message := "welcome alice"

		"long" Cleartext-Password := "$(cat "$D/long.pw")"

		"zoë" Cleartext-Password := "$(cat "$D/zoë.pw")"

		"corp\\\\bob" Cleartext-Password := "$(cat "$D/bob.pw")"

		"bob" Cleartext-Password := "$(cat "$D/bob.pw")"

		"vsa" Cleartext-Password := "word-vsa"
		    Class := 0x000102ff,
		    Session-Timeout := 60,
		    MS-CHAP-Domain := "CORP",
		    Cisco-AVPair := "shell:priv-lvl=15"

		"esc" Auth-Type := Reject
		    Reply-Message := "\\033[2Jgone\\302\\2332J"

		DEFAULT Auth-Type := Reject
		    Reply-Message := "denied"
		USERS
	} >"$D/users"
}

write_clients() { # SECRET REQUIRE: yes or no
	cat <<-CONF
	client loop4 {
		ipaddr = 127.0.0.0/8
		secret = $1
		require_message_authenticator = $2
	}
	client loop6 {
		ipv6addr = ::1
		secret = $1
		require_message_authenticator = $2
	}
	CONF
}

write_modules() {
	cat <<-CONF
	modules {
		always reject {
			rcode = reject
		}
		always ok {
			rcode = ok
		}
		always handled {
			rcode = handled
		}
		expr {
		}
		exec {
			wait = yes
			input_pairs = request
			shell_escape = yes
			timeout = 80
		}
		pap {
			normalise = no
		}
		files {
			filename = $D/users
			key = "%{User-Name}"
		}
	}
	CONF
}

write_tls_listener() { # PORT TLS-VERSION ADDRESS
	cat <<-CONF
		listen {
			type = auth
			$3
			port = $1
			proto = tcp
			clients = radsec
			tls {
				private_key_file = $D/server.key
				certificate_file = $D/server.pem
				ca_file = $D/ca.pem
				fragment_size = 8192
				tls_min_version = "$2"
				tls_max_version = "$2"
				require_client_cert = yes
			}
			limit {
				max_connections = 64
				lifetime = 0
				idle_timeout = 30
			}
		}
	CONF
}

write_radsec_clients() { # MODE
	local secret=radsec
	[ "$1" = radsec ] || secret=another-secret-than-that
	cat <<-CONF
	clients radsec {
		client tls4 {
			ipaddr = 127.0.0.0/8
			proto = tls
			secret = $secret
			limit {
				max_connections = 64
			}
		}
		client tls6 {
			ipv6addr = ::1
			proto = tls
			secret = $secret
		}
	}
	CONF
}

write_server() { # PORT [TLS-1.2-PORT TLS-1.3-PORT]
	cat <<-CONF
	server otp {
		listen {
			type = auth
			ipaddr = 127.0.0.1
			port = $1
			recv_buff = 4194304
		}
		listen {
			type = auth
			ipv6addr = ::1
			port = $1
			recv_buff = 4194304
		}
	CONF
	if [ $# = 3 ]; then
		write_tls_listener "$2" 1.2 "ipaddr = 127.0.0.1"
		write_tls_listener "$3" 1.3 "ipaddr = 127.0.0.1"
		write_tls_listener "$3" 1.3 "ipv6addr = ::1"
	fi
	cat <<-'CONF'
		authorize {
			# the first attribute of every reply; 3.2.5 and later do so by themselves
			if (&User-Name !~ /^noma-/) {
				update reply {
					Message-Authenticator := 0x00000000000000000000000000000000
				}
			}
			if (&User-Name =~ /^drop/) {
				update control {
					Response-Packet-Type := Do-Not-Respond
				}
				handled
			}
			elsif (&User-Name == "DAProbeUser") {
				reject
			}
			elsif (&User-Name =~ /^want-/) {
				update reply {
					State := 0x01
				}
				if (&User-Name == "want-pin") {
					update reply {
						Reply-Message := "Enter a new PIN of 4 to 8 digits:"
					}
				}
				elsif (&User-Name == "want-number") {
					update reply {
						Reply-Message := "Approve the sign-in: enter the number shown, 42"
					}
				}
				elsif (&User-Name == "want-latin") {
					update reply {
						Reply-Message := "Nouveau mot de passe, le v\364tre a expir\351"
					}
				}
				update control {
					Response-Packet-Type := Access-Challenge
				}
				handled
			}
			elsif (&User-Name =~ /^sms/) {
				if (!&State) {
					if (&User-Password == "pin") {
						update reply {
							State := 0x0053544154452d31ff
							Reply-Message := "Enter the code we sent you"
							Prompt := No-Echo
						}
						update control {
							Response-Packet-Type := Access-Challenge
						}
						handled
					}
					else {
						reject
					}
				}
				elsif (&State == 0x0053544154452d31ff && &User-Password == "next") {
					update reply {
						State := 0x0053544154452d3200
						Reply-Message := "Wait for the code to change, then enter it"
						Prompt := Echo
					}
					update control {
						Response-Packet-Type := Access-Challenge
					}
					handled
				}
				elsif (&User-Password == "123456" && (&State == 0x0053544154452d31ff || &State == 0x0053544154452d3200)) {
					update control {
						Auth-Type := Accept
					}
				}
				else {
					reject
				}
			}
			elsif (&User-Name =~ /^push/) {
				if ("%{exec:/bin/sleep 3}" == "") {
					update control {
						Auth-Type := Accept
					}
				}
			}
			else {
				files
				pap
			}
			Autz-Type Status-Server {
				ok
			}
		}
		authenticate {
			Auth-Type PAP {
				pap
			}
		}
		post-auth {
			Post-Auth-Type REJECT {
				ok
			}
			Post-Auth-Type Challenge {
				ok
			}
		}
	}
	CONF
}

write_config() { # SECRET MODE PORT...
	local log=files status=yes cleanup=5 requests=65536 threads=2 require=no
	[ "$2" != fast ] || { log=null status=no cleanup=0 requests=2000000; }
	[ "$2" != require ] || require=yes
	: >"$D/dictionary"
	{
		cat <<-CONF
		prefix = /usr
		libdir = /usr/lib/freeradius
		raddbdir = $D
		confdir = $D
		db_dir = $D
		logdir = $D
		run_dir = $D/run
		pidfile = $D/run/radiusd.pid
		correct_escapes = true
		max_request_time = 90
		cleanup_delay = $cleanup
		max_requests = $requests
		hostname_lookups = no
		proxy_requests = no
		log {
			destination = $log
			file = $D/radius.log
			auth = no
		}
		security {
			allow_core_dumps = no
			max_attributes = 200
			reject_delay = 0
			status_server = $status
		}
		thread pool {
			start_servers = $threads
			max_servers = 8
			min_spare_servers = 1
			max_spare_servers = 4
			max_requests_per_server = 0
			max_queue_size = 65536
			auto_limit_acct = no
		}
		CONF
		write_clients "$1" "$require"
		[[ $2 != radsec* ]] || write_radsec_clients "$2"
		write_modules
		write_server "${@:3}"
	} >"$D/radiusd.conf"
}

# ---- start -----------------------------------------------------------------------------------------

# It listens, and not only the port is taken: its own socket is there.
ready() { # udp|tcp PORT
	local i
	for ((i = 0; i < 200; i++)); do
		is_alive || return 1
		! grep -qi ":$(printf %04X "$2") " "/proc/net/$1" || return 0
		sleep 0.05
	done
	return 1
}

all_ready() { # PORT [TCP-PORT...]
	local port
	ready udp "$1" || return 1
	for port in "${@:2}"; do ready tcp "$port" || return 1; done
}

start() {
	local mode=${1:-plain} ports try
	case $mode in plain | require | fast | radsec | radsec-secret) ;; *) usage ;; esac
	need freeradius freeradius
	! is_alive || die "already running in $D"
	mkdir -p "$D/run"
	word 32 >"$D/secret"
	write_users
	[[ $mode != radsec* ]] || make_certificates
	for ((try = 0; try < 5; try++)); do
		ports=("$(free_port udp)")
		[[ $mode != radsec* ]] || ports+=("$(free_port tcp)" "$(free_port tcp)")
		write_config "$(cat "$D/secret")" "$mode" "${ports[@]}"
		: >"$D/radius.log"
		start_program freeradius -d "$D" -n radiusd -f -l "$D/radius.log"
		if all_ready "${ports[@]}"; then
			echo "LAB_RADIUS_PORT=${ports[0]} LAB_RADIUS_SECRET_FILE=$D/secret LAB_RADIUS_DIR=$D" \
			    "LAB_RADSEC_PORT12=${ports[1]:-} LAB_RADSEC_PORT13=${ports[2]:-}" >"$D/env"
			return
		fi
		stop_program
	done
	tail -n 5 "$D/radius.log" "$D/out" >&2
	exit 1
}

[ $# -ge 2 ] || usage
take_dir "$2"
case $1 in
start) start "${3:-}" ;;
stop) stop_program ;;
*) usage ;;
esac
