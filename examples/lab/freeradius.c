/* SPDX-License-Identifier: BSD-2-Clause */
#include "freeradius.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "log.h"
#include "process.h"

#define NAME         "radius"
#define TRIES        5
#define START_MS     10000
#define SECRET_BYTES 16 /* twice as many characters */

/* ---- what is installed ---- */

static bool has_modules(const char *folder)
{
    static const char *const modules[] = {"always", "expr",  "passwd",
                                          "totp",   "cache", "cache_rbtree"};
    char path[128];
    bool yes = true;

    for (size_t i = 0; yes && i < sizeof(modules) / sizeof(modules[0]); i++) {
        snprintf(path, sizeof(path), "%s/rlm_%s.so", folder, modules[i]);
        yes = access(path, R_OK) == 0;
    }
    return yes;
}

static const char *find_modules(void)
{
    static const char *const folders[] = {"/usr/lib/freeradius", "/usr/lib64/freeradius"};

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        if (has_modules(folders[i]))
            return folders[i];
    return NULL;
}

bool freeradius_available(const char **missing)
{
    *missing = process_found("freeradius") && find_modules() != NULL ? NULL : "freeradius";
    return *missing == NULL;
}

/* ---- configuration ---- */

static void print_general(FILE *out, const struct lab *lab)
{
    const char *d = lab->dir;

    fprintf(out,
            "prefix = /usr\n"
            "libdir = %s\n"
            "raddbdir = \"%s/radius\"\n"
            "db_dir = \"%s/radius\"\n"
            "logdir = \"%s/radius\"\n"
            "run_dir = \"%s/radius\"\n"
            "pidfile = \"%s/radius/ready\"\n"
            "correct_escapes = true\n"
            "hostname_lookups = no\n"
            "proxy_requests = no\n"
            "log {\n"
            "\tdestination = stdout\n"
            "\tauth = yes\n"
            "}\n"
            "security {\n"
            "\tallow_core_dumps = no\n"
            "\treject_delay = 0\n"
            "\tstatus_server = yes\n"
            "}\n",
            find_modules(), d, d, d, d, d);
}

static void print_client(FILE *out, const char *name, const char *address, const char *secret)
{
    fprintf(out,
            "client %s {\n"
            "\t%s\n"
            "\tsecret = %.*s\n"
            "}\n",
            name, address, 2 * SECRET_BYTES, secret);
}

/*
 * The users come from the lab's own list, field by field. The module "used" tells two things
 * apart, in one step that no other request can get in between: "updated", it was not there
 * and is now; "ok", it was there.
 */
static void print_modules(FILE *out, const struct lab *lab)
{
    fprintf(out,
            "modules {\n"
            "\talways reject {\n"
            "\t\trcode = reject\n"
            "\t}\n"
            "\talways ok {\n"
            "\t\trcode = ok\n"
            "\t}\n"
            "\talways handled {\n"
            "\t\trcode = handled\n"
            "\t}\n"
            "\texpr {\n"
            "\t}\n"
            "\tpasswd people {\n"
            "\t\tfilename = \"%s/users.txt\"\n"
            "\t\tformat = \"*Stripped-User-Name:::::TOTP-Secret::Tmp-String-0\"\n"
            "\t\tdelimiter = \":\"\n"
            "\t\thash_size = 100\n"
            "\t}\n"
            "\ttotp {\n"
            "\t\tlookback_steps = 1\n" /* FreeRADIUS 3.2.1 ignores it */
            "\t\tlookforward_steps = 1\n"
            "\t}\n"
            "\tcache used {\n"
            "\t\tdriver = \"rlm_cache_rbtree\"\n"
            "\t\tkey = \"%%{Stripped-User-Name} %%{TOTP-Password}\"\n"
            "\t\tttl = 120\n"
            "\t\tupdate {\n"
            "\t\t\t&control:Tmp-String-1 := \"used\"\n"
            "\t\t}\n"
            "\t}\n"
            "}\n",
            lab->dir);
}

static void print_listen(FILE *out, const char *address, int port)
{
    fprintf(out,
            "\tlisten {\n"
            "\t\ttype = auth\n"
            "\t\t%s\n"
            "\t\tport = %d\n"
            "\t}\n",
            address, port);
}

