/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chains of our own, with all extensions that matter: an anchor, two CAs, a certificate, and CRLs
 * of several kinds. In each case one of them is changed within, and signed again by its issuer.
 *
 * OpenSSL writes these certificates, not tests/support/builders.h: the two validators under
 * comparison must read what neither of them wrote, and builders.h writes with the library's own
 * DER writer, whose mistakes its reader would share.
 */
#include "difference.h"

#include "scalar_key.h"
#include "tree.h"

#include <openssl/conf.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOW = 1800000000, DAY = 86400, MAX_OBJECTS = 10, ID_MAX = 128 };

/* ---- what they are like ---------------------------------------------------------------------- */

static const char config[] =
    "[root]\n"
    "basicConstraints = critical,CA:TRUE\n"
    "keyUsage = critical,keyCertSign,cRLSign\n"
    "subjectKeyIdentifier = hash\n"
    "[ca1]\n"
    "basicConstraints = critical,CA:TRUE,pathlen:1\n"
    "keyUsage = critical,keyCertSign,cRLSign\n"
    "subjectKeyIdentifier = hash\n"
    "authorityKeyIdentifier = keyid:always\n"
    "certificatePolicies = 1.2.3.4,1.2.3.5\n"
    "policyMappings = 1.2.3.4:1.2.3.6\n"
    "policyConstraints = critical,requireExplicitPolicy:3,inhibitPolicyMapping:2\n"
    "inhibitAnyPolicy = critical,2\n"
    "nameConstraints = critical,@limits\n"
    "crlDistributionPoints = URI:http://c/root.crl\n"
    "[limits]\n"
    "permitted;DNS.0 = example.com\n"
    "permitted;email.0 = example.com\n"
    "permitted;email.1 = .example.com\n"
    "permitted;URI.0 = .example.com\n"
    "permitted;IP.0 = 10.0.0.0/255.0.0.0\n"
    "permitted;dirName.0 = base\n"
    "excluded;DNS.0 = bad.example.com\n"
    "excluded;email.0 = root@example.com\n"
    "excluded;IP.0 = 10.1.0.0/255.255.0.0\n"
    "[base]\n"
    "O = Org\n"
    "[ca2]\n"
    "basicConstraints = critical,CA:TRUE,pathlen:0\n"
    "keyUsage = critical,keyCertSign,cRLSign\n"
    "subjectKeyIdentifier = hash\n"
    "authorityKeyIdentifier = keyid:always,issuer:always\n"
    "certificatePolicies = 1.2.3.5,1.2.3.6\n"
    "extendedKeyUsage = clientAuth,serverAuth\n"
    "freshestCRL = URI:http://c/delta.crl\n"
    "[leaf]\n"
    "basicConstraints = CA:FALSE\n"
    "keyUsage = critical,digitalSignature\n"
    "authorityKeyIdentifier = keyid:always\n"
    "certificatePolicies = 1.2.3.5,1.2.3.6\n"
    "extendedKeyUsage = clientAuth\n"
    "subjectAltName = @names\n"
    "authorityInfoAccess = OCSP;URI:http://o/,caIssuers;URI:http://c/ca.der\n"
    "[names]\n"
    "DNS.0 = www.example.com\n"
    "DNS.1 = *.good.example.com\n"
    "email.0 = a@example.com\n"
    "URI.0 = http://www.example.com/x\n"
    "IP.0 = 10.0.0.1\n"
    "dirName.0 = inside\n"
    "[inside]\n"
    "O = Org\n"
    "CN = Other\n"
    /* where its lists are: plainly; of another issuer; two with half of the reasons each */
    "[points0]\n"
    "fullname = URI:http://c/ca2.crl\n"
    "[points1]\n"
    "fullname = URI:http://c/other.crl\n"
    "CRLissuer = dirName:lister\n"
    "[lister]\n"
    "O = Org\n"
    "CN = Lister\n"
    "[points2]\n"
    "fullname = URI:http://c/some.crl\n"
    "reasons = keyCompromise,CACompromise,affiliationChanged,superseded\n"
    "[points3]\n"
    "fullname = URI:http://c/rest.crl\n"
    "reasons = cessationOfOperation,certificateHold,privilegeWithdrawn,AACompromise\n"
    "[lister_ca]\n"
    "keyUsage = critical,cRLSign\n"
    "subjectKeyIdentifier = hash\n"
    "authorityKeyIdentifier = keyid:always\n"
    "[crl]\n"
    "authorityKeyIdentifier = keyid:always\n"
    "[scope_cas]\n"
    "onlyCA = TRUE\n"
    "[scope_users]\n"
    "onlyuser = TRUE\n"
    "[scope1]\n"
    "fullname = URI:http://c/other.crl\n"
    "indirectCRL = TRUE\n"
    "[scope2]\n"
    "fullname = URI:http://c/some.crl\n"
    "onlysomereasons = keyCompromise,CACompromise,affiliationChanged,superseded\n"
    "[scope3]\n"
    "fullname = URI:http://c/rest.crl\n"
    "onlysomereasons = cessationOfOperation,certificateHold,privilegeWithdrawn,AACompromise\n";

