/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates and requests as openssl.cnf would describe them. What a certificate is made of is
 * put together by pki_make(). */
#include "forge.h"
#include "verify_pki.h"

/* ---- certificates ---------------------------------------------------------------------------- */

X509_EXTENSION *forge_make_extension(const forge_extension *from, X509 *issuer, X509 *subject)
{
    X509_EXTENSION *extension;
    X509V3_CTX ctx;

    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, issuer, subject, NULL, NULL, 0);
    extension = X509V3_EXT_nconf(NULL, &ctx, from->name, from->value);
    if (extension == NULL)
        fail_msg("extension %s = %s", from->name, from->value);
    return extension;
}

void forge_set(forge_extension *list, const char *name, const char *value)
{
    unsigned i = 0, k;

    while (list[i].name != NULL && strcmp(list[i].name, name) != 0)
        i++;
    assert_true(i + 1 < FORGE_MAX_EXTENSIONS);
    if (value != NULL) {
        list[i] = (forge_extension){name, value};
        return;
    }
    for (k = i; k + 1 < FORGE_MAX_EXTENSIONS && list[k].name != NULL; k++)
        list[k] = list[k + 1];
}

/* What the extensions of spec look at: subject, issuer, key, and the extensions before them. */
static X509 *make_likeness(const forge_spec *spec, long serial)
{
    X509 *made = X509_new();
    X509_NAME *name = forge_name(spec->subject != NULL ? spec->subject : "");

    assert_non_null(made);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(made), serial), 1);
    assert_int_equal(X509_set_subject_name(made, name), 1);
    assert_int_equal(X509_set_issuer_name(
                         made, spec->issuer != NULL ? X509_get_subject_name(spec->issuer) : name),
                     1);
    assert_int_equal(X509_set_pubkey(made, spec->key), 1);
    X509_NAME_free(name);
    return made;
}

static void take_extension(pki_extension *to, X509_EXTENSION *from)
{
    const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(from);
    char oid[80];

    assert_true(OBJ_obj2txt(oid, sizeof oid, X509_EXTENSION_get_object(from), 1) > 0);
    pki_put_again(to, (const char *)pki_copy(oid, strlen(oid)).data,
                  X509_EXTENSION_get_critical(from) != 0,
                  pki_copy(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value)));
}

static void take_extensions(pki_extension *to, const forge_spec *spec, long serial)
{
    X509 *likeness = make_likeness(spec, serial);

    for (unsigned i = 0; i < FORGE_MAX_EXTENSIONS && spec->extensions[i].name != NULL; i++) {
        X509_EXTENSION *extension = forge_make_extension(
            &spec->extensions[i], spec->issuer != NULL ? spec->issuer : likeness, likeness);

        assert_int_equal(X509_add_ext(likeness, extension, -1), 1);
        take_extension(to, extension);
        X509_EXTENSION_free(extension);
    }
    X509_free(likeness);
}

static daotp__bytes subject_of(const X509 *x509)
{
    unsigned char *der = NULL;
    int len = i2d_X509_NAME(X509_get_subject_name(x509), &der);
    daotp__bytes out;

    assert_true(len > 0);
    out = pki_copy(der, (size_t)len);
    OPENSSL_free(der);
    return out;
}

X509 *forge_certificate(const forge_spec *spec)
{
    static long next_serial = 0x1000;
    long serial = spec->serial != 0 ? spec->serial : ++next_serial;
    const pki_block *mark = pki_mark();
    pki_spec to = {.subject = spec->subject != NULL ? spec->subject : "",
                   .key = spec->key,
                   .signing_key = spec->issuer_key != NULL ? spec->issuer_key : spec->key,
                   .not_before = spec->not_before != 0 ? spec->not_before : FORGE_NOW - 60,
                   .not_after = spec->not_after != 0 ? spec->not_after : FORGE_NOW + FORGE_HOUR,
                   .serial = pki_number((uint64_t)serial),
                   .md = spec->md};
    daotp__bytes der;
    X509 *made;

    if (spec->issuer != NULL)
        to.issuer_name = subject_of(spec->issuer);
    take_extensions(to.extensions, spec, serial);
    der = pki_make(&to)->der;
    made = d2i_X509(NULL, &(const unsigned char *){der.data}, (long)der.len);
    assert_non_null(made);
    pki_forget_since(mark);
    return made;
}

daotp__buffer forge_der(X509 *x509)
{
    unsigned char *der = NULL;
    int len = i2d_X509(x509, &der);
    daotp__buffer out;

    assert_true(len > 0);
    daotp__buffer_init(&out, 1 << 20);
    daotp__buffer_add(&out, der, (size_t)len);
    OPENSSL_free(der);
    assert_int_equal(out.failed, DAOTP_OK);
    return out;
}

