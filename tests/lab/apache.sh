#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Apache in IIS's place, in front of `daotp serve --unix`: each way in which a web server asks for a
# client certificate, on a port of its own.
#
#   apache.sh start DIR CERT KEY CLIENT-CA SOCKET
#   apache.sh stop DIR
#
# Paths of each site, all the same service behind them:
#   /need/otp  required as IIS has it: without a good one an HTTP 403
#   /hard/otp  required as Apache has it: without a good one the TLS connection fails
#   /may/otp   asked for, not required: the service behind decides
#   /open/otp  what the site asks for by itself
# FRONT_RENEG   TLS 1.2, asked for after the request: renegotiation (IIS's default)
# FRONT_PHA     TLS 1.3, asked for after the request: post-handshake authentication
# FRONT_AUTO    TLS 1.2 or 1.3, asked for after the request
# FRONT_H2      the same with HTTP/2 offered
# FRONT_EARLY   required in the first handshake (IIS "Negotiate Client Certificate")
# FRONT_ASK     asked for in the first handshake, not required
# FRONT_ASK12   the same with TLS 1.2
#
# apt: apache2-bin. Root is not needed. DIR/access.log has a line a request.
. "$(dirname "$0")/lib.sh"
MODULES=/usr/lib/apache2/modules

write_site() { # NAME PORT
	local proto='-all +TLSv1.2 +TLSv1.3' alpn=http/1.1 first=none
	case $1 in
	RENEG) proto='-all +TLSv1.2' ;;
	PHA) proto='-all +TLSv1.3' ;;
	H2) alpn='h2 http/1.1' ;;
	EARLY) first=require ;;
	ASK) first=optional_no_ca ;;
	ASK12) first=optional_no_ca proto='-all +TLSv1.2' ;;
	esac
	cat <<-X
	Listen 127.0.0.1:$2 https
	<VirtualHost 127.0.0.1:$2>
	ServerName localhost
	Protocols $alpn
	SSLEngine on
	SSLProtocol $proto
	SSLVerifyClient $first
	CustomLog $D/access.log "$1 %r %>s %{SSL_PROTOCOL}x %{SSL_CLIENT_VERIFY}x"
	</VirtualHost>
	X
}

# A location that is the service; its own settings come on standard input.
write_location() { # PATH
	cat <<-X
	<Location $1>
	$(cat)
	ProxyPass unix:$SOCKET|http://localhost/otp
	# set, not added: what a client itself sent under these names is dropped
	RequestHeader set X-Client-Verify "%{SSL_CLIENT_VERIFY}s"
	RequestHeader set X-Client-Cert "%{SSL_CLIENT_CERT}s"
	</Location>
	X
}

write_config() {
	local module
	cat <<-X
	ServerRoot $D
	DefaultRuntimeDir $D
	PidFile $D/apache.pid
	Mutex file:$SHARE default
	ErrorLog $D/error.log
	LogLevel warn ssl:info
	ServerName localhost
	StartServers 1
	ThreadsPerChild 10
	MaxRequestWorkers 20
	MinSpareThreads 2
	MaxSpareThreads 20
	KeepAliveTimeout 30
	DocumentRoot $SHARE
	SSLCertificateFile $CERT
	SSLCertificateKeyFile $KEY
	SSLCACertificateFile $CLIENT_CA
	SSLVerifyDepth 3
	SSLSessionTickets on
	SSLOptions +StdEnvVars +ExportCertData
	X
	for module in mpm_event authz_core socache_shmcb ssl http2 headers proxy proxy_http; do
		echo "LoadModule ${module}_module $MODULES/mod_$module.so"
	done
	echo "SSLSessionCache shmcb:$D/sslcache(512000)"
	write_location /need/otp <<-'X'
	SSLVerifyClient optional_no_ca
	Require expr "%{SSL_CLIENT_VERIFY} == 'SUCCESS'"
	X
	echo 'SSLVerifyClient require' | write_location /hard/otp
	echo 'SSLVerifyClient optional' | write_location /may/otp
	write_location /open/otp </dev/null
	cat "$D/sites"
	[ "$(id -u)" != 0 ] || printf 'User #%s\nGroup #%s\n' "$(id -u nobody)" "$(id -g nobody)"
}

run_front() { start_program apache2 -d "$D" -f "$D/conf" -DFOREGROUND; }

# What workers need at run time is in a small open directory with a short name.
make_share() {
	drop_share
	SHARE=$(mktemp -d /tmp/daotp-web.XXXXXX)
	echo "$SHARE" >"$D/share"
	chmod 711 "$SHARE"
	[ "$(id -u)" != 0 ] || chown nobody "$SHARE" # for the mutexes
}

drop_share() {
	[ ! -s "$D/share" ] || rm -rf "$(cat "$D/share")" "$D/share"
}

need apache2 apache2-bin
cmd=${1:-}
take_dir "${2:-}"
case $cmd in
start)
	take_files "${@:3}"
	make_share
	start_sites RENEG PHA AUTO H2 EARLY ASK ASK12
	;;
stop)
	stop_program
	drop_share
	;;
*) die "usage: $SELF start DIR CERT KEY CLIENT-CA SOCKET | stop DIR" ;;
esac
