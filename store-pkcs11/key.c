/* SPDX-License-Identifier: BSD-2-Clause */
#include "key.h"

#include <daotp/sys/key_backend.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY;
static CK_KEY_TYPE rsa_type = CKK_RSA, ec_type = CKK_EC;

/* Object identifiers of the curves, in DER (RFC 5480 2.1.1.1). */
static unsigned char p256[] = {0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};
static unsigned char p384[] = {0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22};

bool key_id_of(const unsigned char *spki, size_t len, key_id *id)
{
    unsigned written = 0;

    return EVP_Digest(spki, len, id->octets, &written, EVP_sha1(), NULL) == 1;
}

daotp_status key_find(token *self, const char *label, const key_id *id, CK_OBJECT_HANDLE *key,
                      daotp_report *report)
{
    const CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &private_class, sizeof private_class},
                                   {CKA_LABEL, (void *)(uintptr_t)label, strlen(label)},
                                   {CKA_ID, (void *)(uintptr_t)id->octets, KEY_ID_LEN}};
    object_list *found = malloc(sizeof *found);
    daotp_status status = DAOTP_MEMORY;

    if (found != NULL)
        status = objects_find(self, wanted, 3, found, report);
    if (status == DAOTP_OK && found->count == 0)
        status = DAOTP_REJECTED;
    if (status == DAOTP_OK)
        *key = found->handles[0];
    free(found);
    return status;
}

/* ---- making ---------------------------------------------------------------------------------- */

static EVP_PKEY *pkey_from(const char *type, OSSL_PARAM *params)
{
    EVP_PKEY_CTX *ctx;
    EVP_PKEY *pkey = NULL;

    (void)ERR_set_mark();
    ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1)
        (void)EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params);
    EVP_PKEY_CTX_free(ctx);
    (void)ERR_pop_to_mark();
    return pkey;
}

/* OSSL_PARAM integers have the byte order of the machine; a token has the most significant octet
 * first. */
static void reverse_octets(unsigned char *octets, size_t len)
{
    const uint16_t probe = 1;

    for (size_t i = 0; *(const unsigned char *)&probe == 1 && i < len / 2; i++) {
        unsigned char kept = octets[i];

        octets[i] = octets[len - 1 - i];
        octets[len - 1 - i] = kept;
    }
}

static daotp_status read_rsa_public(token *self, CK_OBJECT_HANDLE object, EVP_PKEY **pkey,
                                    daotp_report *report)
{
    unsigned char *n = NULL, *e = NULL;
    size_t n_len = 0, e_len = 0;
    daotp_status status = object_read(self, object, CKA_MODULUS, &n, &n_len, report);

    if (status == DAOTP_OK)
        status = object_read(self, object, CKA_PUBLIC_EXPONENT, &e, &e_len, report);
    if (status == DAOTP_OK) {
        OSSL_PARAM params[] = {OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, n, n_len),
                               OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, e, e_len),
                               OSSL_PARAM_END};

        reverse_octets(n, n_len);
        reverse_octets(e, e_len);
        *pkey = pkey_from("RSA", params);
    }
    free(n);
    free(e);
    return status;
}

/* CKA_EC_POINT is the point inside an OCTET STRING; it has less than 128 octets here. */
static daotp_status read_ec_public(token *self, CK_OBJECT_HANDLE object, const char *curve,
                                   EVP_PKEY **pkey, daotp_report *report)
{
    unsigned char *point;
    size_t len;
    daotp_status status = object_read(self, object, CKA_EC_POINT, &point, &len, report);

    if (status == DAOTP_OK && len > 2 && point[0] == 0x04 && point[1] == len - 2) {
        OSSL_PARAM params[] = {
            OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)(uintptr_t)curve,
                                             0),
            OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point + 2, len - 2),
            OSSL_PARAM_END};

        *pkey = pkey_from("EC", params);
    }
    free(point);
    return status;
}

static const char *curve_of(daotp_key_kind kind)
{
    return kind == DAOTP_KEY_P384 ? "P-384" : "P-256";
}

static bool is_ec_kind(daotp_key_kind kind)
{
    return kind == DAOTP_KEY_P256 || kind == DAOTP_KEY_P384;
}

