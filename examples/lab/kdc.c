/* SPDX-License-Identifier: BSD-2-Clause */
#include "kdc.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/rand.h>

#include "log.h"
#include "process.h"
#include "users.h"

#define TRIES    5
#define START_MS 5000

static bool has_plugin(void)
{
    static const char *const places[] = {
        "/usr/lib/*/krb5/plugins/preauth/pkinit.so",
        "/usr/lib*/krb5/plugins/preauth/pkinit.so",
    };
    glob_t found;

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        int rc = glob(places[i], 0, NULL, &found);

        globfree(&found);
        if (rc == 0)
            return true;
    }
    return false;
}

bool kdc_available(const char **missing)
{
    *missing = NULL;
    if (!process_found("krb5kdc"))
        *missing = "krb5-kdc";
    else if (!process_found("kadmin.local"))
        *missing = "krb5-admin-server";
    else if (!has_plugin())
        *missing = "krb5-pkinit";
    return *missing == NULL;
}

/* ---- configuration ---- */

/* For clients and for the KDC: the KDC trusts the anchors of this file and of kdc.conf. */
static int write_krb5_conf(const struct lab *lab, const char *name, bool has_anchors)
{
    char anchors[2700] = "";

    if (has_anchors)
        snprintf(anchors, sizeof(anchors),
                 "  pkinit_anchors = FILE:%s/pki/root.pem\n"
                 "  pkinit_pool = FILE:%s/pki/issuing.pem\n",
                 lab->dir, lab->dir);
    return lab_dir_print(lab_dir_path(lab, "kdc/%s", name).s,
                         "[libdefaults]\n"
                         " default_realm = " LAB_REALM "\n"
                         " dns_lookup_kdc = false\n"
                         " dns_lookup_realm = false\n"
                         " dns_canonicalize_hostname = false\n"
                         " rdns = false\n"
                         " udp_preference_limit = 1\n"
                         " default_ccache_name = FILE:%s/kdc/cc\n"
                         " default_keytab_name = FILE:%s/kdc/keytab\n"
                         "[realms]\n"
                         " " LAB_REALM " = {\n"
                         "  kdc = 127.0.0.1:%d\n"
                         "%s }\n",
                         lab->dir, lab->dir, lab->kdc_port, anchors);
}

/* A KDC needs both scLogin and allow_upn to accept an AD style certificate. */
static bool is_broken(const struct lab *lab, const char *fault)
{
    return lab_dir_exists(lab_dir_path(lab, "faults/%s", fault).s);
}

/* "" without the line: a KDC that has no certificate does not offer PKINIT. */
static void print_identity(const struct lab *lab, char *out, size_t size)
{
    snprintf(out, size, "  pkinit_identity = FILE:%s/pki/kdc.pem,%s/pki/kdc.key\n", lab->dir,
             lab->dir);
    if (is_broken(lab, "kdc-no-certificate"))
        out[0] = '\0';
}

static void print_revocation(const struct lab *lab, char *out, size_t size)
{
    snprintf(out, size, "  pkinit_revoke = DIR:%s/kdc\n  pkinit_require_crl_checking = true\n",
             lab->dir);
    if (!is_broken(lab, "kdc-no-crls"))
        out[0] = '\0';
}

static int write_kdc_conf(const struct lab *lab)
{
    const char *d = lab->dir;
    const char *anchor = is_broken(lab, "kdc-no-anchor") ? "kdc" : "root";
    const char *eku = is_broken(lab, "kdc-other-eku") ? "kpClientAuth" : "scLogin";
    const char *upn = is_broken(lab, "kdc-no-upn") ? "false" : "true";
    char identity[2000], revocation[1300];

    print_identity(lab, identity, sizeof(identity));
    print_revocation(lab, revocation, sizeof(revocation));
    return lab_dir_print(lab_dir_path(lab, "kdc/kdc.conf").s,
                         "[kdcdefaults]\n"
                         " kdc_listen = 127.0.0.1:%d\n"
                         " kdc_tcp_listen = 127.0.0.1:%d\n"
                         " spake_preauth_kdc_challenge = edwards25519\n"
                         "[realms]\n"
                         " " LAB_REALM " = {\n"
                         "  database_name = %s/kdc/principal\n"
                         "  key_stash_file = %s/kdc/stash\n"
                         "  acl_file = %s/kdc/kadm5.acl\n"
                         "%s%s"
                         "  pkinit_anchors = FILE:%s/pki/%s.pem\n"
                         "  pkinit_pool = FILE:%s/pki/issuing.pem\n"
                         "  pkinit_eku_checking = %s\n"
                         "  pkinit_allow_upn = %s\n"
                         " }\n"
                         "[logging]\n"
                         " kdc = FILE:%s/kdc/kdc.log\n",
                         lab->kdc_port, lab->kdc_port, d, d, d, identity, revocation, d, anchor, d,
                         eku, upn, d);
}

struct surroundings {
    char config[1300];
    char profile[1300];
    char trace[1300];
    const char *list[4];
};

static void set_surroundings(const struct lab *lab, struct surroundings *s)
{
    snprintf(s->config, sizeof(s->config), "KRB5_CONFIG=%s/kdc/krb5.kdc.conf", lab->dir);
    snprintf(s->profile, sizeof(s->profile), "KRB5_KDC_PROFILE=%s/kdc/kdc.conf", lab->dir);
    snprintf(s->trace, sizeof(s->trace), "KRB5_TRACE=%s/kdc/kdc.trace", lab->dir);
    s->list[0] = s->config;
    s->list[1] = s->profile;
    s->list[2] = s->trace;
    s->list[3] = NULL;
}

/* ---- the database ---- */