/* The definitions that the server section uses. FreeRADIUS's log says why it refuses. */
static void print_policies(FILE *out)
{
    static const struct {
        const char *name, *why;
    } refusals[] = {
        {"refuse_user", "no such user"},   {"refuse_disabled", "disabled user"},
        {"refuse_form", "not six digits"}, {"refuse_code", "wrong code"},
        {"refuse_used", "used code"},
    };

    fprintf(out, "policy {\n"
                 "\tsign_reply {\n" /* 3.2.1 does so if it is told to, later versions always */
                 "\t\tupdate reply {\n"
                 "\t\t\tMessage-Authenticator := 0x00\n"
                 "\t\t}\n"
                 "\t}\n");
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
        fprintf(out,
                "\t%s {\n"
                "\t\tupdate request {\n"
                "\t\t\tModule-Failure-Message := \"%s\"\n"
                "\t\t}\n"
                "\t\treject\n"
                "\t}\n",
                refusals[i].name, refusals[i].why);
    fprintf(out, "}\n");
}

/* Names are in lower case in the list. DAProbeUser is not in it, so it is rejected. */
static const char authorize[] =
    "\tauthorize {\n"
    "\t\tsign_reply\n"
    "\t\tupdate request {\n"
    "\t\t\tStripped-User-Name := \"%{tolower:%{User-Name}}\"\n"
    "\t\t}\n"
    "\t\tpeople\n"
    "\t\tif (notfound) {\n"
    "\t\t\trefuse_user\n"
    "\t\t}\n"
    "\t\telsif (\"%{control:Tmp-String-0}\" =~ /(^|,)disabled(,|$)/) {\n"
    "\t\t\trefuse_disabled\n"
    "\t\t}\n"
    "\t\telsif (\"%{User-Password}\" =~ /^([0-9]{6})$/) {\n"
    "\t\t\tupdate request {\n"
    "\t\t\t\tTOTP-Password := \"%{1}\"\n"
    "\t\t\t}\n"
    "\t\t\tupdate control {\n"
    "\t\t\t\tAuth-Type := TOTP\n"
    "\t\t\t}\n"
    "\t\t}\n"
    "\t\telse {\n"
    "\t\t\trefuse_form\n"
    "\t\t}\n"
    "\t\tAutz-Type Status-Server {\n"
    "\t\t\tsign_reply\n"
    "\t\t\tok\n"
    "\t\t}\n"
    "\t}\n";

/* The answer of the server to every request, in the words of real products. */
static const struct demand {
    const char *fault, *message, *packet;
} demands[] = {
    {"radius-silent", "", "Do-Not-Respond"},
    {"radius-new-pin", "Enter a new PIN having from 4 to 8 digits:", "Access-Challenge"},
    {"radius-number", "Open your Authenticator app and enter the number shown to sign in: 42",
     "Access-Challenge"},
    {"radius-password", "Your password has expired", "Access-Reject"},
};

static const struct demand *broken_demand(const struct lab *lab)
{
    for (size_t i = 0; i < sizeof(demands) / sizeof(demands[0]); i++)
        if (lab_dir_exists(lab_dir_path(lab, "faults/%s", demands[i].fault).s))
            return &demands[i];
    return NULL;
}

static void print_demand(FILE *out, const struct demand *demand)
{
    fprintf(out,
            "\tauthorize {\n"
            "\t\tsign_reply\n"
            "\t\tupdate reply {\n"
            "\t\t\tReply-Message := \"%s\"\n"
            "\t\t}\n"
            "\t\tupdate control {\n"
            "\t\t\tResponse-Packet-Type := %s\n"
            "\t\t}\n"
            "\t\thandled\n"
            "\t\tAutz-Type Status-Server {\n"
            "\t\t\tsign_reply\n"
            "\t\t\tok\n"
            "\t\t}\n"
            "\t}\n",
            demand->message, demand->packet);
}

/* "fail = 1" is a priority: continue, and keep the result. A challenge uses up a right code too.
 * */
static const char authenticate[] =
    "\tauthenticate {\n"
    "\t\tAuth-Type TOTP {\n"
    "\t\t\ttotp {\n"
    "\t\t\t\tfail = 1\n"
    "\t\t\t\treject = 1\n"
    "\t\t\t}\n"
    "\t\t\tif (!ok) {\n"
    "\t\t\t\trefuse_code\n"
    "\t\t\t}\n"
    "\t\t\tused\n"
    "\t\t\tif (!updated) {\n"
    "\t\t\t\trefuse_used\n"
    "\t\t\t}\n"
    "\t\t\telsif (\"%{control:Tmp-String-0}\" =~ /(^|,)challenge(,|$)/) {\n"
    "\t\t\t\tupdate reply {\n"
    "\t\t\t\t\tState := \"%{randstr:aaaaaaaaaaaaaaaa}\"\n"
    "\t\t\t\t\tReply-Message := \"Wait for the code to change, then enter it\"\n"
    "\t\t\t\t}\n"
    "\t\t\t\tupdate control {\n"
    "\t\t\t\t\tResponse-Packet-Type := Access-Challenge\n"
    "\t\t\t\t}\n"
    "\t\t\t\thandled\n"
    "\t\t\t}\n"
    "\t\t\telse {\n"
    "\t\t\t\tok\n"
    "\t\t\t}\n"
    "\t\t}\n"
    "\t}\n";

