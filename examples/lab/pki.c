/* SPDX-License-Identifier: BSD-2-Clause */
#include "pki.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/conf.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "log.h"

#define MINUTE       60
#define HOUR         3600
#define DAY          86400
#define OID_RA       "1.3.6.1.4.1.311.81.1.1"
#define OID_UPN      "1.3.6.1.4.1.311.20.2.3"
#define OID_NTDS     "1.3.6.1.4.1.311.25.2"
#define OID_NTDS_SID "1.3.6.1.4.1.311.25.2.1"

/* ---- keys ---- */

int pki_new_rsa(EVP_PKEY **out)
{
    *out = EVP_RSA_gen(2048);
    return *out != NULL ? LAB_OK : lab_log_openssl("make an RSA key");
}

int pki_new_ec(EVP_PKEY **out)
{
    *out = EVP_EC_gen("P-256");
    return *out != NULL ? LAB_OK : lab_log_openssl("make an EC key");
}

/* ---- names ---- */

static int hex_digit(int c)
{
    return isdigit(c) ? c - '0' : tolower(c) - 'a' + 10;
}

/* Copies the text of one RDN without its escapes; returns its end. */
static const char *copy_unescaped(const char *from, char *to, size_t size)
{
    size_t n = 0;

    for (; *from != '\0' && *from != ',' && n < size - 1; from++) {
        if (*from != '\\' || from[1] == '\0') {
            to[n++] = *from;
        } else if (isxdigit((unsigned char)from[1]) && isxdigit((unsigned char)from[2])) {
            to[n++] = (char)(hex_digit(from[1]) * 16 + hex_digit(from[2]));
            from += 2;
        } else {
            to[n++] = *++from;
        }
    }
    to[n] = '\0';
    return from;
}

int pki_name_from_dn(const char *dn, X509_NAME **out)
{
    char rdn[512];
    char *value;

    *out = X509_NAME_new();
    if (*out == NULL)
        return lab_log_openssl("make a name");
    for (const char *next = dn; next != NULL && *next != '\0';) {
        next = copy_unescaped(next, rdn, sizeof(rdn));
        value = strchr(rdn, '=');
        if (value == NULL || (*next != ',' && *next != '\0'))
            break;
        *value++ = '\0';
        /* the directory writes the leaf first, X.509 the root first: so insert at index 0 */
        if (X509_NAME_add_entry_by_txt(*out, rdn, MBSTRING_UTF8, (unsigned char *)value, -1, 0,
                                       0) != 1)
            break;
        if (*next == '\0')
            return LAB_OK;
        next++;
    }
    if (dn == NULL || *dn == '\0')
        return LAB_OK;
    X509_NAME_free(*out);
    *out = NULL;
    return lab_log(LAB_CONFIG, "not a distinguished name: %s", dn);
}

/* ---- extensions ---- */

static bool add_text(X509 *cert, X509 *issuer, const char *text)
{
    X509V3_CTX ctx;
    CONF *conf = NCONF_new(NULL);
    BIO *bio = BIO_new_mem_buf(text, -1);
    long line;
    bool ok = conf != NULL && bio != NULL && NCONF_load_bio(conf, bio, &line) == 1;

    if (ok) {
        X509V3_set_ctx(&ctx, issuer != NULL ? issuer : cert, cert, NULL, NULL, 0);
        X509V3_set_nconf(&ctx, conf);
        ok = X509V3_EXT_add_nconf(conf, &ctx, "ext", cert) == 1;
    }
    BIO_free(bio);
    NCONF_free(conf);
    return ok;
}

static GENERAL_NAMES *other_name(const char *oid, int type, const char *value)
{
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_STRING *string = ASN1_STRING_type_new(type);
    ASN1_TYPE *any = ASN1_TYPE_new();
    ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
    bool ok = names != NULL && name != NULL && string != NULL && any != NULL && object != NULL &&
              ASN1_STRING_set(string, value, -1) == 1;

    if (ok) {
        ASN1_TYPE_set(any, type, string);
        string = NULL;
        ok = GENERAL_NAME_set0_othername(name, object, any) == 1;
        object = NULL;
        any = NULL;
        ok = ok && sk_GENERAL_NAME_push(names, name) > 0;
        name = ok ? NULL : name;
    }
    ASN1_OBJECT_free(object);
    ASN1_TYPE_free(any);
    ASN1_STRING_free(string);
    GENERAL_NAME_free(name);
    if (ok)
        return names;
    GENERAL_NAMES_free(names);
    return NULL;
}

