/* SPDX-License-Identifier: BSD-2-Clause */
#include "faults.h"

#include <stdlib.h>
#include <string.h>

#include "freeradius.h"
#include "impostor.h"
#include "kdc.h"
#include "kdc_refusal.h"
#include "log.h"
#include "peers.h"
#include "pki.h"
#include "policy.h"
#include "process.h"
#include "users.h"

#define DAY       86400
#define SICK_USER "alice"

/*
 * A fault is one key of the CA's policy, an impostor in the place of the OTP server, a KDC that
 * refuses, or a pair of functions. Mending a fault makes the good state again and does not need the
 * state before. The marker DIR/faults/NAME exists while the fault is active; peers.c and kdc.c read
 * some of these markers.
 */
struct fault {
    const char *name;
    const char *what;
    const char
        *finding; /* the verdict, its cause, or a warning; alternatives are separated by commas */
    const char
        *how; /* what shows it; NULL: any enrolment that verifies the certificate and logs on */
    int (*apply)(struct lab *lab);
    int (*undo)(struct lab *lab);
    const char *value;    /* value of the policy key; NULL: none */
    const char *impostor; /* as impostor.h says; NULL: none */
    int krb;              /* the error-code of a KRB-ERROR; 0: none */
    enum policy_key key;
};

/* ---- the RA ---- */

/* A responder keeps a good certificate until it finds a better one, so it must be restarted. */
static int make_ra(struct lab *lab, enum pki_ra kind)
{
    int end = pki_make_ra(lab, kind);

    return end == LAB_OK ? peers_restart_responder(lab) : end;
}

static int ra_good(struct lab *lab)
{
    return make_ra(lab, PKI_RA_GOOD);
}

static int ra_expired(struct lab *lab)
{
    return make_ra(lab, PKI_RA_EXPIRED);
}

static int ra_not_yet(struct lab *lab)
{
    return make_ra(lab, PKI_RA_NOT_YET);
}

static int ra_no_ku(struct lab *lab)
{
    return make_ra(lab, PKI_RA_NO_KU);
}

static int ra_no_eku(struct lab *lab)
{
    return make_ra(lab, PKI_RA_NO_EKU);
}

static int ra_self_signed(struct lab *lab)
{
    return make_ra(lab, PKI_RA_SELF_SIGNED);
}

static int ra_key_mismatch(struct lab *lab)
{
    EVP_PKEY *key = NULL;
    int end =
        lab_dir_copy(lab_dir_path(lab, "pki/ra.key").s, lab_dir_path(lab, "pki/ra.key.good").s);

    if (end == LAB_OK)
        end = pki_new_rsa(&key);
    if (end == LAB_OK)
        end = pki_save_key(lab, "ra", key);
    EVP_PKEY_free(key);
    return end == LAB_OK ? peers_restart_responder(lab) : end;
}

static int ra_key_again(struct lab *lab)
{
    struct lab_dir_path good = lab_dir_path(lab, "pki/ra.key.good");
    int end = lab_dir_copy(good.s, lab_dir_path(lab, "pki/ra.key").s);

    if (end == LAB_OK)
        end = lab_dir_remove(good.s);
    return end == LAB_OK ? peers_restart_responder(lab) : end;
}

/* The CA's own list of revoked certificates; the CRL is made again so that both agree. */
static int revoke_cert(struct lab *lab, const char *name, const char *ca)
{
    struct lab_dir_path list = lab_dir_path(lab, "ca/%s.revoked", ca);
    X509 *cert = NULL;
    BIGNUM *number = NULL;
    char *hex = NULL;
    int end = pki_load_cert(lab, name, &cert);

    if (end == LAB_OK)
        number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(cert), NULL);
    if (number != NULL)
        hex = BN_bn2hex(number);
    if (end == LAB_OK)
        end = hex != NULL ? lab_dir_print(list.s, "%s\n", hex) : LAB_MEMORY;
    OPENSSL_free(hex);
    BN_free(number);
    X509_free(cert);
    return end == LAB_OK ? pki_make_crls(lab, 8 * DAY) : end;
}

static int ra_revoked(struct lab *lab)
{
    return revoke_cert(lab, "ra", "issuing");
}

static int ca_revoked(struct lab *lab)
{
    return revoke_cert(lab, "issuing", "root");
}

static int none_revoked(struct lab *lab)
{
    int end = lab_dir_remove(lab_dir_path(lab, "ca/issuing.revoked").s);

    if (end == LAB_OK)
        end = lab_dir_remove(lab_dir_path(lab, "ca/root.revoked").s);
    return end == LAB_OK ? pki_make_crls(lab, 8 * DAY) : end;
}

