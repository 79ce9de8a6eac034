#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Apache in IIS's place, in front of the lab's CES: HTTP Negotiate over TLS by mod_auth_gssapi, with
# the lab's own KDC, which gets the service's principal and passwords for alice and bob.
#
#   negotiate.sh start DIR LAB-DIR SOCKET
#   negotiate.sh stop DIR
#
# LAB-DIR is a running lab with a KDC; SOCKET is what `front` in its ca/policy names, where the CES
# believes X-Remote-User.
#
# DIR/env: FRONT_TLS12, FRONT_TLS13=https://localhost:PORT, each with one version of TLS, and
# FRONT_TRAP, where nobody has business. Paths of the first two; after the first three comes the
# path of the CES:
#   /need      Negotiate; who has a ticket comes to the CES
#   /other     Negotiate with the key of a service of another name
#   /both      Negotiate, and Basic for those who have no ticket
#   /basic     only Basic is offered, with alice's password
#   /denied    Negotiate; whoever it is, 401 with the last token of the exchange, as IIS has it
#   /again     the same, and asked for a new token each time
#   /NUMBER    after Negotiate, a redirect of this number (302, 307, 308) to the trap
# /open/NUMBER the redirect at once, as a server does it that wants no authentication
# DIR/passwords  "alice PASSWORD" and "bob PASSWORD", for kinit
# DIR/krb5.conf  for clients
# DIR/access.log a line a request: site, version of TLS, status, user, and the headers
#                Content-Length and Authorization
# DIR/delegated  where tickets land that a client gives away
#
# apt: apache2-bin libapache2-mod-auth-gssapi krb5-admin-server. Root is not needed.
. "$(dirname "$0")/lib.sh"
MODULES=/usr/lib/apache2/modules
REALM=LAB.EXAMPLE

# ---- principals ----------------------------------------------------------------------------------

kadmin_local() { # commands on standard input, for the passwords' sake
	KRB5_CONFIG=$LAB/kdc/krb5.conf KRB5_KDC_PROFILE=$LAB/kdc/kdc.conf kadmin.local >>"$D/kadmin.log" 2>&1
}

make_principals() {
	local user word
	rm -f "$D/passwords"
	for user in alice bob; do
		word=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
		echo "$user $word" >>"$D/passwords"
		echo "cpw -pw $word $user"
	done >"$D/commands"
	cat >>"$D/commands" <<-X
	addprinc -randkey HTTP/localhost
	addprinc -randkey HTTP/elsewhere.example
	ktadd -k $SHARE/http.keytab HTTP/localhost
	ktadd -k $SHARE/other.keytab HTTP/elsewhere.example
	X
	kadmin_local <"$D/commands"
	rm -f "$D/commands"
	[ -s "$SHARE/other.keytab" ] || die "no keytab: $(tail -3 "$D/kadmin.log")"
	cp "$LAB/kdc/krb5.conf" "$D/krb5.conf"
}

# ---- Apache --------------------------------------------------------------------------------------

write_site() { # NAME PORT
	local proto='-all +TLSv1.2 +TLSv1.3'
	case $1 in
	TLS12) proto='-all +TLSv1.2' ;;
	TLS13) proto='-all +TLSv1.3' ;;
	TRAP) TRAP=$2 ;;
	esac
	cat <<-X
	Listen 127.0.0.1:$2 https
	<VirtualHost 127.0.0.1:$2>
	ServerName localhost
	SSLEngine on
	SSLProtocol $proto
	CustomLog $D/access.log "$1 %{SSL_PROTOCOL}x %r %>s %u [%{Content-Length}i] [%{authorization}e]"
	SetEnvIf Authorization (.+) authorization=\$1
	</VirtualHost>
	X
}

# A location with Negotiate; its own settings come on standard input.
write_location() { # PATH [KEYTAB]
	cat <<-X
	<Location $1>
	AuthType GSSAPI
	AuthName "the lab"
	GssapiSSLonly On
	GssapiAllowedMech krb5
	GssapiCredStore keytab:$SHARE/${2:-http}.keytab
	GssapiDelegCcacheDir $SHARE/delegated
	$(cat)
	</Location>
	X
}

write_service() { # PATH [KEYTAB]: one that leads to the CES
	write_location "$@" <<-X
	$(cat)
	Require valid-user
	ProxyPass unix:$SOCKET|http://localhost/
	# set, not added: what a client itself sent under this name is dropped
	RequestHeader set X-Remote-User expr=%{REMOTE_USER}
	RequestHeader unset Authorization
	X
}