static void remove_database(const struct lab *lab)
{
    static const char *const files[] = {
        "principal", "principal.ok", "principal.kadm5", "principal.kadm5.lock",
        "stash",     "cc",           "kdc.log",         "kdc.trace",
        "ca.keytab", "ra.keytab",
    };

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        (void)unlink(lab_dir_path(lab, "kdc/%s", files[i]).s); /* most are not there */
}

static int create_database(const struct lab *lab, const struct surroundings *s)
{
    unsigned char random[16];
    char master[2 * sizeof(random) + 1];
    const char *argv[] = {"kdb5_util", "-r", LAB_REALM, "create", "-s", "-P", master, NULL};

    if (RAND_bytes(random, sizeof(random)) != 1)
        return lab_log_openssl("make a master key");
    for (size_t i = 0; i < sizeof(random); i++)
        snprintf(master + 2 * i, 3, "%02x", random[i]);
    return process_run(lab, "kdb", argv, s->list, "");
}

/* A word for kadmin: quotation marks are doubled. */
static void print_quoted(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

/* The password is for submissions by RPC; a logon proof never uses it. */
static void print_principal(FILE *out, const struct user *user)
{
    fputs("addprinc -pw ", out);
    print_quoted(out, user->password);
    fprintf(out, " +requires_preauth %s-maxlife 1h %s\n", user->disabled ? "-allow_tix " : "",
            user->name);
}

/* The CA's host and the RA's machine, each with its key in a file. */
static void print_host(const struct lab *lab, FILE *out)
{
    fprintf(out, "addprinc -randkey host/localhost\n");
    fprintf(out, "ktadd -k %s/kdc/ca.keytab host/localhost\n", lab->dir);
    fprintf(out, "addprinc -randkey +requires_preauth " LAB_RA_MACHINE "\n");
    fprintf(out, "ktadd -k %s/kdc/ra.keytab " LAB_RA_MACHINE "\n", lab->dir);
}

static int add_users(const struct lab *lab, const struct surroundings *s)
{
    static const char *const argv[] = {"kadmin.local", NULL};
    char commands[8192] = "";
    struct users *users;
    const struct user *user;
    FILE *out;
    int end = users_load(lab_dir_path(lab, "users.txt").s, &users);

    if (end != LAB_OK)
        return end;
    out = fmemopen(commands, sizeof(commands), "w");
    for (size_t i = 0; out != NULL && (user = users_at(users, i)) != NULL; i++)
        print_principal(out, user);
    if (out != NULL)
        print_host(lab, out);
    end = out != NULL && fclose(out) == 0 ? process_run(lab, "kdb", argv, s->list, commands)
                                          : lab_log(LAB_MEMORY, "too many users for the KDC");
    users_free(users);
    return end;
}

/* ---- running ---- */

static int write_conf(const struct lab *lab)
{
    int end = write_krb5_conf(lab, "krb5.conf", true);

    if (end == LAB_OK)
        end = write_krb5_conf(lab, "krb5.kdc.conf", !is_broken(lab, "kdc-no-anchor"));
    return end == LAB_OK ? write_kdc_conf(lab) : end;
}

static int run_kdc(const struct lab *lab)
{
    static const char *const argv[] = {"krb5kdc", "-n", NULL};
    struct surroundings s;
    int end;

    set_surroundings(lab, &s);
    end = process_start(lab, "kdc", argv, s.list, NULL);
    if (end != LAB_OK)
        return end;
    if (process_wait_port(lab, "kdc", lab->kdc_port, START_MS))
        return LAB_OK;
    (void)process_stop(lab, "kdc");
    return LAB_PEER;
}

int kdc_start(const struct lab *lab)
{
    if (process_alive(lab, "kdc"))
        return LAB_OK;
    if (run_kdc(lab) == LAB_OK)
        return LAB_OK;
    process_show_log(lab, "kdc");
    return lab_log(LAB_PEER, "the KDC did not start: see %s/kdc/kdc.log", lab->dir);
}

/* krb5kdc does not tell which port it gets for port 0: so choose a port that is free now. */
static int find_port(struct lab *lab)
{
    int fd;
    int end = process_listen(0, &fd, &lab->kdc_port);

    if (end == LAB_OK)
        close(fd);
    return end;
}

static int prepare_kdc(struct lab *lab)
{
    struct surroundings s;
    int end;

    set_surroundings(lab, &s);
    remove_database(lab);
    end = find_port(lab);
    if (end == LAB_OK)
        end = write_conf(lab);
    if (end == LAB_OK)
        end = lab_dir_print(lab_dir_path(lab, "kdc/kadm5.acl").s, "# nobody\n");
    if (end == LAB_OK)
        end = create_database(lab, &s);
    return end == LAB_OK ? add_users(lab, &s) : end;
}

int kdc_create(struct lab *lab)
{
    int end = prepare_kdc(lab);

    for (int i = 1; end == LAB_OK && i < TRIES; i++) {
        if (run_kdc(lab) == LAB_OK)
            return LAB_OK;
        end = find_port(lab);
        if (end == LAB_OK)
            end = write_conf(lab);
    }
    return end == LAB_OK ? kdc_start(lab) : end;
}

int kdc_restart(const struct lab *lab)
{
    int end = kdc_stop(lab);

    if (end == LAB_OK)
        end = write_conf(lab);
    return end == LAB_OK ? kdc_start(lab) : end;
}

int kdc_change_user(const struct lab *lab, const char *command)
{
    static const char *const argv[] = {"kadmin.local", NULL};
    struct surroundings s;

    set_surroundings(lab, &s);
    return process_run(lab, "kdb", argv, s.list, command);
}

int kdc_stop(const struct lab *lab)
{
    return process_stop(lab, "kdc");
}