/* ---- the responder's TLS certificate ---- */

static int server_as(struct lab *lab, enum pki_server kind)
{
    int end = pki_make_server(lab, kind);

    return end == LAB_OK ? peers_restart_responder(lab) : end;
}

static int server_good(struct lab *lab)
{
    return server_as(lab, PKI_SERVER_GOOD);
}

static int server_name(struct lab *lab)
{
    return server_as(lab, PKI_SERVER_NAME);
}

static int server_expired(struct lab *lab)
{
    return server_as(lab, PKI_SERVER_EXPIRED);
}

static int server_untrusted(struct lab *lab)
{
    return server_as(lab, PKI_SERVER_UNTRUSTED);
}

static int server_not_yet(struct lab *lab)
{
    return server_as(lab, PKI_SERVER_NOT_YET);
}

static int server_usage(struct lab *lab)
{
    return server_as(lab, PKI_SERVER_USAGE);
}

static int server_no_chain(struct lab *lab)
{
    return server_as(lab, PKI_SERVER_NO_CHAIN);
}

/* ---- the TLS certificate of the enrollment service ---- */

static int ces_as(struct lab *lab, enum pki_server kind)
{
    int end = pki_make_ces(lab, kind);

    return end == LAB_OK ? peers_restart_ca(lab) : end;
}

static int ces_good(struct lab *lab)
{
    return ces_as(lab, PKI_SERVER_GOOD);
}

static int ces_untrusted(struct lab *lab)
{
    return ces_as(lab, PKI_SERVER_UNTRUSTED);
}

static int ces_expired(struct lab *lab)
{
    return ces_as(lab, PKI_SERVER_EXPIRED);
}

static int ces_name(struct lab *lab)
{
    return ces_as(lab, PKI_SERVER_NAME);
}

/* ---- the machine certificate ---- */

static int machine_good(struct lab *lab)
{
    return pki_make_machine(lab, PKI_LEAF_GOOD);
}

static int machine_expired(struct lab *lab)
{
    return pki_make_machine(lab, PKI_LEAF_EXPIRED);
}

static int machine_not_yet(struct lab *lab)
{
    return pki_make_machine(lab, PKI_LEAF_NOT_YET);
}

static int machine_usage(struct lab *lab)
{
    return pki_make_machine(lab, PKI_LEAF_USAGE);
}

static int machine_untrusted(struct lab *lab)
{
    return pki_make_machine(lab, PKI_LEAF_SELF_SIGNED);
}

static int machine_gone(struct lab *lab)
{
    return lab_dir_remove(lab_dir_path(lab, "pki/machine.pem").s);
}

static int machine_key_mismatch(struct lab *lab)
{
    EVP_PKEY *key = NULL;
    int end = lab_dir_copy(lab_dir_path(lab, "pki/machine.key").s,
                           lab_dir_path(lab, "pki/machine.key.good").s);

    if (end == LAB_OK)
        end = pki_new_ec(&key);
    if (end == LAB_OK)
        end = pki_save_key(lab, "machine", key);
    EVP_PKEY_free(key);
    return end;
}

static int machine_key_again(struct lab *lab)
{
    struct lab_dir_path good = lab_dir_path(lab, "pki/machine.key.good");
    int end = lab_dir_copy(good.s, lab_dir_path(lab, "pki/machine.key").s);

    return end == LAB_OK ? lab_dir_remove(good.s) : end;
}

/* ---- the KDC ---- */

static int need_kdc(const struct lab *lab)
{
    return lab->kdc ? LAB_OK : lab_log(LAB_CONFIG, "the lab in %s has no KDC", lab->dir);
}

/* Its configuration is written again; writing it reads the marker. */
static int restart_kdc(struct lab *lab)
{
    int end = need_kdc(lab);

    return end == LAB_OK ? kdc_restart(lab) : end;
}

static int kdc_as(struct lab *lab, enum pki_leaf kind)
{
    int end = need_kdc(lab);

    if (end == LAB_OK)
        end = pki_make_kdc(lab, kind);
    return end == LAB_OK ? kdc_restart(lab) : end;
}

static int kdc_good(struct lab *lab)
{
    return kdc_as(lab, PKI_LEAF_GOOD);
}

static int kdc_expired(struct lab *lab)
{
    return kdc_as(lab, PKI_LEAF_EXPIRED);
}

static int kdc_not_yet(struct lab *lab)
{
    return kdc_as(lab, PKI_LEAF_NOT_YET);
}

