#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What the completions offer, in each shell that is installed; and that the manual page names every
# option of every command, and no other.   complete.sh DAOTP-PROGRAM SOURCE
set -u
daotp=$(realpath "$1") source=$2/examples/completion page=$2/docs/man/daotp.1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" && ln -s "$daotp" "$work/bin/daotp"
export PATH=$work/bin:$PATH HOME=$work LC_ALL=C.UTF-8
bad=0

expect() { # WHAT WANTED FOUND: each word of WANTED is there; one that begins with ! is not
	local word missing=
	for word in $2; do
		case $word in
		!*) ! grep -qxF -- "${word#!}" <<<"$3" || missing+=" $word" ;;
		*) grep -qxF -- "$word" <<<"$3" || missing+=" $word" ;;
		esac
	done
	if [ -z "$missing" ]; then echo "ok - $1"; else bad=1 && echo "not ok - $1:$missing in: $(head -c 300 <<<"$3" | tr '\n' ' ')"; fi
}

# ask SHELL LINE: what is offered at the end of the line, one a line
ask() {
	case $1 in
	bash) bash --norc -c '. "$1"; COMP_LINE=$2; read -ra COMP_WORDS <<<"$2"; [[ $2 != *" " ]] || COMP_WORDS+=("")
	    COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _daotp daotp "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
	    printf "%s\n" "${COMPREPLY[@]}"' - "$source/daotp.bash" "$2" ;;
	fish) fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$source/daotp.fish" "$2" | cut -f 1 ;;
	zsh) zsh -f "$work/ask.zsh" "$source" "$2" ;;
	esac
}

# zsh completes on a terminal only: give it one, and have compadd tell what it was given
cat >"$work/ask.zsh" <<'ZSH'
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -D -u
_tell() { builtin compadd -O offered \"\$@\"; print -rl -- '<<'\${^offered}'>>' }
compadd() { local -a offered; _tell \"\$@\"; builtin compadd \"\$@\" }
_describe() { print -rl -- '<<'\${^\${(P)2}%%:*}'>>' }
setopt no_list_beep; bindkey '^I' complete-word; print READY\$((1+1))"
zpty -r z out '*READY2*'
zpty -w -n z "$2"$'\t'
sleep 1
out=; while zpty -rt z part; do out+=$part; done
print -r -- $out | tr -d '\r' | grep -oE '<<[^<>]+>>' | tr -d '<>'
zpty -d z
ZSH

commands=$(daotp --help | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p')

for shell in bash zsh fish; do
	command -v $shell >/dev/null || { echo "# no $shell"; continue; }
	expect "$shell: commands" "enroll ca decode verify requirements crl radius store explain serve config discover lab demo $commands !enrol" "$(ask $shell 'daotp ')"
	expect "$shell: options" '--url --otp-fd --key-kind --json !--listen' "$(ask $shell 'daotp enroll --')"
	expect "$shell: options of another" '--listen --unix !--otp-fd' "$(ask $shell 'daotp serve --')"
	expect "$shell: a value" 'rsa2048 p384 !--url' "$(ask $shell 'daotp enroll --key-kind ')"
	expect "$shell: a part" 'otp-logon issuing-ca' "$(ask $shell 'daotp verify --as ')"
	expect "$shell: a part of requirements" 'machine ntauth' "$(ask $shell 'daotp requirements --part ')"
	expect "$shell: lab" 'up down break' "$(ask $shell 'daotp lab ')"
	expect "$shell: findings" 'OTP-EKU OTP-UPN' "$(ask $shell 'daotp explain OTP-')"
	expect "$shell: config" 'check show keys' "$(ask $shell 'daotp config ')"
	expect "$shell: ca" 'ping info' "$(ask $shell 'daotp ca ')"
	expect "$shell: ra" 'enroll renew' "$(ask $shell 'daotp ra ')"
	expect "$shell: doctor" 'kdc radius' "$(ask $shell 'daotp doctor ')"
	expect "$shell: store" 'list show export import remove sweep move' "$(ask $shell 'daotp store ')"
done

# ---- the manual page ------------------------------------------------------------------------------

options_of_help() { daotp "$1" --help 2>/dev/null | grep -oE -e '--[a-z0-9][a-z0-9-]*' | sed 's/^--//'; }
options_of_page() { # COMMAND: of its section
	sed -n "/^\.Ss.*\<$1\>/,/^\.S[sh]/p" "$page" | sed '1!{/^\.S[sh]/d}' | grep -oE '(Fl|Oo Fl|,|\|) -[a-z0-9][a-z0-9-]*' | sed 's/.* -//'
}
for command in $commands; do
	a=$(options_of_help $command | grep -vx help | sort -u)
	b=$(options_of_page $command | sort -u)
	# lab and demo share a section
	case $command in lab | demo) a=$({ options_of_help lab; options_of_help demo; } | sort -u) ;; esac
	if [ "$a" = "$b" ]; then echo "ok - daotp.1: options of $command"
	else bad=1; echo "not ok - daotp.1: options of $command: $(diff <(echo "$a") <(echo "$b") | grep '^[<>]' | tr '\n' ' ')"; fi
done
for name in $commands; do
	grep -qE "^\.Ss.*\<$name\>" "$page" || { bad=1; echo "not ok - daotp.1: no section on $name"; }
done
exit $bad