enum { PLAIN, INDIRECT, PARTS, SCENES };

/* ---- an object: a certificate or a CRL, in DER, and whose key signs it ----------------------- */

enum place { ANCHOR, BETWEEN, LEAF, LIST };

struct object {
    enum place place;
    unsigned signer;
    unsigned char *der;
    size_t len;
    struct tree *tbs;
};

struct scene {
    struct object list[MAX_OBJECTS];
    size_t count;
};

static EVP_PKEY *keys[6]; /* of root, CA 1, CA 2, the certificate, the lister */
static CONF *conf;
static struct scene scenes[SCENES];

static void give_up(const char *what)
{
    suite_give_up("forged chain: %s", what);
}

static X509_NAME *name_of(const char *cn)
{
    X509_NAME *name = X509_NAME_new();

    (void)X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"Org", -1, -1,
                                     0);
    (void)X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1,
                                     0);
    return name;
}

static void set_context(X509V3_CTX *ctx, X509 *issuer, X509 *subject, X509_CRL *crl)
{
    X509V3_set_ctx(ctx, issuer, subject, NULL, crl, 0);
    X509V3_set_nconf(ctx, conf);
}

static X509 *make_certificate(const char *cn, const char *section, unsigned key, unsigned signer,
                              X509 *issuer, long serial)
{
    X509 *made = X509_new();
    X509_NAME *name = name_of(cn);
    X509V3_CTX ctx;

    (void)X509_set_version(made, X509_VERSION_3);
    (void)ASN1_INTEGER_set(X509_get_serialNumber(made), serial);
    (void)X509_set_subject_name(made, name);
    (void)X509_set_issuer_name(made, issuer != NULL ? X509_get_subject_name(issuer) : name);
    (void)ASN1_TIME_set(X509_getm_notBefore(made), NOW - 100 * DAY);
    (void)ASN1_TIME_set(X509_getm_notAfter(made), NOW + 100 * DAY);
    (void)X509_set_pubkey(made, keys[key]);
    set_context(&ctx, issuer != NULL ? issuer : made, made, NULL);
    if (X509V3_EXT_add_nconf(conf, &ctx, section, made) != 1 ||
        X509_sign(made, keys[signer], EVP_sha256()) <= 0)
        give_up(cn);
    X509_NAME_free(name);
    return made;
}

/* The points are named in a section of their own, so that the leaf's is as short as possible. */
static void add_points(X509 *leaf, X509 *issuer, const char *points)
{
    X509V3_CTX ctx;
    X509_EXTENSION *extension;

    set_context(&ctx, issuer, leaf, NULL);
    extension = X509V3_EXT_nconf(conf, &ctx, "crlDistributionPoints", points);
    if (extension == NULL || X509_add_ext(leaf, extension, -1) != 1 ||
        X509_sign(leaf, keys[2], EVP_sha256()) <= 0)
        give_up(points);
    X509_EXTENSION_free(extension);
}

