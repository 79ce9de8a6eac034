# SPDX-License-Identifier: BSD-2-Clause
# Completion of daotp for fish. What there is, daotp itself tells: --help is the only list.

function __daotp_words
    commandline -opc
end

function __daotp_commands
    command daotp --help 2>/dev/null | string replace -rf '^  ([a-z]+)  +(.*)' '$1\t$2'
end

function __daotp_options
    set -l words (__daotp_words)
    command daotp $words[2] --help 2>/dev/null | string match -ra -e -- '--[a-z0-9][a-z0-9-]*' |
        string match -ra -- '--[a-z0-9][a-z0-9-]*' | sort -u
end

# The words of an option that takes one of a few: "--revocation require|prefer|ignore".
function __daotp_values
    set -l words (__daotp_words)
    set -q words[3]; or return
    if test $words[-1] = --as
        string split ' ' 'ra otp-logon client server kdc issuing-ca'
    else if test $words[-1] = --part
        string split ' ' 'ra otp-logon machine server kdc ca ntauth'
    else if string match -q -- '--*' $words[-1]
        command daotp $words[2] --help 2>/dev/null |
            string match -r -- "$words[-1] [a-z0-9]+(?:\|[a-z0-9]+)+" | head -n 1 |
            string replace -r '^\S+ ' '' | string split '|'
    end
end

function __daotp_is
    set -l words (__daotp_words)
    test (count $words) -eq $argv[1]; and test "$words[2]" = $argv[2]
end

function __daotp_command_is
    set -l words (__daotp_words)
    set -q words[2]; and test "$words[2]" = $argv[1]
end

complete -c daotp -n 'test (count (__daotp_words)) -eq 1' -f -a '(__daotp_commands)'
complete -c daotp -n 'test (count (__daotp_words)) -gt 1; and string match -q -- "-*" (commandline -ct)' -a '(__daotp_options)'
complete -c daotp -n 'test -n "$(__daotp_values)"' -f -a '(__daotp_values)'
complete -c daotp -n '__daotp_is 2 lab' -f -a 'up down status faults break mend totp ca'
complete -c daotp -n '__daotp_is 2 store' -f -a 'list show export import remove sweep move register unregister'
complete -c daotp -n '__daotp_is 2 ca' -a 'ping info'
complete -c daotp -n '__daotp_is 2 ra' -a 'enroll renew audit'
complete -c daotp -n '__daotp_is 2 config' -f -a 'check show keys'
complete -c daotp -n '__daotp_is 2 doctor' -a 'kdc radius tls crl ca directory'
complete -c daotp -n '__daotp_is 2 radius' -a watch
complete -c daotp -n '__daotp_command_is explain' -f -a '(command daotp explain --all --json 2>/dev/null | string match -ra "\"id\":\"[A-Z0-9-]+\"" | string replace -ra "\"id\":|\"" "")'