static bool push_upn(GENERAL_NAMES *names, const char *upn)
{
    GENERAL_NAMES *more = other_name(OID_UPN, V_ASN1_UTF8STRING, upn);
    GENERAL_NAME *name = more != NULL ? sk_GENERAL_NAME_pop(more) : NULL;
    bool ok = name != NULL && sk_GENERAL_NAME_push(names, name) > 0;

    GENERAL_NAMES_free(more);
    return ok;
}

static bool add_upn(X509 *cert, const struct pki_spec *spec)
{
    int type = spec->is_ia5_upn ? V_ASN1_IA5STRING : V_ASN1_UTF8STRING;
    GENERAL_NAMES *names = other_name(OID_UPN, type, spec->upn);
    bool ok = names != NULL &&
              (!spec->has_two_upns || push_upn(names, "administrator@" LAB_REALM)) &&
              X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) == 1;

    GENERAL_NAMES_free(names);
    return ok;
}

/* The octets are the text of the SID, "S-1-5-...", not its binary form. */
static bool add_sid(X509 *cert, const char *sid)
{
    GENERAL_NAMES *names = other_name(OID_NTDS_SID, V_ASN1_OCTET_STRING, sid);
    ASN1_OBJECT *object = OBJ_txt2obj(OID_NTDS, 1);
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    X509_EXTENSION *extension = NULL;
    unsigned char *der = NULL;
    int len = names != NULL ? i2d_GENERAL_NAMES(names, &der) : -1;
    bool ok =
        len > 0 && object != NULL && value != NULL && ASN1_OCTET_STRING_set(value, der, len) == 1;

    if (ok)
        extension = X509_EXTENSION_create_by_OBJ(NULL, object, 0, value);
    ok = extension != NULL && X509_add_ext(cert, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(object);
    OPENSSL_free(der);
    GENERAL_NAMES_free(names);
    return ok;
}

/* ---- one certificate ---- */

static bool set_serial(X509 *cert)
{
    unsigned char bytes[16];
    BIGNUM *number = NULL;
    bool ok = RAND_bytes(bytes, sizeof(bytes)) == 1;

    bytes[0] =
        (unsigned char)((bytes[0] & 0x7f) | 0x40); /* positive, and always of the same length */
    if (ok)
        number = BN_bin2bn(bytes, sizeof(bytes), NULL);
    ok = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL;
    BN_free(number);
    return ok;
}

static bool set_fields(X509 *cert, const struct pki_spec *spec, X509_NAME *subject)
{
    const X509_NAME *issuer = spec->issuer != NULL ? X509_get_subject_name(spec->issuer) : subject;

    return X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
           X509_set_subject_name(cert, subject) == 1 && X509_set_issuer_name(cert, issuer) == 1 &&
           ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)spec->not_before) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)spec->not_after) != NULL &&
           X509_set_pubkey(cert, spec->key) == 1;
}

int pki_issue(const struct pki_spec *spec, X509 **out)
{
    X509_NAME *subject = NULL;
    X509 *cert = X509_new();
    int end = pki_name_from_dn(spec->subject, &subject);

    *out = NULL;
    if (end != LAB_OK)
        goto out;
    if (cert == NULL || !set_fields(cert, spec, subject) ||
        (spec->extensions != NULL && !add_text(cert, spec->issuer, spec->extensions)) ||
        (spec->upn != NULL && !add_upn(cert, spec)) ||
        (spec->sid != NULL && !add_sid(cert, spec->sid)) ||
        X509_sign(cert, spec->signer, spec->is_sha1 ? EVP_sha1() : EVP_sha256()) == 0) {
        end = lab_log_openssl("make a certificate");
        goto out;
    }
    *out = cert;
    cert = NULL;
out:
    X509_free(cert);
    X509_NAME_free(subject);
    return end;
}