static void add_entry(X509_CRL *crl, long serial, X509 *issuer)
{
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    ASN1_TIME *when = ASN1_TIME_set(NULL, NOW - DAY);
    ASN1_ENUMERATED *reason = ASN1_ENUMERATED_new();
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    GENERAL_NAME *name = GENERAL_NAME_new();

    (void)ASN1_INTEGER_set(number, serial);
    (void)ASN1_ENUMERATED_set(reason, serial % 2 == 0 ? 1 : 4);
    (void)X509_REVOKED_set_serialNumber(entry, number);
    (void)X509_REVOKED_set_revocationDate(entry, when);
    (void)X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, reason, 0, 0);
    if (issuer != NULL) {
        GENERAL_NAME_set0_value(name, GEN_DIRNAME, X509_NAME_dup(X509_get_subject_name(issuer)));
        (void)sk_GENERAL_NAME_push(names, name);
        name = NULL;
        (void)X509_REVOKED_add1_ext_i2d(entry, NID_certificate_issuer, names, 1, 0);
    }
    (void)X509_CRL_add0_revoked(crl, entry);
    GENERAL_NAME_free(name);
    GENERAL_NAMES_free(names);
    ASN1_ENUMERATED_free(reason);
    ASN1_INTEGER_free(number);
    ASN1_TIME_free(when);
}

struct crl_spec {
    X509 *issuer, *about; /* about: whose certificates an indirect one lists */
    unsigned signer;
    long number, base;
    const char *scope;
};

static void add_extensions(X509_CRL *crl, const struct crl_spec *spec)
{
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    X509_EXTENSION *extension;
    X509V3_CTX ctx;

    set_context(&ctx, spec->issuer, NULL, crl);
    if (X509V3_EXT_CRL_add_nconf(conf, &ctx, "crl", crl) != 1)
        give_up("a CRL");
    (void)ASN1_INTEGER_set(number, spec->number);
    (void)X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0);
    (void)ASN1_INTEGER_set(number, spec->base);
    if (spec->base > 0)
        (void)X509_CRL_add1_ext_i2d(crl, NID_delta_crl, number, 1, 0);
    ASN1_INTEGER_free(number);
    if (spec->scope == NULL)
        return;
    extension = X509V3_EXT_nconf(conf, &ctx, "issuingDistributionPoint", spec->scope);
    if (extension == NULL || X509_CRL_add_ext(crl, extension, -1) != 1)
        give_up(spec->scope);
    X509_EXTENSION_free(extension);
}

static X509_CRL *make_crl(const struct crl_spec *spec)
{
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *when = ASN1_TIME_set(NULL, NOW - DAY);

    (void)X509_CRL_set_version(crl, X509_CRL_VERSION_2);
    (void)X509_CRL_set_issuer_name(crl, X509_get_subject_name(spec->issuer));
    (void)X509_CRL_set1_lastUpdate(crl, when);
    (void)ASN1_TIME_set(when, NOW + DAY);
    (void)X509_CRL_set1_nextUpdate(crl, when);
    ASN1_TIME_free(when);
    add_entry(crl, 1000, spec->about);
    add_entry(crl, 1001, NULL);
    add_extensions(crl, spec);
    if (X509_CRL_sign(crl, keys[spec->signer], EVP_sha256()) <= 0)
        give_up("a CRL");
    return crl;
}

/* ---- scenes ---------------------------------------------------------------------------------- */

/* What is signed of a certificate or a CRL: the first part of it. */
static void take_tbs(struct object *object)
{
    struct tree *whole = tree_read(object->der, object->len);
    unsigned char *der;
    size_t len;

    if (whole == NULL || whole->count != 3)
        give_up("cannot be taken apart");
    der = tree_write(whole->children[0], &len);
    object->tbs = tree_read(der, len);
    free(der);
    tree_free(whole);
}

static void put_object(struct scene *scene, enum place place, unsigned signer, unsigned char *der,
                       int len)
{
    struct object *object = &scene->list[scene->count++];

    if (len <= 0 || scene->count > MAX_OBJECTS)
        give_up("cannot be written");
    *object = (struct object){.place = place, .signer = signer, .len = (size_t)len};
    object->der = malloc((size_t)len);
    if (object->der == NULL)
        suite_give_up("out of memory");
    memcpy(object->der, der, (size_t)len);
    OPENSSL_free(der);
    take_tbs(object);
}

static void put_certificate(struct scene *scene, enum place place, unsigned signer, X509 *x509)
{
    unsigned char *der = NULL;
    int len = i2d_X509(x509, &der);

    put_object(scene, place, signer, der, len);
}

static void put_crl(struct scene *scene, const struct crl_spec *spec)
{
    X509_CRL *crl = make_crl(spec);
    unsigned char *der = NULL;
    int len = i2d_X509_CRL(crl, &der);

    put_object(scene, LIST, spec->signer, der, len);
    X509_CRL_free(crl);
}

