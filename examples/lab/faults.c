/* SPDX-License-Identifier: BSD-2-Clause */
#include "faults.h"

#include <stdlib.h>
#include <string.h>

#include "freeradius.h"
#include "kdc.h"
#include "peers.h"
#include "pki.h"
#include "policy.h"
#include "process.h"
#include "say.h"
#include "users.h"

#define DAY       86400
#define SICK_USER "alice"

/*
 * A fault is either one key of the CA's policy, or a pair of functions. Mending makes the
 * good thing anew, so it needs no memory of what was there before. The marker
 * DIR/faults/NAME is there while it is broken; peers.c looks at some of them.
 */
struct fault {
    const char *name;
    const char *what;
    int (*apply)(struct lab *lab);
    int (*undo)(struct lab *lab);
    const char *value; /* of the policy key; NULL: use the functions */
    enum policy_key key;
};

/* ---- the RA ---- */

/* A responder that has had a good one keeps it until there is a better: it is to begin anew. */
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
    int end = place_copy(place_path(lab, "pki/ra.key").s, place_path(lab, "pki/ra.key.good").s);

    if (end == LAB_OK)
        end = pki_new_rsa(&key);
    if (end == LAB_OK)
        end = pki_save_key(lab, "ra", key);
    EVP_PKEY_free(key);
    return end == LAB_OK ? peers_restart_responder(lab) : end;
}

static int ra_key_again(struct lab *lab)
{
    struct place_path good = place_path(lab, "pki/ra.key.good");
    int end = place_copy(good.s, place_path(lab, "pki/ra.key").s);

    if (end == LAB_OK)
        end = place_remove(good.s);
    return end == LAB_OK ? peers_restart_responder(lab) : end;
}

/* The CA's own list; the CRL is made again so that both say the same. */
static int ra_revoked(struct lab *lab)
{
    X509 *cert = NULL;
    BIGNUM *number = NULL;
    char *hex = NULL;
    int end = pki_load_cert(lab, "ra", &cert);

    if (end == LAB_OK)
        number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(cert), NULL);
    if (number != NULL)
        hex = BN_bn2hex(number);
    if (end == LAB_OK)
        end = hex != NULL ? place_print(place_path(lab, "ca/revoked").s, "%s\n", hex) : LAB_MEMORY;
    OPENSSL_free(hex);
    BN_free(number);
    X509_free(cert);
    return end == LAB_OK ? pki_make_crls(lab, 8 * DAY) : end;
}

static int ra_unrevoked(struct lab *lab)
{
    int end = place_remove(place_path(lab, "ca/revoked").s);

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
    int end = policy_set(place_path(lab, "ca/policy").s, POLICY_CES, "down");

    return end == LAB_OK ? peers_restart_ca(lab) : end;
}

static int open_ces(struct lab *lab)
{
    int end = policy_set(place_path(lab, "ca/policy").s, POLICY_CES, NULL);

    return end == LAB_OK ? peers_restart_ca(lab) : end;
}

/* ---- the OTP server ---- */