/* ---- files ---- */

static BIO *open_part(const struct lab *lab, const char *name, const char *suffix)
{
    struct lab_dir_path path = lab_dir_path(lab, "pki/%s.%s", name, suffix);

    return BIO_new_file(path.s, "r");
}

int pki_load_cert(const struct lab *lab, const char *name, X509 **out)
{
    BIO *bio = open_part(lab, name, "pem");

    *out = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return *out != NULL ? LAB_OK : lab_log_openssl(lab_dir_path(lab, "pki/%s.pem", name).s);
}

int pki_load_key(const struct lab *lab, const char *name, EVP_PKEY **out)
{
    BIO *bio = open_part(lab, name, "key");

    *out = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return *out != NULL ? LAB_OK : lab_log_openssl(lab_dir_path(lab, "pki/%s.key", name).s);
}

static int save_bio(const char *path, BIO *bio)
{
    char *data = NULL;
    long len = BIO_get_mem_data(bio, &data);

    return lab_dir_write(path, data, (size_t)len);
}

int pki_save_key(const struct lab *lab, const char *name, EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_secmem());
    int end;

    if (bio != NULL && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1)
        end = save_bio(lab_dir_path(lab, "pki/%s.key", name).s, bio);
    else
        end = lab_log_openssl("write a key");
    BIO_free(bio);
    return end;
}

static bool append_file(BIO *bio, const char *path)
{
    unsigned char *data = NULL;
    size_t len;
    bool ok =
        lab_dir_read(path, &data, &len) == LAB_OK && BIO_write(bio, data, (int)len) == (int)len;

    free(data);
    return ok;
}

int pki_save_cert(const struct lab *lab, const char *name, X509 *cert, const char *chain)
{
    BIO *bio = BIO_new(BIO_s_mem());
    int end;

    if (bio != NULL && PEM_write_bio_X509(bio, cert) == 1 &&
        (chain == NULL || append_file(bio, lab_dir_path(lab, "pki/%s", chain).s)))
        end = save_bio(lab_dir_path(lab, "pki/%s.pem", name).s, bio);
    else
        end = lab_log_openssl("write a certificate");
    BIO_free(bio);
    return end;
}

static int save_www_cert(const struct lab *lab, const char *name, X509 *cert)
{
    unsigned char *der = NULL;
    int len = i2d_X509(cert, &der);
    int end = len > 0 ? lab_dir_write(lab_dir_path(lab, "ca/www/%s.crt", name).s, der, (size_t)len)
                      : lab_log_openssl("encode a certificate");

    OPENSSL_free(der);
    return end;
}

/* ---- the two CAs ---- */

#define CA_EXTENSIONS                                                                              \
    "basicConstraints = critical,CA:true\n"                                                        \
    "keyUsage = critical,keyCertSign,cRLSign,digitalSignature\n"                                   \
    "subjectKeyIdentifier = hash\n"

static int make_root(const struct lab *lab, int64_t now)
{
    EVP_PKEY *key = NULL;
    X509 *cert = NULL;
    int end = pki_new_ec(&key);
    struct pki_spec spec = {
        .subject = "CN=Lab Root CA,DC=lab,DC=example",
        .not_before = now - 2 * DAY, /* still valid for a clock that is some hours slow */
        .not_after = now + 60 * DAY,
        .extensions = "[ext]\n" CA_EXTENSIONS,
        .key = key,
        .signer = key,
    };

    if (end == LAB_OK)
        end = pki_issue(&spec, &cert);
    if (end == LAB_OK)
        end = pki_save_key(lab, "root", key);
    if (end == LAB_OK)
        end = pki_save_cert(lab, "root", cert, NULL);
    if (end == LAB_OK)
        end = save_www_cert(lab, "root", cert);
    X509_free(cert);
    EVP_PKEY_free(key);
    return end;
}

/* An end-entity or CA certificate with a new key. `signer` names the CA of DIR/pki. */
struct leaf {
    const char *name;
    const char *signer;
    const char *chain;
    bool rsa;
    bool keep_key;
    struct pki_spec spec;
};