void forge_pem(daotp__buffer *out, X509 *x509)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *data;
    long len;

    assert_int_equal(PEM_write_bio_X509(bio, x509), 1);
    len = BIO_get_mem_data(bio, &data);
    daotp__buffer_add(out, data, (size_t)len);
    BIO_free(bio);
    assert_int_equal(out->failed, DAOTP_OK);
}

void forge_key_pem(daotp__buffer *out, EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *data;
    long len;

    assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);
    len = BIO_get_mem_data(bio, &data);
    daotp__buffer_add(out, data, (size_t)len);
    BIO_free(bio);
    assert_int_equal(out->failed, DAOTP_OK);
}

daotp__buffer forge_pkcs7(X509 *const *certificates)
{
    PKCS7 *pkcs7 = PKCS7_new();
    unsigned char *der = NULL;
    daotp__buffer out;
    int len;

    assert_int_equal(PKCS7_set_type(pkcs7, NID_pkcs7_signed), 1);
    assert_int_equal(PKCS7_content_new(pkcs7, NID_pkcs7_data), 1);
    assert_int_equal(PKCS7_set_detached(pkcs7, 1), 1);
    for (; *certificates != NULL; certificates++)
        assert_int_equal(PKCS7_add_certificate(pkcs7, *certificates), 1);
    len = i2d_PKCS7(pkcs7, &der);
    assert_true(len > 0);
    daotp__buffer_init(&out, 1 << 20);
    daotp__buffer_add(&out, der, (size_t)len);
    OPENSSL_free(der);
    PKCS7_free(pkcs7);
    return out;
}

daotp_credential *forge_credential(daotp_context *context, X509 *leaf, X509 *above, EVP_PKEY *pkey)
{
    daotp_key *key = forge_key(context, pkey);
    daotp_credential *credential;
    daotp__buffer pem;

    daotp__buffer_init(&pem, 1 << 20);
    forge_pem(&pem, leaf);
    if (above != NULL)
        forge_pem(&pem, above);
    assert_int_equal(daotp_credential_new(context, pem.data, pem.len, key, NULL, &credential),
                     DAOTP_OK);
    daotp__buffer_free(&pem);
    daotp_key_unref(key);
    return credential;
}

/* ---- requests -------------------------------------------------------------------------------- */

forge_request forge_good_request(EVP_PKEY *key)
{
    return (forge_request){
        .key = key,
        .extensions = {{FORGE_OID_TEMPLATE, forge_template(FORGE_TEMPLATE, 100, 5)},
                       {"extendedKeyUsage", FORGE_LOGON},
                       {"keyUsage", "critical,digitalSignature,keyEncipherment"},
                       {"subjectAltName", FORGE_SAN_UPN}}};
}

static void forge_add_attribute(X509_REQ *req, const forge_extension *from)
{
    size_t len = strlen(from->value + 4) / 2;
    uint8_t der[256];

    assert_true(len < sizeof der && strncmp(from->value, "DER:", 4) == 0);
    for (size_t i = 0; i < len; i++) {
        unsigned byte;

        assert_int_equal(sscanf(from->value + 4 + 2 * i, "%2x", &byte), 1);
        der[i] = (uint8_t)byte;
    }
    /* a SEQUENCE goes in as it is */
    assert_int_equal(der[0], 0x30);
    assert_int_equal(X509_REQ_add1_attr_by_txt(req, from->name, V_ASN1_SEQUENCE, der, (int)len), 1);
}

daotp__buffer forge_csr(const forge_request *spec)
{
    X509_REQ *req = X509_REQ_new();
    X509_NAME *name = forge_name(spec->subject != NULL ? spec->subject : "");
    STACK_OF(X509_EXTENSION) *list = sk_X509_EXTENSION_new_null();
    unsigned char *der = NULL;
    daotp__buffer out;
    int len;

    assert_int_equal(X509_REQ_set_version(req, X509_REQ_VERSION_1), 1);
    assert_int_equal(X509_REQ_set_subject_name(req, name), 1);
    X509_NAME_free(name);
    assert_int_equal(X509_REQ_set_pubkey(req, spec->key), 1);
    for (unsigned i = 0; i < FORGE_MAX_EXTENSIONS && spec->extensions[i].name != NULL; i++)
        assert_true(sk_X509_EXTENSION_push(
                        list, forge_make_extension(&spec->extensions[i], NULL, NULL)) > 0);
    if (sk_X509_EXTENSION_num(list) > 0)
        assert_int_equal(X509_REQ_add_extensions(req, list), 1);
    sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
    for (unsigned i = 0; i < 4 && spec->attributes[i].name != NULL; i++)
        forge_add_attribute(req, &spec->attributes[i]);
    assert_true(X509_REQ_sign(req, spec->signing_key != NULL ? spec->signing_key : spec->key,
                              spec->md != NULL ? spec->md : EVP_sha256()) > 0);
    len = i2d_X509_REQ(req, &der);
    assert_true(len > 0);
    daotp__buffer_init(&out, 1 << 20);
    daotp__buffer_add(&out, der, (size_t)len);
    OPENSSL_free(der);
    X509_REQ_free(req);
    return out;
}