static daotp_status read_public(token *self, CK_OBJECT_HANDLE object, daotp_key_kind kind,
                                unsigned char **spki, size_t *len, daotp_report *report)
{
    EVP_PKEY *pkey = NULL;
    daotp_status status = is_ec_kind(kind)
                              ? read_ec_public(self, object, curve_of(kind), &pkey, report)
                              : read_rsa_public(self, object, &pkey, report);
    unsigned char *der = NULL;
    int der_len = status == DAOTP_OK && pkey != NULL ? i2d_PUBKEY(pkey, &der) : -1;

    EVP_PKEY_free(pkey);
    if (status == DAOTP_OK && der_len <= 0)
        return daotp_report_add(report, DAOTP_FINDING_STORE_TOKEN_FAILED, 0, self->subject,
                                "a public key that cannot be read");
    if (status == DAOTP_OK) {
        *spki = malloc((size_t)der_len);
        *len = (size_t)der_len;
        if (*spki == NULL)
            status = DAOTP_MEMORY;
        else
            memcpy(*spki, der, *len);
    }
    OPENSSL_free(der);
    return status == DAOTP_REJECTED ? DAOTP_INTERNAL : status;
}

typedef struct key_pair {
    CK_OBJECT_HANDLE public, private;
} key_pair;

static daotp_status generate_pair(token *self, const char *label, daotp_key_kind kind,
                                  key_pair *pair, daotp_report *report)
{
    const bool ec = is_ec_kind(kind);
    CK_MECHANISM mechanism = {ec ? CKM_EC_KEY_PAIR_GEN : CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0};
    CK_ULONG bits = 1024 * (CK_ULONG)(kind + 1);
    unsigned char exponent[] = {1, 0, 1};
    void *name = (void *)(uintptr_t)label;
    CK_ATTRIBUTE public[] = {{CKA_TOKEN, &yes, sizeof yes},
                             {CKA_LABEL, name, strlen(label)},
                             {CKA_VERIFY, &yes, sizeof yes},
                             {ec ? CKA_EC_PARAMS : CKA_MODULUS_BITS, &bits, sizeof bits},
                             {CKA_PUBLIC_EXPONENT, exponent, sizeof exponent}};
    CK_ATTRIBUTE private[] = {{CKA_TOKEN, &yes, sizeof yes},     {CKA_LABEL, name, strlen(label)},
                              {CKA_SIGN, &yes, sizeof yes},      {CKA_PRIVATE, &yes, sizeof yes},
                              {CKA_SENSITIVE, &yes, sizeof yes}, {CKA_EXTRACTABLE, &no, sizeof no}};

    if (ec) {
        public[3].pValue = kind == DAOTP_KEY_P256 ? p256 : p384;
        public[3].ulValueLen = kind == DAOTP_KEY_P256 ? sizeof p256 : sizeof p384;
    }
    return token_fail(self,
                      self->module->C_GenerateKeyPair(self->session, &mechanism, public, ec ? 4 : 5,
                                                      private, 6, &pair->public, &pair->private),
                      "C_GenerateKeyPair", report);
}

static daotp_status name_pair(token *self, const key_pair *pair, const unsigned char *spki,
                              size_t len, daotp_report *report)
{
    key_id id;
    CK_ATTRIBUTE attribute = {CKA_ID, id.octets, KEY_ID_LEN};
    CK_RV rv;

    if (!key_id_of(spki, len, &id))
        return DAOTP_INTERNAL;
    rv = self->module->C_SetAttributeValue(self->session, pair->private, &attribute, 1);
    if (rv == CKR_OK)
        rv = self->module->C_SetAttributeValue(self->session, pair->public, &attribute, 1);
    return token_fail(self, rv, "C_SetAttributeValue", report);
}

daotp_status key_make(token *self, const char *label, daotp_key_kind kind, unsigned char **spki,
                      size_t *spki_len, daotp_report *report)
{
    key_pair pair;
    daotp_status status = generate_pair(self, label, kind, &pair, report);

    *spki = NULL;
    if (status != DAOTP_OK)
        return status;
    status = read_public(self, pair.public, kind, spki, spki_len, report);
    if (status == DAOTP_OK)
        status = name_pair(self, &pair, *spki, *spki_len, report);
    if (status != DAOTP_OK) {
        (void)object_destroy(self, pair.private, NULL);
        (void)object_destroy(self, pair.public, NULL);
        free(*spki);
        *spki = NULL;
    }
    return status;
}

/* ---- importing ------------------------------------------------------------------------------- */

enum { MAX_NUMBER = 512, RSA_NUMBERS = 8 };

typedef struct key_numbers {
    unsigned char octets[RSA_NUMBERS][MAX_NUMBER];
} key_numbers;

static bool read_number(const EVP_PKEY *pkey, const char *name, unsigned char *octets,
                        CK_ATTRIBUTE *attribute)
{
    BIGNUM *number = NULL;
    bool ok = EVP_PKEY_get_bn_param(pkey, name, &number) == 1 && BN_num_bytes(number) <= MAX_NUMBER;

    if (ok) {
        attribute->pValue = octets;
        attribute->ulValueLen = (CK_ULONG)BN_bn2bin(number, octets);
    }
    BN_clear_free(number);
    return ok;
}