static void put_lists(struct scene *scene, int kind, X509 *const *certificates)
{
    X509 *root = certificates[0], *ca1 = certificates[1], *ca2 = certificates[2];
    X509 *lister = certificates[4];
    const struct crl_spec of_root = {root, NULL, 0, 1, 0, kind == INDIRECT ? NULL : "@scope_cas"},
                          of_ca1 = {ca1, NULL, 1, 7, 0, NULL};
    const struct crl_spec delta = {ca1, NULL, 1, 8, 7, NULL},
                          of_ca2 = {ca2, NULL, 2, 3, 0, "@scope_users"};
    const struct crl_spec some = {ca2, NULL, 2, 4, 0, "@scope2"},
                          rest = {ca2, NULL, 2, 5, 0, "@scope3"};
    const struct crl_spec indirect = {lister, ca2, 4, 6, 0, "@scope1"};

    put_crl(scene, &of_root);
    put_crl(scene, &of_ca1);
    put_crl(scene, &delta);
    if (kind == PLAIN) {
        put_crl(scene, &of_ca2);
    } else if (kind == INDIRECT) {
        put_crl(scene, &indirect);
    } else {
        put_crl(scene, &some);
        put_crl(scene, &rest);
    }
}

static void make_scene(struct scene *scene, int kind)
{
    static const char *const points[] = {"points0", "points1", "points2,points3"};
    X509 *all[5];

    all[0] = make_certificate("Root", "root", 0, 0, NULL, 1);
    all[1] = make_certificate("CA 1", "ca1", 1, 0, all[0], 2);
    all[2] = make_certificate("CA 2", "ca2", 2, 1, all[1], 3);
    all[3] = make_certificate("Leaf", "leaf", 3, 2, all[2], 4);
    add_points(all[3], all[2], points[kind]);
    all[4] = make_certificate("Lister", "lister_ca", 4, 0, all[0], 5);
    put_certificate(scene, ANCHOR, 0, all[0]);
    put_certificate(scene, BETWEEN, 0, all[1]);
    put_certificate(scene, BETWEEN, 1, all[2]);
    put_certificate(scene, LEAF, 2, all[3]);
    if (kind == INDIRECT)
        put_certificate(scene, BETWEEN, 0, all[4]);
    put_lists(scene, kind, all);
    for (size_t i = 0; i < 5; i++)
        X509_free(all[i]);
}

static void free_scene(struct scene *scene)
{
    for (size_t i = 0; i < scene->count; i++) {
        tree_free(scene->list[i].tbs);
        free(scene->list[i].der);
    }
}

/* ---- cases ----------------------------------------------------------------------------------- */

static struct tree *copy_of(const struct tree *tree)
{
    size_t len;
    unsigned char *der = tree_write(tree, &len);
    struct tree *copy = tree_read(der, len);

    free(der);
    return copy;
}

/* A certificate or a CRL of what is signed, under a signature that holds. */
static unsigned char *sign(const struct tree *signed_part, EVP_PKEY *key, size_t *len)
{
    static const unsigned char ecdsa[] = {0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86,
                                          0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02};
    unsigned char bits[80] = {0x03, 0}, *tbs, *out;
    size_t tbs_len, signature_len, inner, at = 0;

    tbs = tree_write(signed_part, &tbs_len);
    signature_len = scalar_sign(key, tbs, tbs_len, bits + 3);
    bits[1] = (unsigned char)(signature_len + 1);
    inner = tbs_len + sizeof ecdsa + signature_len + 3;
    out = malloc(inner + 5);
    if (out == NULL || inner > 0xFFFF)
        give_up("too large");
    out[at++] = 0x30;
    if (inner >= 0x100) {
        out[at++] = 0x82;
        out[at++] = (unsigned char)(inner >> 8);
    } else {
        out[at++] = 0x81;
    }
    out[at++] = (unsigned char)inner;
    memcpy(out + at, tbs, tbs_len);
    memcpy(out + at + tbs_len, ecdsa, sizeof ecdsa);
    memcpy(out + at + tbs_len + sizeof ecdsa, bits, signature_len + 3);
    *len = at + inner;
    free(tbs);
    return out;
}