write_basic() {
	cat <<-X
	<Location /basic>
	AuthType Basic
	AuthName "the lab"
	AuthBasicProvider file
	AuthUserFile $SHARE/htpasswd
	Require valid-user
	</Location>
	X
}

# What is behind is never asked: the answer is made after the user is known.
write_answers() {
	local number
	write_location /denied <<<"Require user nobody@$REALM"
	write_location /again <<-X
	Require user nobody@$REALM
	Header always set WWW-Authenticate Negotiate
	X
	for number in 302 307 308; do
		write_location "/$number" <<-X
		Require valid-user
		Redirect $number https://127.0.0.1:$TRAP/
		X
		printf '<Location /open/%s>\nRedirect %s https://127.0.0.1:%s/\n</Location>\n' $number $number "$TRAP"
	done
}

write_config() {
	local module
	cat <<-X
	ServerRoot $D
	DefaultRuntimeDir $D
	PidFile $D/apache.pid
	Mutex file:$SHARE default
	ErrorLog $D/error.log
	LogLevel warn auth_gssapi:info
	ServerName localhost
	StartServers 1
	ThreadsPerChild 10
	MaxRequestWorkers 20
	MinSpareThreads 2
	MaxSpareThreads 20
	DocumentRoot $SHARE
	SSLCertificateFile $LAB/pki/server.pem
	SSLCertificateKeyFile $LAB/pki/server.key
	X
	for module in mpm_event authn_core authn_file authz_core authz_user auth_basic auth_gssapi alias headers setenvif \
	    proxy proxy_http ssl; do
		echo "LoadModule ${module}_module $MODULES/mod_$module.so"
	done
	write_service /need/ </dev/null
	write_service /other/ other </dev/null
	write_service /both/ <<<'GssapiBasicAuth On'
	write_basic
	write_answers
	cat "$D/sites"
	[ "$(id -u)" != 0 ] || printf 'User #%s\nGroup #%s\n' "$(id -u nobody)" "$(id -g nobody)"
}

run_front() {
	KRB5_CONFIG=$SHARE/krb5.conf KRB5RCACHENAME=file2:$SHARE/rcache start_program apache2 -d "$D" -f "$D/conf" -DFOREGROUND
}

# What workers need at run time is in a small open directory with a short name.
make_share() {
	drop_share
	SHARE=$(mktemp -d /tmp/daotp-web.XXXXXX)
	echo "$SHARE" >"$D/share"
	mkdir -p "$SHARE/delegated"
	ln -sfn "$SHARE/delegated" "$D/delegated"
	chmod 711 "$SHARE"
}

fill_share() {
	local word
	cp "$LAB/kdc/krb5.conf" "$SHARE/krb5.conf"
	word=$(sed -n 's/^alice //p' "$D/passwords")
	printf 'alice:%s\n' "$(openssl passwd -apr1 -stdin <<<"$word")" >"$SHARE/htpasswd"
	[ "$(id -u)" != 0 ] || chown -R nobody "$SHARE"
}

drop_share() {
	[ ! -s "$D/share" ] || rm -rf "$(cat "$D/share")" "$D/share"
}

need_module() {
	[ ! -e "$MODULES/mod_auth_gssapi.so" ] || return 0
	echo "$SELF: skipped, no mod_auth_gssapi; apt-get install --no-install-recommends libapache2-mod-auth-gssapi" >&2
	exit 77
}

need apache2 apache2-bin
need kadmin.local krb5-admin-server
need_module
cmd=${1:-}
take_dir "${2:-}"
case $cmd in
start)
	[ $# = 4 ] || die "usage: $SELF start DIR LAB-DIR SOCKET | stop DIR"
	LAB=$(realpath "$3") SOCKET=$(realpath "$4")
	[ -S "$SOCKET" ] || die "$SOCKET is no socket"
	[ -s "$LAB/kdc/krb5.conf" ] || die "$LAB has no KDC"
	make_share
	make_principals
	fill_share
	start_sites TRAP TLS12 TLS13
	;;
stop)
	stop_program
	drop_share
	;;
*) die "usage: $SELF start DIR LAB-DIR SOCKET | stop DIR" ;;
esac