static int kdc_usage(struct lab *lab)
{
    return kdc_as(lab, PKI_LEAF_USAGE);
}

static int kdc_name(struct lab *lab)
{
    return kdc_as(lab, PKI_LEAF_NAME);
}

static int kdc_untrusted(struct lab *lab)
{
    return kdc_as(lab, PKI_LEAF_SELF_SIGNED);
}

/* ---- the account at the KDC ---- */

static int change_account(struct lab *lab, const char *command)
{
    int end = need_kdc(lab);

    return end == LAB_OK ? kdc_change_user(lab, command) : end;
}

static int account_disabled(struct lab *lab)
{
    return change_account(lab, "modprinc -allow_tix " SICK_USER "\n");
}

static int account_enabled(struct lab *lab)
{
    return change_account(lab, "modprinc +allow_tix " SICK_USER "\n");
}

static int account_expired(struct lab *lab)
{
    return change_account(lab, "modprinc -expire 2020-01-01 " SICK_USER "\n");
}

static int account_unexpired(struct lab *lab)
{
    return change_account(lab, "modprinc -expire never " SICK_USER "\n");
}

static int account_gone(struct lab *lab)
{
    return change_account(lab, "renprinc -force " SICK_USER " " SICK_USER ".gone\n");
}

static int account_back(struct lab *lab)
{
    return change_account(lab, "renprinc -force " SICK_USER ".gone " SICK_USER "\n");
}

/* ---- processes ---- */

static int stop_responder(struct lab *lab)
{
    return process_stop(lab, "responder");
}

static int stop_kdc(struct lab *lab)
{
    return kdc_stop(lab);
}

static int start_kdc(struct lab *lab)
{
    return lab->kdc ? kdc_start(lab) : LAB_OK;
}

static int close_ces(struct lab *lab)
{
    int end = policy_set(lab_dir_path(lab, "ca/policy").s, POLICY_CES, "down");

    return end == LAB_OK ? peers_restart_ca(lab) : end;
}

static int open_ces(struct lab *lab)
{
    int end = policy_set(lab_dir_path(lab, "ca/policy").s, POLICY_CES, NULL);

    return end == LAB_OK ? peers_restart_ca(lab) : end;
}

/* ---- the OTP server ---- */

static int need_radius(const struct lab *lab)
{
    return lab->radius ? LAB_OK : lab_log(LAB_CONFIG, "the lab in %s has no FreeRADIUS", lab->dir);
}

static int stop_radius(struct lab *lab)
{
    int end = need_radius(lab);

    return end == LAB_OK ? freeradius_stop(lab) : end;
}

static int start_radius(struct lab *lab)
{
    return freeradius_start(lab);
}

/* Its configuration is written again; writing it reads the marker. */
static int restart_radius(struct lab *lab)
{
    int end = stop_radius(lab);

    return end == LAB_OK ? start_radius(lab) : end;
}

static int other_secret(struct lab *lab)
{
    int end = need_radius(lab);

    if (end == LAB_OK)
        end = freeradius_new_secret(lab, "secret.other");
    return end == LAB_OK ? peers_restart_responder(lab) : end;
}

/* ---- CRLs and users ---- */

static int crl_expired(struct lab *lab)
{
    return pki_make_crls(lab, -DAY);
}

static int crl_not_yet(struct lab *lab)
{
    return pki_make_crl(lab, "issuing", DAY, 8 * DAY, false);
}

static int crl_other_key(struct lab *lab)
{
    return pki_make_crl(lab, "issuing", -3600, 8 * DAY, true);
}

static int crl_root_expired(struct lab *lab)
{
    return pki_make_crl(lab, "root", -9 * DAY, -DAY, false);
}

static int crl_root_gone(struct lab *lab)
{
    return lab_dir_remove(lab_dir_path(lab, "ca/www/root.crl").s);
}

static int crl_page(struct lab *lab)
{
    return lab_dir_print(lab_dir_path(lab, "ca/www/issuing.crl").s,
                         "<html><body>moved</body></html>\n");
}

static int crl_good(struct lab *lab)
{
    return pki_make_crls(lab, 8 * DAY);
}

static int crl_gone(struct lab *lab)
{
    return lab_dir_remove(lab_dir_path(lab, "ca/www/issuing.crl").s);
}

static int user_no_upn(struct lab *lab)
{
    return users_set_flag(lab_dir_path(lab, "users.txt").s, SICK_USER, "no-upn", true);
}

static int user_with_upn(struct lab *lab)
{
    return users_set_flag(lab_dir_path(lab, "users.txt").s, SICK_USER, "no-upn", false);
}

