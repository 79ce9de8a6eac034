# SPDX-License-Identifier: BSD-2-Clause
# Completion of daotp for bash. What there is, daotp itself tells: --help is the only list.

_daotp_options() { # COMMAND
	"${COMP_WORDS[0]}" "$1" --help 2>/dev/null | grep -oE -e '--[a-z0-9][a-z0-9-]*' | sort -u
}

# The words of an option that takes one of a few: "--revocation require|prefer|ignore".
_daotp_values() { # COMMAND OPTION
	case $2 in
	--as) echo ra otp-logon client server kdc issuing-ca ;;
	--part) echo ra otp-logon machine server kdc ca ntauth ;;
	*) "${COMP_WORDS[0]}" "$1" --help 2>/dev/null | grep -oE -e "$2 [a-z0-9]+(\|[a-z0-9]+)+" | head -n 1 |
		cut -d ' ' -f 2 | tr '|' ' ' ;;
	esac
}

_daotp_findings() { # DAOTP
	"$1" explain --all --json 2>/dev/null | grep -oE '"id":"[A-Z0-9-]+"' | cut -d '"' -f 4
}

_daotp() {
	local word=$2 before=$3 command=${COMP_WORDS[1]} list=
	COMPREPLY=()
	if [ "$COMP_CWORD" = 1 ]; then
		list="--help --version $("$1" --help 2>/dev/null | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p')"
	elif [[ $before == --* ]] && list=$(_daotp_values "$command" "$before") && [ -n "$list" ]; then
		:
	elif [[ $word == -* ]]; then
		list=$(_daotp_options "$command")
	else
		case $command:$COMP_CWORD:$before in
		ca:2:*) list='ping info' ;;
		ra:2:*) list='enroll renew audit' ;;
		config:*:check | config:*:--*) list= ;;
		config:2:*) list='check show keys' ;;
		lab:2:*) list='up down status faults break mend totp ca' ;;
		store:2:*) list='list show export import remove sweep move register unregister' ;;
		doctor:2:*) list='kdc radius tls crl ca directory' ;;
		radius:2:*) list=watch ;;
		explain:*) list=$(_daotp_findings "$1") ;;
		lab:4:*) [[ ${COMP_WORDS[2]} != break && ${COMP_WORDS[2]} != mend ]] ||
			list=$("$1" lab faults 2>/dev/null | sed 's/ .*//') ;;
		esac
	fi
	# shellcheck disable=SC2207
	[ -z "$list" ] || COMPREPLY=($(compgen -W "$list" -- "$word"))
}

complete -o default -F _daotp daotp