static size_t read_rsa_numbers(const EVP_PKEY *pkey, key_numbers *numbers, CK_ATTRIBUTE *to)
{
    static const struct {
        CK_ATTRIBUTE_TYPE type;
        const char *name;
    } parts[RSA_NUMBERS] = {{CKA_MODULUS, OSSL_PKEY_PARAM_RSA_N},
                            {CKA_PUBLIC_EXPONENT, OSSL_PKEY_PARAM_RSA_E},
                            {CKA_PRIVATE_EXPONENT, OSSL_PKEY_PARAM_RSA_D},
                            {CKA_PRIME_1, OSSL_PKEY_PARAM_RSA_FACTOR1},
                            {CKA_PRIME_2, OSSL_PKEY_PARAM_RSA_FACTOR2},
                            {CKA_EXPONENT_1, OSSL_PKEY_PARAM_RSA_EXPONENT1},
                            {CKA_EXPONENT_2, OSSL_PKEY_PARAM_RSA_EXPONENT2},
                            {CKA_COEFFICIENT, OSSL_PKEY_PARAM_RSA_COEFFICIENT1}};

    for (size_t i = 0; i < RSA_NUMBERS; i++) {
        to[i].type = parts[i].type;
        if (!read_number(pkey, parts[i].name, numbers->octets[i], &to[i]))
            return 0;
    }
    return RSA_NUMBERS;
}

static size_t read_ec_numbers(const EVP_PKEY *pkey, key_numbers *numbers, CK_ATTRIBUTE *to)
{
    to[0] = (CK_ATTRIBUTE){CKA_EC_PARAMS, p384, sizeof p384};
    if (EVP_PKEY_get_bits(pkey) == 256)
        to[0] = (CK_ATTRIBUTE){CKA_EC_PARAMS, p256, sizeof p256};
    to[1].type = CKA_VALUE;
    return read_number(pkey, OSSL_PKEY_PARAM_PRIV_KEY, numbers->octets[0], &to[1]) ? 2 : 0;
}

static daotp_status create_private(token *self, const char *label, const key_id *id,
                                   const EVP_PKEY *pkey, key_numbers *numbers, daotp_report *report)
{
    const bool rsa = EVP_PKEY_is_a(pkey, "RSA");
    CK_ATTRIBUTE all[9 + RSA_NUMBERS] = {
        {CKA_CLASS, &private_class, sizeof private_class},
        {CKA_KEY_TYPE, rsa ? &rsa_type : &ec_type, sizeof rsa_type},
        {CKA_TOKEN, &yes, sizeof yes},
        {CKA_PRIVATE, &yes, sizeof yes},
        {CKA_SENSITIVE, &yes, sizeof yes},
        {CKA_EXTRACTABLE, &no, sizeof no},
        {CKA_SIGN, &yes, sizeof yes},
        {CKA_LABEL, (void *)(uintptr_t)label, strlen(label)},
        {CKA_ID, (void *)(uintptr_t)id->octets, KEY_ID_LEN}};
    size_t count =
        rsa ? read_rsa_numbers(pkey, numbers, all + 9) : read_ec_numbers(pkey, numbers, all + 9);

    if (count == 0)
        return DAOTP_INTERNAL;
    return object_create(self, all, 9 + count, report);
}

daotp_status key_import(token *self, const char *label, const key_id *id, const void *pem,
                        size_t pem_len, daotp_report *report)
{
    BIO *bio = BIO_new_mem_buf(pem, (int)pem_len);
    EVP_PKEY *pkey = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    key_numbers *numbers = malloc(sizeof *numbers);
    daotp_status status = DAOTP_MEMORY;

    if (pkey != NULL && numbers != NULL)
        status = create_private(self, label, id, pkey, numbers, report);
    if (numbers != NULL)
        explicit_bzero(numbers, sizeof *numbers);
    free(numbers);
    EVP_PKEY_free(pkey);
    BIO_free(bio);
    return status;
}

/* ---- signing --------------------------------------------------------------------------------- */

typedef struct token_key {
    token *token;
    char *label;
    key_id id;
    CK_OBJECT_HANDLE handle;
    unsigned session; /* the session in which the handle is valid */
} token_key;