/* ---- the usual cast -------------------------------------------------------------------------- */

forge_spec forge_root_spec(EVP_PKEY *key)
{
    return (forge_spec){.subject = "DC=example,DC=corp,CN=Corp Root",
                        .key = key,
                        .not_before = FORGE_NOW - 365 * 24 * FORGE_HOUR,
                        .not_after = FORGE_NOW + 365 * 24 * FORGE_HOUR,
                        .extensions = {{"basicConstraints", "critical,CA:TRUE"},
                                       {"keyUsage", "critical,keyCertSign,cRLSign"},
                                       {"subjectKeyIdentifier", "hash"}}};
}

forge_spec forge_server_spec(const forge_world *world, EVP_PKEY *key)
{
    return (forge_spec){.subject = "CN=localhost",
                        .key = key,
                        .issuer = world->root,
                        .issuer_key = world->root_key,
                        .not_before = FORGE_NOW - 24 * FORGE_HOUR,
                        .not_after = FORGE_NOW + 30 * 24 * FORGE_HOUR,
                        .extensions = {{"extendedKeyUsage", "serverAuth"},
                                       {"keyUsage", "critical,digitalSignature"},
                                       {"subjectAltName", "DNS:localhost,IP:127.0.0.1"}}};
}

forge_spec forge_ra_spec(const forge_world *world, EVP_PKEY *key)
{
    return (forge_spec){.subject = "CN=da.corp.example",
                        .key = key,
                        .issuer = world->root,
                        .issuer_key = world->root_key,
                        .not_before = FORGE_NOW - FORGE_HOUR,
                        .not_after = FORGE_NOW + 47 * FORGE_HOUR,
                        .extensions = {{"extendedKeyUsage", FORGE_OTP_RA},
                                       {"keyUsage", "critical,digitalSignature"},
                                       {"subjectAltName", "DNS:da.corp.example"},
                                       {"crlDistributionPoints", FORGE_CDP}}};
}

forge_spec forge_user_spec(const forge_world *world, EVP_PKEY *key)
{
    return (forge_spec){.subject = FORGE_DN_ROOT,
                        .key = key,
                        .issuer = world->root,
                        .issuer_key = world->root_key,
                        .not_before = FORGE_NOW - 600,
                        .not_after = FORGE_NOW + FORGE_HOUR - 600,
                        .extensions = {{"extendedKeyUsage", FORGE_LOGON},
                                       {"keyUsage", "critical,digitalSignature,keyEncipherment"},
                                       {"subjectAltName", FORGE_SAN_UPN},
                                       {"crlDistributionPoints", FORGE_CDP},
                                       {FORGE_OID_TEMPLATE, forge_template(FORGE_TEMPLATE, 100, 5)},
                                       {FORGE_OID_SID, forge_sid(FORGE_SID)}}};
}

forge_world forge_world_new(void)
{
    forge_world world = {.root_key = forge_p256(),
                         .server_key = forge_p256(),
                         .machine_key = forge_p256(),
                         .ra_key = forge_p256(),
                         .user_key = forge_p256()};
    forge_spec spec = forge_root_spec(world.root_key);

    world.root = forge_certificate(&spec);
    spec = forge_server_spec(&world, world.server_key);
    world.server = forge_certificate(&spec);
    spec = forge_server_spec(&world, world.machine_key);
    spec.subject = "CN=pc1.corp.example";
    forge_set(spec.extensions, "extendedKeyUsage", "clientAuth");
    forge_set(spec.extensions, "subjectAltName", "DNS:pc1.corp.example");
    world.machine = forge_certificate(&spec);
    spec = forge_ra_spec(&world, world.ra_key);
    world.ra = forge_certificate(&spec);
    spec = forge_user_spec(&world, world.user_key);
    world.user = forge_certificate(&spec);
    return world;
}

void forge_world_free(forge_world *world)
{
    X509_free(world->root);
    X509_free(world->server);
    X509_free(world->machine);
    X509_free(world->ra);
    X509_free(world->user);
    EVP_PKEY_free(world->root_key);
    EVP_PKEY_free(world->server_key);
    EVP_PKEY_free(world->machine_key);
    EVP_PKEY_free(world->ra_key);
    EVP_PKEY_free(world->user_key);
}