static int need_radius(const struct lab *lab)
{
    return lab->radius ? LAB_OK : lab_say(LAB_CONFIG, "the lab in %s has no FreeRADIUS", lab->dir);
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

/* Its configuration is written anew and looks at the marker. */
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

static int crl_good(struct lab *lab)
{
    return pki_make_crls(lab, 8 * DAY);
}

static int crl_gone(struct lab *lab)
{
    return place_remove(place_path(lab, "ca/www/issuing.crl").s);
}

static int user_no_upn(struct lab *lab)
{
    return users_set_flag(place_path(lab, "users.txt").s, SICK_USER, "no-upn", true);
}

static int user_with_upn(struct lab *lab)
{
    return users_set_flag(place_path(lab, "users.txt").s, SICK_USER, "no-upn", false);
}

/* ---- the table ---- */

#define BY(apply_, undo_)    .apply = (apply_), .undo = (undo_)
#define POLICY(key_, value_) .key = (key_), .value = (value_)

static const struct fault faults[] = {
    {"responder-down", "the OTP responder does not run", BY(stop_responder, peers_start_responder)},
    {"server-name", "the responder's TLS certificate is for another name",
     BY(server_name, server_good)},
    {"server-expired", "the responder's TLS certificate has expired",
     BY(server_expired, server_good)},
    {"server-untrusted", "the responder's TLS certificate is of no known CA",
     BY(server_untrusted, server_good)},
    {"otp-server-down", "the OTP server behind the responder never answers",
     BY(peers_start_otp_server, peers_stop_otp_server)},
    {"no-issuing-ca", "the responder names no issuing CA",
     BY(peers_restart_responder, peers_restart_responder)},
    {"user-no-upn", "the account of alice has no UPN", BY(user_no_upn, user_with_upn)},
    {"ra-expired", "the RA signing certificate has expired", BY(ra_expired, ra_good)},
    {"ra-no-eku", "the RA signing certificate lacks the OTP policy", BY(ra_no_eku, ra_good)},
    {"ra-self-signed", "the RA signing certificate is self-signed", BY(ra_self_signed, ra_good)},
    {"ra-key-mismatch", "the RA's key file is not the key of its certificate",
     BY(ra_key_mismatch, ra_key_again)},
    {"ra-revoked", "the RA signing certificate is revoked", BY(ra_revoked, ra_unrevoked)},
    {"ra-revocation-offline", "the CA cannot tell the revocation of the RA certificate",
     POLICY(POLICY_REVOCATION, "offline")},
    {"ca-down", "the enrollment service of the CA does not listen", BY(close_ces, open_ces)},
    {"icpr-off", "the CA does not offer ICPR", POLICY(POLICY_ICPR, "off")},
    {"dcom-off", "the CA takes no requests by DCOM", POLICY(POLICY_DCOM, "off")},
    {"dcom-class", "the CA's class is not registered with DCOM", POLICY(POLICY_DCOM, "class")},
    {"dcom-access", "the CA's host denies activation by DCOM", POLICY(POLICY_DCOM, "access")},
    {"rpc-access", "the CA's host denies access by RPC", POLICY(POLICY_RPC, "access")},
    {"rpc-clear", "the CA's host answers sealed calls in the clear", POLICY(POLICY_RPC, "clear")},
    {"rpc-drop", "the CA's connection breaks after a request by RPC", POLICY(POLICY_RPC, "drop")},
    {"rpc-firewall", "the CA's own port cannot be reached", POLICY(POLICY_RPC, "firewall")},
    {"ca-bare-fault", "the enrollment service answers with an internal error",
     POLICY(POLICY_ANSWER, "bare-fault")},
    {"ca-pending", "the CA holds every request for a manager", POLICY(POLICY_ANSWER, "pending")},
    {"ca-localised", "the CA's messages are German", POLICY(POLICY_LANGUAGE, "de-DE")},
    {"template-unpublished", "the logon template is not published on the CA",
     POLICY(POLICY_TEMPLATE, "unpublished")},
    {"enroll-denied", "nobody has the Enroll right on the logon template",
     POLICY(POLICY_ENROLL, "denied")},
    {"sha1-refused", "the CA refuses SHA-1 signatures", POLICY(POLICY_SHA1, "refused")},
    {"key-length", "the template wants RSA keys of 4096 bits", POLICY(POLICY_MINIMUM_KEY, "4096")},
    {"two-signatures", "the template wants two RA signatures", POLICY(POLICY_RA_SIGNATURES, "2")},
    {"cert-no-upn", "issued certificates hold no UPN", POLICY(POLICY_CERT_UPN, "none")},
    {"cert-other-user", "issued certificates are bob's, whoever asks",
     POLICY(POLICY_CERT_USER, "bob")},
    {"cert-no-eku", "issued certificates lack the logon EKU",
     POLICY(POLICY_CERT_EKU, "1.3.6.1.5.5.7.3.2")},
    {"cert-long-life", "issued certificates live for a day", POLICY(POLICY_LIFETIME_S, "86400")},
    {"cert-other-key", "issued certificates hold another key", POLICY(POLICY_CERT_KEY, "other")},
    {"cert-no-sid", "issued certificates hold no SID", POLICY(POLICY_CERT_SID, "none")},
    {"cert-no-cdp", "issued certificates tell no CRL", POLICY(POLICY_CERT_CDP, "none")},
    {"crl-expired", "the issuing CA's CRL has expired", BY(crl_expired, crl_good)},
    {"crl-gone", "the issuing CA's CRL is not there", BY(crl_gone, crl_good)},
    {"radius-down", "FreeRADIUS does not run", BY(stop_radius, start_radius)},
    {"radius-secret", "the responder has another RADIUS secret than FreeRADIUS",
     BY(other_secret, peers_restart_responder)},
    {"radius-silent", "FreeRADIUS answers no Access-Request", BY(restart_radius, restart_radius)},
    {"kdc-down", "the KDC does not run", BY(stop_kdc, start_kdc)},
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

/* ---- applying ---- */

bool faults_broken(const struct lab *lab, const struct fault *fault)
{
    return place_exists(place_path(lab, "faults/%s", fault->name).s);
}

static int set_policy(const struct lab *lab, const struct fault *fault, const char *value)
{
    return policy_set(place_path(lab, "ca/policy").s, fault->key, value);
}

/* Two faults of one thing would undo each other's repair: one policy key, or one noun. */
static bool is_same_thing(const struct fault *a, const struct fault *b)
{
    size_t noun = strcspn(a->name, "-");

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
    struct place_path marker = place_path(lab, "faults/%s", fault->name);
    int end;

    if (faults_broken(lab, fault))
        return LAB_OK;
    if (other != NULL)
        return lab_say(LAB_CONFIG, "%s is broken already; mend it first", other->name);
    /* first: a responder that starts looks at it */
    end = place_print(marker.s, "%s\n", fault->what);
    if (end != LAB_OK)
        return end;
    end = fault->value != NULL ? set_policy(lab, fault, fault->value) : fault->apply(lab);
    if (end != LAB_OK)
        (void)place_remove(marker.s);
    return end;
}

int faults_mend(struct lab *lab, const struct fault *fault)
{
    struct place_path marker = place_path(lab, "faults/%s", fault->name);
    int end;

    if (!faults_broken(lab, fault))
        return LAB_OK;
    end = place_remove(marker.s); /* first, as in faults_break() */
    if (end == LAB_OK)
        end = fault->value != NULL ? set_policy(lab, fault, NULL) : fault->undo(lab);
    if (end != LAB_OK)
        (void)place_print(marker.s, "%s\n", fault->what); /* so that it can be tried again */
    return end;
}

int faults_forget(const struct lab *lab)
{
    int end = LAB_OK;

    for (size_t i = 0; end == LAB_OK && i < sizeof(faults) / sizeof(faults[0]); i++)
        end = place_remove(place_path(lab, "faults/%s", faults[i].name).s);
    return end;
}