static int leaf_key(const struct lab *lab, const struct leaf *leaf, EVP_PKEY **key)
{
    int end;

    if (leaf->keep_key)
        return pki_load_key(lab, leaf->name, key);
    end = leaf->rsa ? pki_new_rsa(key) : pki_new_ec(key);
    return end == LAB_OK ? pki_save_key(lab, leaf->name, *key) : end;
}

static int make_leaf(const struct lab *lab, const struct leaf *leaf)
{
    struct pki_spec spec = leaf->spec;
    X509 *cert = NULL;
    int end = leaf_key(lab, leaf, &spec.key);

    spec.signer = spec.key;
    if (end == LAB_OK && leaf->signer != NULL) {
        spec.signer = NULL;
        end = pki_load_cert(lab, leaf->signer, &spec.issuer);
        if (end == LAB_OK)
            end = pki_load_key(lab, leaf->signer, &spec.signer);
    }
    if (end == LAB_OK)
        end = pki_issue(&spec, &cert);
    if (end == LAB_OK)
        end = pki_save_cert(lab, leaf->name, cert, leaf->chain);
    X509_free(cert);
    X509_free(spec.issuer);
    if (spec.signer != spec.key)
        EVP_PKEY_free(spec.signer);
    EVP_PKEY_free(spec.key);
    return end;
}

static void where_from(const struct lab *lab, const char *ca, char *out, size_t size)
{
    snprintf(out, size,
             "crlDistributionPoints = URI:http://127.0.0.1:%d/%s.crl\n"
             "authorityInfoAccess = caIssuers;URI:http://127.0.0.1:%d/%s.crt\n",
             lab->crl_port, ca, lab->crl_port, ca);
}

static int make_issuing(const struct lab *lab, int64_t now)
{
    char where[300];
    char extensions[1000];
    X509 *cert = NULL;
    struct leaf leaf = {
        .name = "issuing",
        .signer = "root",
        .rsa = true,
        .spec =
            {
                .subject = "CN=" LAB_CA_NAME ",DC=lab,DC=example",
                .not_before = now - 2 * DAY,
                .not_after = now + 50 * DAY,
                .extensions = extensions,
            },
    };
    int end;

    where_from(lab, "root", where, sizeof(where));
    snprintf(extensions, sizeof(extensions),
             "[ext]\n" CA_EXTENSIONS "authorityKeyIdentifier = keyid\n%s", where);
    end = make_leaf(lab, &leaf);
    if (end == LAB_OK)
        end = pki_load_cert(lab, "issuing", &cert);
    if (end == LAB_OK)
        end = save_www_cert(lab, "issuing", cert);
    X509_free(cert);
    return end;
}

/* ---- what the issuing CA gives out ---- */

#define LEAF_EXTENSIONS "[ext]\nsubjectKeyIdentifier = hash\n%s%s%s"

static int make_tls(const struct lab *lab, struct leaf *leaf, const char *own)
{
    char where[300];
    char extensions[1000];

    where_from(lab, "issuing", where, sizeof(where));
    snprintf(extensions, sizeof(extensions), LEAF_EXTENSIONS,
             leaf->signer != NULL ? "authorityKeyIdentifier = keyid\n" : "", where, own);
    leaf->spec.extensions = extensions;
    return make_leaf(lab, leaf);
}

#define SERVER_USE                                                                                 \
    "keyUsage = critical,digitalSignature\nextendedKeyUsage = %s\nsubjectAltName = DNS:%s\n"

/* Valid for one day, beginning two days ago or tomorrow. */
static void move_dates(struct pki_spec *spec, bool is_expired)
{
    int64_t now = time(NULL);

    spec->not_before = is_expired ? now - 25 * HOUR : now + DAY;
    spec->not_after = is_expired ? now - HOUR : now + 2 * DAY;
}