/* ---- the table ---- */

#define BY(apply_, undo_)    .apply = (apply_), .undo = (undo_)
#define POLICY(key_, value_) .key = (key_), .value = (value_)
#define IMPOSTOR(how_)       .impostor = (how_)
#define REFUSAL(code_)       .krb = (code_)

static const struct fault faults[] = {
#define FAULT(name_, what_, finding_, how_, ...) {name_, what_, finding_, how_, __VA_ARGS__},
#include "faults.def"
#undef FAULT
};

const struct fault *faults_at(size_t i)
{
    return i < sizeof(faults) / sizeof(faults[0]) ? &faults[i] : NULL;
}

const struct fault *faults_find(const char *name)
{
    for (size_t i = 0; faults_at(i) != NULL; i++)
        if (strcmp(faults[i].name, name) == 0)
            return &faults[i];
    return NULL;
}

const char *faults_name(const struct fault *fault)
{
    return fault->name;
}

const char *faults_what(const struct fault *fault)
{
    return fault->what;
}

const char *faults_finding(const struct fault *fault)
{
    return fault->finding;
}

const char *faults_how(const struct fault *fault)
{
    return fault->how != NULL ? fault->how : "";
}

/* ---- applying ---- */

bool faults_broken(const struct lab *lab, const struct fault *fault)
{
    return lab_dir_exists(lab_dir_path(lab, "faults/%s", fault->name).s);
}

static int apply_fault(struct lab *lab, const struct fault *fault)
{
    int end = LAB_OK;

    if (fault->value != NULL)
        return policy_set(lab_dir_path(lab, "ca/policy").s, fault->key, fault->value);
    if (fault->impostor != NULL)
        return impostor_start(lab, fault->impostor);
    if (fault->krb != 0)
        end = need_kdc(lab);
    if (end != LAB_OK)
        return end;
    return fault->krb != 0 ? kdc_refusal_start(lab, fault->krb) : fault->apply(lab);
}

static int undo_fault(struct lab *lab, const struct fault *fault)
{
    if (fault->value != NULL)
        return policy_set(lab_dir_path(lab, "ca/policy").s, fault->key, NULL);
    if (fault->impostor != NULL)
        return impostor_stop(lab);
    return fault->krb != 0 ? restart_kdc(lab) : fault->undo(lab);
}

/* Two faults of the same thing (one policy key, or one noun) would undo each other's repair. */
static bool is_same_thing(const struct fault *a, const struct fault *b)
{
    size_t noun = strcspn(a->name, "-");

    if (a->impostor != NULL && b->impostor != NULL)
        return true;
    if ((a->value != NULL) != (b->value != NULL))
        return false;
    return a->value != NULL ? a->key == b->key : strncmp(a->name, b->name, noun + 1) == 0;
}

static const struct fault *in_the_way(const struct lab *lab, const struct fault *fault)
{
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
        if (&faults[i] != fault && is_same_thing(fault, &faults[i]) &&
            faults_broken(lab, &faults[i]))
            return &faults[i];
    return NULL;
}

int faults_break(struct lab *lab, const struct fault *fault)
{
    const struct fault *other = in_the_way(lab, fault);
    struct lab_dir_path marker = lab_dir_path(lab, "faults/%s", fault->name);
    int end;

    if (faults_broken(lab, fault))
        return LAB_OK;
    if (other != NULL)
        return lab_log(LAB_CONFIG, "%s is broken already; mend it first", other->name);
    /* first, because a responder that starts reads it */
    end = lab_dir_print(marker.s, "%s\n", fault->what);
    if (end != LAB_OK)
        return end;
    end = apply_fault(lab, fault);
    if (end != LAB_OK)
        (void)lab_dir_remove(marker.s);
    return end;
}

int faults_mend(struct lab *lab, const struct fault *fault)
{
    struct lab_dir_path marker = lab_dir_path(lab, "faults/%s", fault->name);
    int end;

    if (!faults_broken(lab, fault))
        return LAB_OK;
    end = lab_dir_remove(marker.s); /* first, as in faults_break() */
    if (end == LAB_OK)
        end = undo_fault(lab, fault);
    if (end != LAB_OK)
        (void)lab_dir_print(marker.s, "%s\n", fault->what); /* so that it can be tried again */
    return end;
}

int faults_forget(const struct lab *lab)
{
    int end = LAB_OK;

    for (size_t i = 0; end == LAB_OK && i < sizeof(faults) / sizeof(faults[0]); i++)
        end = lab_dir_remove(lab_dir_path(lab, "faults/%s", faults[i].name).s);
    return end;
}
