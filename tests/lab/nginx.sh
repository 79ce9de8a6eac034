#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# nginx in front of `daotp serve --unix`.
#
#   nginx.sh start DIR CERT KEY CLIENT-CA SOCKET
#   nginx.sh stop DIR
#
# FRONT_OPTIONAL   asked for in the handshake; 403.7 and 403.16 are answered as IIS has them
# FRONT_OPTIONAL12 the same with TLS 1.2 only
# FRONT_REQUIRED   required, with nginx's own answers: HTTP 400
# FRONT_NONE       never asked for
#
# apt: nginx-light. Root is not needed. DIR/access.log has a line a request.
. "$(dirname "$0")/lib.sh"

write_site() { # NAME PORT
	local ask=off proto='TLSv1.2 TLSv1.3'
	case $1 in
	OPTIONAL) ask=optional ;;
	OPTIONAL12) ask=optional proto=TLSv1.2 ;;
	REQUIRED) ask=on ;;
	esac
	cat <<-X
	server {
	listen 127.0.0.1:$2 ssl;
	server_name localhost;
	ssl_protocols $proto;
	ssl_certificate $CERT;
	ssl_certificate_key $KEY;
	ssl_client_certificate $CLIENT_CA;
	ssl_verify_depth 3;
	ssl_verify_client $ask;
	access_log $D/access.log line;
	X
	# nginx's own 400s for a bad or a missing certificate, as IIS would say it
	[ "$ask" != optional ] || cat <<-'X'
	error_page 495 = @bad;
	error_page 496 = @none;
	location @bad { return 403 "403.16\n"; }
	location @none { return 403 "403.7\n"; }
	X
	cat <<-X
	location = /otp {
	proxy_pass http://unix:$SOCKET;
	proxy_set_header X-Client-Verify \$ssl_client_verify;
	proxy_set_header X-Client-Cert \$ssl_client_escaped_cert;
	}
	}
	X
}

write_config() {
	[ "$(id -u)" != 0 ] || echo "user nobody nogroup;"
	cat <<-X
	worker_processes 1;
	daemon off;
	pid $D/nginx.pid;
	error_log $D/error.log info;
	events { worker_connections 64; }
	http {
	log_format line '\$server_port \$request \$status \$ssl_protocol \$ssl_client_verify';
	client_body_temp_path $SHARE/body;
	proxy_temp_path $SHARE/proxy;
	fastcgi_temp_path $SHARE/fastcgi;
	uwsgi_temp_path $SHARE/uwsgi;
	scgi_temp_path $SHARE/scgi;
	$(cat "$D/sites")
	}
	X
}

run_front() { start_program nginx -p "$D" -e "$D/error.log" -c "$D/conf"; }

drop_share() {
	[ ! -s "$D/share" ] || rm -rf "$(cat "$D/share")" "$D/share"
}

need nginx nginx-light
cmd=${1:-}
take_dir "${2:-}"
case $cmd in
start)
	take_files "${@:3}"
	drop_share
	SHARE=$(mktemp -d /tmp/daotp-web.XXXXXX)
	echo "$SHARE" >"$D/share"
	chmod 711 "$SHARE"
	start_sites OPTIONAL OPTIONAL12 REQUIRED NONE
	;;
stop)
	stop_program
	drop_share
	;;
*) die "usage: $SELF start DIR CERT KEY CLIENT-CA SOCKET | stop DIR" ;;
esac