static int make_server_for(const struct lab *lab, const char *name, enum pki_server kind, bool keep)
{
    int64_t now = time(NULL);
    bool is_other = kind == PKI_SERVER_NAME;
    const char *usage = "serverAuth";
    char own[300];
    struct leaf leaf = {
        .name = name,
        .keep_key = keep,
        .spec =
            {
                .subject = is_other ? "CN=da.elsewhere.example" : "CN=localhost",
                .not_before = now - 10 * MINUTE,
                .not_after = now + 30 * DAY,
                .is_sha1 = kind == PKI_SERVER_SHA1,
            },
    };

    if (kind != PKI_SERVER_UNTRUSTED)
        leaf.signer = "issuing";
    if (kind != PKI_SERVER_UNTRUSTED && kind != PKI_SERVER_NO_CHAIN)
        leaf.chain = "issuing.pem";
    if (kind == PKI_SERVER_EXPIRED || kind == PKI_SERVER_NOT_YET)
        move_dates(&leaf.spec, kind == PKI_SERVER_EXPIRED);
    if (kind == PKI_SERVER_USAGE)
        usage = "clientAuth";
    snprintf(own, sizeof(own), SERVER_USE, usage,
             is_other ? "da.elsewhere.example" : "localhost,IP:127.0.0.1");
    return make_tls(lab, &leaf, own);
}

int pki_make_server(const struct lab *lab, enum pki_server kind)
{
    return make_server_for(lab, "server", kind, true);
}

int pki_make_ces(const struct lab *lab, enum pki_server kind)
{
    return make_server_for(lab, "ces", kind, true);
}

/* The dates, the signer and the chain that the kind asks for. */
static void fill_leaf(struct leaf *leaf, enum pki_leaf kind)
{
    int64_t now = time(NULL);

    leaf->spec.not_before = now - 10 * MINUTE;
    leaf->spec.not_after = now + 30 * DAY;
    if (kind == PKI_LEAF_EXPIRED || kind == PKI_LEAF_NOT_YET)
        move_dates(&leaf->spec, kind == PKI_LEAF_EXPIRED);
    if (kind == PKI_LEAF_SELF_SIGNED)
        leaf->signer = leaf->chain = NULL;
}

static int make_machine(const struct lab *lab, enum pki_leaf kind, bool keep)
{
    char own[300];
    struct leaf leaf = {
        .name = "machine",
        .signer = "issuing",
        .chain = "issuing.pem",
        .keep_key = keep,
        .spec = {.subject = "CN=host1.lab.example"},
    };

    fill_leaf(&leaf, kind);
    snprintf(own, sizeof(own),
             "keyUsage = critical,digitalSignature\nextendedKeyUsage = %s\n"
             "subjectAltName = DNS:host1.lab.example\n",
             kind == PKI_LEAF_USAGE ? "serverAuth" : "clientAuth");
    return make_tls(lab, &leaf, own);
}

int pki_make_machine(const struct lab *lab, enum pki_leaf kind)
{
    return make_machine(lab, kind, true);
}

/* RFC 4556: id-pkinit-KPKdc, and krbtgt/REALM@REALM as a KRB5PrincipalName. */
static int make_kdc(const struct lab *lab, enum pki_leaf kind, bool keep)
{
    const char *realm = LAB_REALM, *host = "localhost", *usage = "1.3.6.1.5.2.3.5";
    char own[800];
    struct leaf leaf = {
        .name = "kdc",
        .signer = "issuing",
        .keep_key = keep,
        .spec = {.subject = "CN=kdc.lab.example"},
    };

    fill_leaf(&leaf, kind);
    if (kind == PKI_LEAF_USAGE)
        usage = "serverAuth,clientAuth";
    if (kind == PKI_LEAF_NAME) {
        realm = "OTHER.EXAMPLE";
        host = "dc1.other.example";
    }
    snprintf(own, sizeof(own),
             "keyUsage = critical,digitalSignature,keyEncipherment\n"
             "extendedKeyUsage = %s\n"
             "subjectAltName = DNS:%s,otherName:1.3.6.1.5.2.2;SEQUENCE:kpn\n"
             "[kpn]\nrealm = EXP:0,GeneralString:%s\n"
             "name = EXP:1,SEQUENCE:kpn_name\n"
             "[kpn_name]\ntype = EXP:0,INTEGER:1\nparts = EXP:1,SEQUENCE:kpn_parts\n"
             "[kpn_parts]\na = GeneralString:krbtgt\nb = GeneralString:%s\n",
             usage, host, realm, realm);
    return make_tls(lab, &leaf, own);
}

