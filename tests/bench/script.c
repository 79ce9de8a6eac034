/* SPDX-License-Identifier: BSD-2-Clause */
#include "script.h"

#include "log.h"
#include "process.h"
#include "sample.h"
#include "server.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* openssl req: what the template wants of a request. */
static const char request_conf[] =
    "[req]\nprompt = no\ndistinguished_name = dn\nreq_extensions = ext\nstring_mask = utf8only\n"
    "[dn]\n0.DC = example\n1.DC = lab\n0.CN = Users\n1.CN = Alice Example\n"
    "[ext]\nkeyUsage = critical,digitalSignature,keyEncipherment\n"
    "extendedKeyUsage = 1.3.6.1.4.1.311.20.2.2\nsubjectKeyIdentifier = hash\n"
    "subjectAltName = otherName:1.3.6.1.4.1.311.20.2.3;UTF8:" WORLD_UPN "\n"
    "1.3.6.1.4.1.311.21.7 = ASN1:SEQUENCE:template\n"
    "1.3.6.1.4.1.311.21.10 = ASN1:SEQUENCE:usage\n"
    "[template]\nid = OID:" LAB_TEMPLATE "\nmajor = INTEGER:100\nminor = INTEGER:5\n"
    "[usage]\none = SEQUENCE:logon\n[logon]\nid = OID:1.3.6.1.4.1.311.20.2.2\n";

/*
 * The key is made beforehand, as for the others. It checks less than the library does (not
 * the RA's signature and certificate, nor the issued names and dates): a lower bound.
 */
static const char script_text[] =
    "set -e\n"
    "cd \"$1\"\n"
    "rm -rf entry\n"
    /* the request */
    "openssl req -new -key ../pki/user.key -config req.cnf -sha256 -outform DER -out csr.der\n"
    "{ printf '<signCertRequest xmlns=\"http://schemas.microsoft.com/otpcep/1.0/protocol\""
    " username=\"%s\" oneTimePassword=\"%s\" certRequest=\"' '" WORLD_USER "' \"$OTP\"\n"
    "  openssl base64 -A -in csr.der; printf '\"/>'; } >otp.xml\n"
    "curl -sSf --http1.1 --cacert ../pki/root.pem --cert ../pki/machine.pem"
    " --key ../pki/machine.key -H 'X-OTPCEP-version: 1.0'"
    " -H 'Content-Type: Application/xml;charset=utf-8' --data-binary @otp.xml"
    " -o otp-answer.xml \"$OTP_URL\"\n"
    /* the signed request: is it ours? */
    "sed -n 's/.*SignedCertRequest=\"\\([^\"]*\\)\".*/\\1/p' otp-answer.xml"
    " | openssl base64 -d -A -out cmc.der\n"
    /* (not -verify: it knows no signer without a certificate, and the first of a CMC has none) */
    "openssl cms -cmsout -noout -print -inform DER -in cmc.der | grep -q id-cct-PKIData\n"
    "test \"$(od -An -v -tx1 cmc.der | tr -d ' \\n' | grep -c"
    " \"$(od -An -v -tx1 csr.der | tr -d ' \\n')\")\" = 1\n"
    /* to the CA */
    "{ cat ces-head.xml; openssl base64 -A -in cmc.der; cat ces-tail.xml; } >ces.xml\n"
    "curl -sSf --http1.1 --cacert ../pki/root.pem"
    " -H 'Content-Type: application/soap+xml; charset=utf-8' --data-binary @ces.xml"
    " -o ces-answer.xml \"$CES_URL\"\n"
    /* the certificate, and what leads to a root */
    "tr -d '\\r\\n' <ces-answer.xml"
    " | sed 's/.*#PKCS7\"[^>]*>\\([^<]*\\)<.*/\\1/;s/&#13;//g'"
    " | openssl base64 -d -A -out issued.der\n"
    "mkdir -m 700 new\n"
    "openssl pkcs7 -inform DER -in issued.der -print_certs -out chain.pem\n"
    "tr -d '\\r\\n' <ces-answer.xml"
    " | sed 's/.*#X509v3\" [^>]*>\\([^<]*\\)<.*/\\1/;s/&#13;//g'"
    " | openssl base64 -d -A | openssl x509 -inform DER -out new/cert.pem\n"
    "test \"$(openssl x509 -in new/cert.pem -noout -pubkey)\" ="
    " \"$(openssl pkey -in ../pki/user.key -pubout)\"\n"
    "cat chain.pem >>new/cert.pem\n"
    /* kept */
    "cp ../pki/user.key new/key.pem\n"
    "sync new/key.pem new/cert.pem new\n"
    "mv new entry\n"
    "sync .\n";

static void write_file(const struct world *world, const char *name, const void *data, size_t len)
{
    if (lab_dir_write(lab_dir_path(&world->lab, "script/%s", name).s, data, len) != LAB_OK)
        give_up("script: cannot write %s", name);
}

/* What stands before and behind the base64 of the CMC. */
static void write_envelope(const struct world *world)
{
    size_t len;
    char *body = (char *)world_read(world, SERVER_CES_BODY, &len);
    char *tail = strstr(body, "</BinarySecurityToken>"), *head = tail;

    while (head != NULL && head > body && head[-1] != '>')
        head--;
    if (head == NULL)
        give_up("script: no token in the recorded envelope");
    write_file(world, "ces-head.xml", body, (size_t)(head - body));
    write_file(world, "ces-tail.xml", tail, strlen(tail));
    free(body);
}

static void set_environment(const struct world *world)
{
    if (setenv("OTP", WORLD_OTP, 1) != 0 || setenv("OTP_URL", world->otp_url, 1) != 0 ||
        setenv("CES_URL", world->ces_url, 1) != 0)
        give_up("out of memory");
    unsetenv("https_proxy");
    unsetenv("HTTPS_PROXY");
    unsetenv("all_proxy");
    unsetenv("ALL_PROXY");
}

bool script_open(const struct world *world)
{
    static const char *const programs[] = {"openssl", "curl", "sed", "sync", "od", "tr", "grep"};

    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
        if (!process_found(programs[i])) {
            fprintf(stderr, "bench-enroll: no script: there is no %s\n", programs[i]);
            return false;
        }
    if (mkdir(lab_dir_path(&world->lab, "script").s, 0700) != 0)
        give_up("script: cannot make a folder");
    write_file(world, "req.cnf", request_conf, strlen(request_conf));
    write_file(world, "enroll.sh", script_text, strlen(script_text));
    write_envelope(world);
    set_environment(world);
    return true;
}

double script_run(const struct world *world)
{
    struct lab_dir_path file = lab_dir_path(&world->lab, "script/enroll.sh");
    struct lab_dir_path dir = lab_dir_path(&world->lab, "script");
    char *argv[] = {"sh", file.s, dir.s, NULL};
    double began = sample_wall_us();
    int status = -1;
    pid_t pid;

    if (posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ) != 0 ||
        waitpid(pid, &status, 0) != pid || status != 0)
        give_up("the script failed, status %d", status);
    return sample_wall_us() - began;
}