static void choose_mechanism(daotp_signature_scheme scheme, size_t len, CK_MECHANISM *mechanism,
                             CK_RSA_PKCS_PSS_PARAMS *pss)
{
    static const struct {
        size_t len;
        CK_MECHANISM_TYPE hash;
        CK_RSA_PKCS_MGF_TYPE mask;
    } hashes[] = {{20, CKM_SHA_1, CKG_MGF1_SHA1},
                  {32, CKM_SHA256, CKG_MGF1_SHA256},
                  {48, CKM_SHA384, CKG_MGF1_SHA384},
                  {64, CKM_SHA512, CKG_MGF1_SHA512}};

    *mechanism = (CK_MECHANISM){CKM_RSA_PKCS, NULL, 0};
    if (scheme == DAOTP_SIGNATURE_ECDSA)
        mechanism->mechanism = CKM_ECDSA;
    for (size_t i = 0; i < 4 && scheme == DAOTP_SIGNATURE_RSA_PSS; i++) {
        if (hashes[i].len != len)
            continue;
        *pss = (CK_RSA_PKCS_PSS_PARAMS){hashes[i].hash, hashes[i].mask, (CK_ULONG)len};
        *mechanism = (CK_MECHANISM){CKM_RSA_PKCS_PSS, pss, sizeof *pss};
    }
}

static daotp_status find_token_key(token_key *key, daotp_report *report)
{
    daotp_status status;

    if (key->handle != 0 && key->session == key->token->sessions)
        return DAOTP_OK;
    key->handle = 0; /* in this session the handle may belong to another object */
    status = key_find(key->token, key->label, &key->id, &key->handle, report);
    key->session = key->token->sessions;
    if (status == DAOTP_REJECTED)
        return daotp_report_add(report, DAOTP_FINDING_STORE_KEY_ABSENT, 0, key->token->subject,
                                "removed meanwhile");
    return status;
}

static daotp_status sign_in_token(void *given, daotp_signature_scheme scheme, const void *input,
                                  size_t input_len, void *signature, size_t room, size_t *len,
                                  daotp_report *report)
{
    token_key *key = given;
    CK_FUNCTION_LIST *module = key->token->module;
    CK_ULONG written = (CK_ULONG)room;
    CK_RSA_PKCS_PSS_PARAMS pss;
    CK_MECHANISM mechanism;
    daotp_status status = token_begin(key->token, true, report);

    if (status != DAOTP_OK)
        return status;
    choose_mechanism(scheme, input_len, &mechanism, &pss);
    status = find_token_key(key, report);
    if (status == DAOTP_OK)
        status =
            token_fail(key->token, module->C_SignInit(key->token->session, &mechanism, key->handle),
                       "C_SignInit", report);
    if (status == DAOTP_OK)
        status = token_fail(key->token,
                            module->C_Sign(key->token->session, (CK_BYTE *)(uintptr_t)input,
                                           (CK_ULONG)input_len, signature, &written),
                            "C_Sign", report);
    *len = status == DAOTP_OK ? written : 0;
    token_end(key->token);
    return status;
}

static void free_token_key(void *given)
{
    token_key *key = given;

    token_unref(key->token);
    free(key->label);
    free(key);
}

/* Give the key to the PKINIT plug-in of MIT Kerberos. The plug-in initializes the module itself,
 * and fails if the module is initialized in this process already. */
static daotp_status lend_token_key(void *given, char *identity, size_t room, daotp_report *report)
{
    const token_key *key = given;
    char hex[2 * KEY_ID_LEN + 1];
    daotp_status status;
    int len;

    if (strchr(key->token->module_path, ':') !=
        NULL) /* colons separate the fields of the identity */
        return daotp_report_add(report, DAOTP_FINDING_LOGON_HELD_KEY, 0, key->token->module_path,
                                "a colon in the path of the module, at which libkrb5 ends it");
    status = token_begin(key->token, false, report);
    if (status != DAOTP_OK)
        return status;
    for (size_t i = 0; i < KEY_ID_LEN; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", key->id.octets[i]);
    len = snprintf(identity, room, "PKCS11:module_name=%s:slotid=%lu:certid=%s",
                   key->token->module_path, (unsigned long)key->token->slot, hex);
    token_release(key->token);
    token_end(key->token);
    return len > 0 && (size_t)len < room ? DAOTP_OK : DAOTP_INTERNAL;
}

daotp_status key_reference(token *self, const char *label, const unsigned char *spki, size_t len,
                           daotp_report *report, daotp_key **out)
{
    static const daotp_key_backend table = {.size = sizeof table,
                                            .sign = sign_in_token,
                                            .free = free_token_key,
                                            .lend = lend_token_key};
    token_key *key = calloc(1, sizeof *key);

    if (key == NULL)
        return DAOTP_MEMORY;
    key->token = token_ref(self);
    key->label = strdup(label);
    if (key->label == NULL || !key_id_of(spki, len, &key->id)) {
        free_token_key(key);
        return DAOTP_MEMORY;
    }
    return daotp_key_new(self->context, &table, key, spki, len, report, out);
}