int pki_make_kdc(const struct lab *lab, enum pki_leaf kind)
{
    return make_kdc(lab, kind, true);
}

void pki_print_ra(bool has_eku, const char *key_usage, char *out, size_t size)
{
    snprintf(out, size,
             "keyUsage = critical,%s\n"
             "subjectAltName = critical,DNS:" LAB_RA_HOST "\n"
             "1.3.6.1.4.1.311.21.7 = ASN1:SEQUENCE:template\n%s"
             "[template]\nid = OID:" LAB_RA_TEMPLATE "\nmajor = INTEGER:100\nminor = INTEGER:2\n"
             "[policies]\none = SEQUENCE:policy\n[policy]\nid = OID:" OID_RA "\n",
             key_usage,
             has_eku ? "extendedKeyUsage = " OID_RA "\n"
                       "1.3.6.1.4.1.311.21.10 = ASN1:SEQUENCE:policies\n"
                     : "");
}

/* As Windows makes it: 48 h, empty subject, the name in a critical SAN, one policy. */
static int make_ra(const struct lab *lab, enum pki_ra kind, bool keep)
{
    int64_t now = time(NULL);
    const char *key_usage = "digitalSignature";
    char own[800];
    struct leaf leaf = {
        .name = "ra",
        .signer = kind == PKI_RA_SELF_SIGNED ? NULL : "issuing",
        .rsa = true,
        .keep_key = keep,
        .spec =
            {
                .not_before = now - 10 * MINUTE,
                .not_after = now - 10 * MINUTE + 48 * HOUR,
            },
    };

    if (kind == PKI_RA_EXPIRED || kind == PKI_RA_NOT_YET)
        move_dates(&leaf.spec, kind == PKI_RA_EXPIRED);
    if (kind == PKI_RA_NO_KU)
        key_usage = "keyEncipherment";
    pki_print_ra(kind != PKI_RA_NO_EKU, key_usage, own, sizeof(own));
    return make_tls(lab, &leaf, own);
}

int pki_make_ra(const struct lab *lab, enum pki_ra kind)
{
    return make_ra(lab, kind, true);
}

/* ---- CRLs ---- */

static bool crl_fields(X509_CRL *crl, X509 *ca, int64_t from_s, int64_t to_s)
{
    int64_t now = time(NULL);
    ASN1_TIME *last = ASN1_TIME_set(NULL, (time_t)(now + from_s));
    ASN1_TIME *next = ASN1_TIME_set(NULL, (time_t)(now + to_s));
    bool ok = last != NULL && next != NULL && X509_CRL_set_version(crl, X509_CRL_VERSION_2) == 1 &&
              X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca)) == 1 &&
              X509_CRL_set1_lastUpdate(crl, last) == 1 && X509_CRL_set1_nextUpdate(crl, next) == 1;

    ASN1_TIME_free(last);
    ASN1_TIME_free(next);
    return ok;
}

static bool crl_extensions(X509_CRL *crl, X509 *ca)
{
    X509V3_CTX ctx;
    X509_EXTENSION *key_id;
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    bool ok;

    X509V3_set_ctx(&ctx, ca, NULL, NULL, crl, 0);
    key_id = X509V3_EXT_conf_nid(NULL, &ctx, NID_authority_key_identifier, "keyid");
    /* seconds: always larger than the last number, without a stored state */
    ok = key_id != NULL && number != NULL && ASN1_INTEGER_set_int64(number, time(NULL)) == 1 &&
         X509_CRL_add_ext(crl, key_id, -1) == 1 &&
         X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, X509V3_ADD_DEFAULT) == 1;
    X509_EXTENSION_free(key_id);
    ASN1_INTEGER_free(number);
    return ok;
}