static void fill_case(struct suite_case *one, const struct scene *scene, size_t changed,
                      unsigned char *der, size_t len)
{
    for (size_t i = 0; i < scene->count; i++) {
        const struct object *object = &scene->list[i];
        struct chunks *lists[] = {&one->anchors, &one->intermediates, &one->leaf, &one->crls};

        chunks_add(lists[object->place], i == changed ? der : object->der,
                   i == changed ? len : object->len);
    }
}

static void try_with(const struct scene *scene, size_t at, const struct tree *tbs,
                     struct suite_case *one)
{
    size_t len;
    unsigned char *der = sign(tbs, keys[scene->list[at].signer], &len);

    one->at = NOW;
    one->max_depth = -1;
    fill_case(one, scene, at, der, len);
    difference_try(one, "");
    case_free(one);
    free(der);
}

static const char *const names[] = {"anchor", "CA", "certificate", "CRL"};

/* Each part of each, in each of the simple ways. */
static void try_each(const struct scene *scene, int kind)
{
    for (size_t at = 0; at < scene->count; at++)
        for (size_t n = 0; n + 1 < tree_weight(scene->list[at].tbs); n++)
            for (unsigned way = 0; way < TREE_WAYS; way++) {
                struct suite_case one = {.revocation = DAOTP_REVOCATION_REQUIRE};
                struct tree *tbs = copy_of(scene->list[at].tbs);
                char id[ID_MAX];

                (void)snprintf(id, sizeof id, "forged::%d::%s %zu, part %zu, way %u", kind,
                               names[scene->list[at].place], at, n, way);
                one.id = id;
                tree_change_at(tbs, n, way);
                try_with(scene, at, tbs, &one);
                tree_free(tbs);
            }
}

static void try_chance(const struct scene *scene, unsigned number, int kind)
{
    dice chance = dice_for("forged", number);
    size_t at = dice_roll(&chance, (unsigned)scene->count);
    size_t other = dice_roll(&chance, (unsigned)scene->count);
    struct tree *tbs = copy_of(scene->list[at].tbs);
    struct suite_case one = {.revocation = DAOTP_REVOCATION_REQUIRE};
    char id[ID_MAX];

    tree_change(tbs, scene->list[other].tbs, &chance);
    if (dice_roll(&chance, 3) == 0)
        tree_change(tbs, scene->list[other].tbs, &chance);
    (void)snprintf(id, sizeof id, "forged::%d::%s #%u", kind, names[scene->list[at].place], number);
    one.id = id;
    if (scene->list[at].place != LIST && dice_roll(&chance, 3) == 0)
        one.revocation = DAOTP_REVOCATION_IGNORE;
    one.explicit_policy = dice_roll(&chance, 4) == 0;
    try_with(scene, at, tbs, &one);
    tree_free(tbs);
}

/* As it is it must hold, for both: else the changes would show nothing. */
static void try_unchanged(const struct scene *scene, int kind)
{
    struct suite_case one = {.at = NOW,
                             .max_depth = -1,
                             .revocation = DAOTP_REVOCATION_REQUIRE,
                             .explicit_policy = true};
    char id[ID_MAX];

    (void)snprintf(id, sizeof id, "forged::%d unchanged", kind);
    one.id = id;
    fill_case(&one, scene, MAX_OBJECTS, NULL, 0);
    if (!difference_accepts(&one))
        give_up("one that is good is refused");
    case_free(&one);
}

static void read_config(void)
{
    BIO *bio = BIO_new_mem_buf(config, -1);
    long line;

    conf = NCONF_new(NULL);
    if (NCONF_load_bio(conf, bio, &line) <= 0)
        give_up("configuration");
    (void)BIO_free(bio);
}

void forged_try(unsigned count)
{
    read_config();
    for (unsigned i = 0; i < 5; i++)
        keys[i] = scalar_key(1000 + i);
    for (int kind = 0; kind < SCENES; kind++) {
        make_scene(&scenes[kind], kind);
        try_unchanged(&scenes[kind], kind);
    }
    for (int kind = 0; kind < SCENES; kind++)
        try_each(&scenes[kind], kind);
    for (unsigned i = 0; i < count; i++)
        try_chance(&scenes[i % SCENES], i, (int)(i % SCENES));
    for (int kind = 0; kind < SCENES; kind++)
        free_scene(&scenes[kind]);
    for (unsigned i = 0; i < 5; i++)
        EVP_PKEY_free(keys[i]);
    NCONF_free(conf);
}