static void print_server(FILE *out, const struct lab *lab)
{
    const struct demand *demand = broken_demand(lab);

    fprintf(out, "server otp {\n");
    print_listen(out, "ipaddr = 127.0.0.1", lab->radius_port);
    if (process_udp_free(AF_INET6, lab->radius_port)) /* ::1 may be missing */
        print_listen(out, "ipv6addr = ::1", lab->radius_port);
    if (demand != NULL)
        print_demand(out, demand);
    else
        fputs(authorize, out);
    fprintf(out, "%s}\n", authenticate);
}

static int print_conf(const struct lab *lab, const char *secret)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    int end;

    if (out == NULL)
        return LAB_MEMORY;
    print_general(out, lab);
    print_client(out, "loopback", "ipaddr = 127.0.0.0/8", secret);
    print_client(out, "loopback6", "ipv6addr = ::1", secret);
    print_modules(out, lab);
    print_policies(out);
    print_server(out, lab);
    end = fclose(out) == 0 ? lab_dir_write(lab_dir_path(lab, "radius/radiusd.conf").s, text, len)
                           : LAB_MEMORY;
    if (text != NULL)
        OPENSSL_cleanse(text, len);
    free(text);
    return end;
}

static int write_conf(const struct lab *lab)
{
    unsigned char *secret;
    size_t len;
    int end = lab_dir_read(lab_dir_path(lab, "radius/secret").s, &secret, &len);

    if (end != LAB_OK)
        return end;
    end = print_conf(lab, (char *)secret);
    OPENSSL_cleanse(secret, len);
    free(secret);
    return end;
}

/* ---- the secret ---- */

int freeradius_new_secret(const struct lab *lab, const char *name)
{
    unsigned char random[SECRET_BYTES];
    char secret[2 * sizeof(random) + 1];
    int end;

    if (RAND_bytes(random, sizeof(random)) != 1)
        return lab_log_openssl("make a RADIUS secret");
    for (size_t i = 0; i < sizeof(random); i++)
        snprintf(secret + 2 * i, 3, "%02x", random[i]);
    end = lab_dir_print(lab_dir_path(lab, "radius/%s", name).s, "%s\n", secret);
    OPENSSL_cleanse(random, sizeof(random));
    OPENSSL_cleanse(secret, sizeof(secret));
    return end;
}

/* ---- running ---- */

/* FreeRADIUS listens before it writes its pidfile. */
int freeradius_start(const struct lab *lab)
{
    struct lab_dir_path folder = lab_dir_path(lab, "radius");
    struct lab_dir_path ready = lab_dir_path(lab, "radius/ready");
    const char *const argv[] = {"freeradius", "-d", folder.s, "-f", "-P", "-l", "stdout", NULL};
    int end;

    if (process_alive(lab, NAME))
        return LAB_OK;
    end = write_conf(lab);
    if (end == LAB_OK)
        end = lab_dir_remove(ready.s);
    if (end == LAB_OK)
        end = process_start(lab, NAME, argv, NULL, NULL);
    return end == LAB_OK ? process_wait_file(lab, NAME, ready.s, START_MS) : end;
}

/* FreeRADIUS does not accept port 0: choose a port that is free now, and another one if it is
 * taken meanwhile. */
int freeradius_create(struct lab *lab)
{
    int end = freeradius_new_secret(lab, "secret");
    bool again = end == LAB_OK;

    for (int i = 0; again && i < TRIES; i++) {
        end = process_find_udp(&lab->radius_port);
        if (end == LAB_OK)
            end = freeradius_start(lab);
        again = end == LAB_PEER && !process_udp_free(AF_INET, lab->radius_port);
        if (again)
            (void)process_stop(lab, NAME);
    }
    return end;
}

int freeradius_stop(const struct lab *lab)
{
    return process_stop(lab, NAME);
}