/* `line` is a serial in hex, as the CA's own list of revoked certificates has it. */
static bool crl_entry(X509_CRL *crl, const char *line)
{
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_TIME *since = ASN1_TIME_set(NULL, time(NULL) - HOUR);
    ASN1_INTEGER *serial = NULL;
    BIGNUM *number = NULL;
    bool ok = entry != NULL && since != NULL && BN_hex2bn(&number, line) > 0;

    if (ok)
        serial = BN_to_ASN1_INTEGER(number, NULL);
    ok = serial != NULL && X509_REVOKED_set_serialNumber(entry, serial) == 1 &&
         X509_REVOKED_set_revocationDate(entry, since) == 1 &&
         X509_CRL_add0_revoked(crl, entry) == 1;
    if (!ok)
        X509_REVOKED_free(entry);
    ASN1_TIME_free(since);
    ASN1_INTEGER_free(serial);
    BN_free(number);
    return ok;
}

static bool crl_entries(X509_CRL *crl, const struct lab *lab, const char *ca)
{
    struct lab_dir_path path = lab_dir_path(lab, "ca/%s.revoked", ca);
    unsigned char *data = NULL;
    size_t len;
    char *rest = NULL;
    bool ok = true;

    if (!lab_dir_exists(path.s))
        return true;
    if (lab_dir_read(path.s, &data, &len) != LAB_OK)
        return false;
    for (char *line = strtok_r((char *)data, "\n", &rest); ok && line != NULL;
         line = strtok_r(NULL, "\n", &rest))
        ok = crl_entry(crl, line);
    free(data);
    return ok;
}

static int save_crl(const struct lab *lab, const char *ca, X509_CRL *crl)
{
    unsigned char *der = NULL;
    int len = i2d_X509_CRL(crl, &der);
    int end = len > 0 ? lab_dir_write(lab_dir_path(lab, "ca/www/%s.crl", ca).s, der, (size_t)len)
                      : lab_log_openssl("encode a CRL");

    OPENSSL_free(der);
    return end;
}

int pki_make_crl(const struct lab *lab, const char *ca, int64_t from_s, int64_t to_s,
                 bool is_other_key)
{
    EVP_PKEY *key = NULL;
    X509 *cert = NULL;
    X509_CRL *crl = X509_CRL_new();
    int end = pki_load_cert(lab, ca, &cert);

    if (end == LAB_OK)
        end = is_other_key ? pki_new_rsa(&key) : pki_load_key(lab, ca, &key);
    if (end == LAB_OK &&
        (crl == NULL || !crl_fields(crl, cert, from_s, to_s) || !crl_extensions(crl, cert) ||
         !crl_entries(crl, lab, ca) || X509_CRL_sign(crl, key, EVP_sha256()) == 0))
        end = lab_log_openssl("make a CRL");
    if (end == LAB_OK)
        end = save_crl(lab, ca, crl);
    X509_CRL_free(crl);
    X509_free(cert);
    EVP_PKEY_free(key);
    return end;
}

int pki_make_crls(const struct lab *lab, int64_t next_update_s)
{
    int64_t from_s = next_update_s < 0 ? next_update_s - DAY : -10 * MINUTE;
    int end = pki_make_crl(lab, "root", -10 * MINUTE, 30 * DAY, false);

    return end == LAB_OK ? pki_make_crl(lab, "issuing", from_s, next_update_s, false) : end;
}

/* ---- all of it ---- */

int pki_make_all(const struct lab *lab)
{
    int64_t now = time(NULL);
    int end = make_root(lab, now);

    if (end == LAB_OK)
        end = make_issuing(lab, now);
    if (end == LAB_OK)
        end = make_server_for(lab, "server", PKI_SERVER_GOOD, false);
    if (end == LAB_OK)
        end = make_server_for(lab, "ces", PKI_SERVER_GOOD, false);
    if (end == LAB_OK)
        end = make_machine(lab, PKI_LEAF_GOOD, false);
    if (end == LAB_OK)
        end = make_ra(lab, PKI_RA_GOOD, false);
    if (end == LAB_OK && lab->kdc)
        end = make_kdc(lab, PKI_LEAF_GOOD, false);
    if (end == LAB_OK)
        end = pki_make_crls(lab, 8 * DAY);
    return end;
}
