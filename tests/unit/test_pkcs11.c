/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PKCS #11 module, loaded as programs load it. Its signatures are judged by libcrypto, with the
 * public key of the certificate that it shows.
 *
 *   test_pkcs11 [COUNT]     COUNT: how often the module is opened and closed; 1000 unless given
 */
#include "card_store.h"
#include "scratch.h"

#include "cryptoki.h"

#include <dlfcn.h>
#include <malloc.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* The clock of the module, which finds this function before libc's. */
static _Atomic int64_t now = TEST_NOW;

__attribute__((visibility("default"))) time_t time(time_t *out)
{
    time_t at = (time_t)atomic_load(&now);

    if (out != NULL)
        *out = at;
    return at;
}

static void *module;
static CK_FUNCTION_LIST *p11;
static char uri[80], reserved[100];
static int open_count = 1000;

#define OK(call) assert_int_equal(call, CKR_OK)

static int load_module(void **state)
{
    CK_C_GetFunctionList get;

    (void)state;
    module = dlopen(PKCS11_MODULE, RTLD_NOW | RTLD_LOCAL);
    if (module == NULL) {
        print_message("%s\n", dlerror());
        return -1;
    }
    get = (CK_C_GetFunctionList)dlsym(module, "C_GetFunctionList");
    return scratch_begin() != 0 || get == NULL || get(&p11) != CKR_OK ? -1 : 0;
}

static int unload_module(void **state)
{
    (void)state;
    (void)dlclose(module);
    return scratch_end();
}

static CK_RV initialize(const char *text)
{
    CK_C_INITIALIZE_ARGS arguments = {.flags = CKF_OS_LOCKING_OK,
                                      .pReserved = (char *)(uintptr_t)text};

    return p11->C_Initialize(&arguments);
}

/* An RSA key that may decrypt, an RSA key and an EC key that may not, and one entry of an hour. */
static int open_store(void **state)
{
    static const card_entry_plan plans[] = {{"decrypts", "rsa2048", 0, 0xa0, 1},
                                            {"ec", "p256", 0, 0x80, 2},
                                            {"hour", "p384", TEST_NOW + 3600, 0, 3},
                                            {"signs", "rsa3072", 0, 0x80, 4}};
    char path[60];

    (void)state;
    now = TEST_NOW;
    scratch_folder(path, sizeof path);
    (void)snprintf(uri, sizeof uri, "dir:%s", path);
    (void)snprintf(reserved, sizeof reserved, "store=%s", uri);
    for (size_t i = 0; i < COUNT(plans); i++)
        card_store_put(uri, &plans[i]);
    return (int)initialize(reserved);
}

static int close_store(void **state)
{
    CK_RV rv = p11->C_Finalize(NULL);

    (void)state;
    return rv == CKR_OK || rv == CKR_CRYPTOKI_NOT_INITIALIZED ? 0 : -1;
}

/* ---- what programs do -------------------------------------------------------------------------
 */

enum { DECRYPTS = 1, EC, HOUR, SIGNS };

static CK_ULONG count_slots(bool token_present)
{
    CK_ULONG count = 0;

    OK(p11->C_GetSlotList(token_present, NULL, &count));
    return count;
}

static CK_SESSION_HANDLE open_session(CK_SLOT_ID slot)
{
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;

    (void)count_slots(true);
    OK(p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &session));
    return session;
}

static CK_ULONG find_objects(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class,
                             CK_OBJECT_HANDLE *found)
{
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &class, sizeof class}};
    CK_OBJECT_HANDLE handles[10];
    CK_ULONG count;

    OK(p11->C_FindObjectsInit(session, template, 1));
    OK(p11->C_FindObjects(session, handles, COUNT(handles), &count));
    OK(p11->C_FindObjectsFinal(session));
    *found = count > 0 ? handles[0] : CK_INVALID_HANDLE;
    return count;
}

static CK_OBJECT_HANDLE find_key(CK_SESSION_HANDLE session)
{
    CK_OBJECT_HANDLE key;

    assert_int_equal(find_objects(session, CKO_PRIVATE_KEY, &key), 1);
    return key;
}

static size_t get_octets(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                         uint8_t room[4096])
{
    CK_ATTRIBUTE attribute = {type, room, 4096};

    OK(p11->C_GetAttributeValue(session, object, &attribute, 1));
    return attribute.ulValueLen;
}

static EVP_PKEY *get_public_key(CK_SESSION_HANDLE session)
{
    CK_OBJECT_HANDLE certificate;
    const unsigned char *at;
    uint8_t der[4096];
    EVP_PKEY *pkey;
    X509 *x509;
    size_t len;

    assert_int_equal(find_objects(session, CKO_CERTIFICATE, &certificate), 2); /* and its CA's */
    len = get_octets(session, certificate, CKA_VALUE, der);
    at = der;
    x509 = d2i_X509(NULL, &at, (long)len);
    pkey = X509_get_pubkey(x509);
    X509_free(x509);
    return pkey;
}

static CK_RV try_to_sign(CK_SESSION_HANDLE session)
{
    CK_MECHANISM mechanism = {CKM_ECDSA, NULL, 0};
    CK_OBJECT_HANDLE key;
    uint8_t signature[512];
    CK_ULONG len = sizeof signature;
    CK_RV rv;

    key = find_key(session);
    rv = p11->C_SignInit(session, &mechanism, key);
    return rv == CKR_OK ? p11->C_Sign(session, (uint8_t *)signature, 32, signature, &len) : rv;
}

/* ---- interfaces, slots, tokens ----------------------------------------------------------------
 */

static void both_interfaces_are_given(void **state)
{
    CK_RV(*list)
    (card_interface *, CK_ULONG *) =
        (CK_RV(*)(card_interface *, CK_ULONG *))dlsym(module, "C_GetInterfaceList");
    CK_RV(*get)
    (unsigned char *, CK_VERSION *, card_interface **, CK_FLAGS) = (CK_RV(*)(
        unsigned char *, CK_VERSION *, card_interface **, CK_FLAGS))dlsym(module, "C_GetInterface");
    unsigned char name[] = "PKCS 11", other[] = "Vendor X";
    card_interface interfaces[4], *one;
    CK_ULONG count = 1;
    CK_SESSION_HANDLE session = open_session(EC);

    (void)state;
    assert_int_equal(p11->version.major * 100 + p11->version.minor, 240);
    assert_int_equal(list(interfaces, &count), CKR_BUFFER_TOO_SMALL);
    assert_int_equal(count, 2);
    OK(list(NULL, &count));
    OK(list(interfaces, &count));
    OK(get(NULL, NULL, &one, 0));
    assert_int_equal(((CK_VERSION *)one->functions)->major, 3);
    OK(get(name, &(CK_VERSION){2, 40}, &one, 0));
    assert_int_equal(((CK_VERSION *)one->functions)->major, 2);
    OK(get(name, &(CK_VERSION){3, 0}, &one, 0));
    assert_ptr_not_equal(get(other, NULL, &one, 0), CKR_OK);
    assert_ptr_not_equal(get(name, &(CK_VERSION){3, 1}, &one, 0), CKR_OK);
    OK(p11->C_FindObjectsInit(session, NULL, 0));
    OK(((card_functions_3_0 *)one->functions)->C_SessionCancel(session, CARD_FIND_OBJECTS));
    assert_int_equal(p11->C_FindObjectsFinal(session), CKR_OPERATION_NOT_INITIALIZED);
    assert_int_equal(((card_functions_3_0 *)one->functions)->C_MessageSignFinal(session),
                     CKR_FUNCTION_NOT_SUPPORTED);
}

static void each_entry_is_a_token(void **state)
{
    CK_SLOT_ID slots[10];
    CK_ULONG count = 3;
    CK_TOKEN_INFO token, other;
    CK_SLOT_INFO slot;
    CK_INFO info;

    (void)state;
    OK(p11->C_GetInfo(&info));
    assert_int_equal(count_slots(true), 4);
    assert_int_equal(p11->C_GetSlotList(CK_TRUE, slots, &count), CKR_BUFFER_TOO_SMALL);
    assert_int_equal(count, 4);
    OK(p11->C_GetSlotList(CK_TRUE, slots, &count));
    assert_int_equal(slots[0], DECRYPTS);
    assert_int_equal(slots[3], SIGNS);
    OK(p11->C_GetSlotInfo(EC, &slot));
    assert_int_equal(slot.flags, CKF_REMOVABLE_DEVICE | CKF_TOKEN_PRESENT);
    OK(p11->C_GetTokenInfo(EC, &token));
    OK(p11->C_GetTokenInfo(HOUR, &other));
    assert_memory_equal(token.label, "ec                              ", 32);
    assert_int_equal(token.flags & (CKF_LOGIN_REQUIRED | CKF_WRITE_PROTECTED), CKF_WRITE_PROTECTED);
    assert_memory_not_equal(token.serialNumber, other.serialNumber, 16);
    assert_int_equal(p11->C_GetSlotInfo(0, &slot), CKR_SLOT_ID_INVALID);
    assert_int_equal(p11->C_GetTokenInfo(5, &token), CKR_SLOT_ID_INVALID);
}

/* A label of 128 octets, of which a token's label shows 32, cut between characters. */
static void a_long_label_is_cut_between_characters(void **state)
{
    CK_TOKEN_INFO token;

    (void)state;
    assert_int_equal(count_slots(true), 4);
    card_store_put(uri, &(card_entry_plan){.label = "0123456789012345678901234567890\xc3\xa9X",
                                           .key = "p256"});
    assert_int_equal(count_slots(true), 5);
    OK(p11->C_GetTokenInfo(5, &token));
    assert_memory_equal(token.label, "0123456789012345678901234567890 ", 32);
}

/* ---- objects ----------------------------------------------------------------------------------
 */

static void a_token_has_its_certificates_and_keys(void **state)
{
    CK_SESSION_HANDLE session = open_session(EC);
    CK_OBJECT_HANDLE certificate, public, private;
    uint8_t ids[3][4096], label[4096];

    (void)state;
    assert_int_equal(find_objects(session, CKO_CERTIFICATE, &certificate), 2);
    assert_int_equal(find_objects(session, CKO_PUBLIC_KEY, &public), 1);
    assert_int_equal(find_objects(session, CKO_PRIVATE_KEY, &private), 1);
    assert_int_equal(get_octets(session, certificate, CKA_ID, ids[0]), 20);
    assert_int_equal(get_octets(session, public, CKA_ID, ids[1]), 20);
    assert_int_equal(get_octets(session, private, CKA_ID, ids[2]), 20);
    assert_memory_equal(ids[0], ids[1], 20);
    assert_memory_equal(ids[0], ids[2], 20);
    assert_int_equal(get_octets(session, certificate, CKA_LABEL, label), 2);
    assert_memory_equal(label, "ec", 2);
    assert_int_equal(get_octets(session, certificate, CKA_END_DATE, label), 8);
    assert_memory_equal(label, "20270117", 8);
    assert_int_equal(get_octets(session, private, CKA_EC_PARAMS, label), 10);
    assert_int_equal(get_octets(session, public, CKA_EC_POINT, label), 67);
}

static CK_RV get_one(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
    uint8_t room[4096];
    CK_ATTRIBUTE attribute = {type, room, sizeof room};
    CK_RV rv = p11->C_GetAttributeValue(session, object, &attribute, 1);

    assert_int_equal(attribute.ulValueLen == CK_UNAVAILABLE_INFORMATION, rv != CKR_OK);
    return rv;
}

static void a_private_key_does_not_leave(void **state)
{
    static const CK_ATTRIBUTE_TYPE secret[] = {CKA_VALUE,      CKA_PRIVATE_EXPONENT, CKA_PRIME_1,
                                               CKA_PRIME_2,    CKA_EXPONENT_1,       CKA_EXPONENT_2,
                                               CKA_COEFFICIENT};
    CK_SESSION_HANDLE session = open_session(SIGNS);
    CK_OBJECT_HANDLE key = find_key(session);

    (void)state;
    for (size_t i = 0; i < COUNT(secret); i++)
        assert_int_equal(get_one(session, key, secret[i]), CKR_ATTRIBUTE_SENSITIVE);
    assert_int_equal(get_one(session, key, CKA_EC_POINT), CKR_ATTRIBUTE_TYPE_INVALID);
    assert_int_equal(get_one(session, key, CKA_VENDOR_DEFINED), CKR_ATTRIBUTE_TYPE_INVALID);
    assert_int_equal(get_one(session, key, CKA_MODULUS), CKR_OK);
    assert_int_equal(p11->C_GetAttributeValue(session, key + 1000, NULL, 0),
                     CKR_OBJECT_HANDLE_INVALID);
}

/* All attributes are tried, and lengths are told where there is no room. */
static void lengths_are_told(void **state)
{
    CK_SESSION_HANDLE session = open_session(SIGNS);
    uint8_t room[10];
    CK_ATTRIBUTE three[] = {
        {CKA_MODULUS, NULL, 0}, {CKA_MODULUS, room, sizeof room}, {CKA_VALUE, NULL, 0}};
    CK_RV rv = p11->C_GetAttributeValue(session, find_key(session), three, 3);

    (void)state;
    assert_true(rv == CKR_BUFFER_TOO_SMALL || rv == CKR_ATTRIBUTE_SENSITIVE);
    assert_int_equal(three[0].ulValueLen, 384);
    assert_int_equal(three[1].ulValueLen, CK_UNAVAILABLE_INFORMATION);
    assert_int_equal(three[2].ulValueLen, CK_UNAVAILABLE_INFORMATION);
}

static void a_search_compares_all_attributes(void **state)
{
    CK_SESSION_HANDLE session = open_session(SIGNS);
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_BBOOL yes = CK_TRUE;
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &class, sizeof class},
                               {CKA_SIGN, &yes, sizeof yes},
                               {CKA_DECRYPT, &yes, sizeof yes}};
    CK_OBJECT_HANDLE found[3];
    CK_ULONG count;

    (void)state;
    OK(p11->C_FindObjectsInit(session, template, 2));
    assert_int_equal(p11->C_FindObjectsInit(session, template, 2), CKR_OPERATION_ACTIVE);
    OK(p11->C_FindObjects(session, found, 3, &count));
    assert_int_equal(count, 1);
    OK(p11->C_FindObjects(session, found, 3, &count));
    assert_int_equal(count, 0);
    OK(p11->C_FindObjectsFinal(session));
    OK(p11->C_FindObjectsInit(session, template, 3)); /* its KeyUsage has no keyEncipherment */
    OK(p11->C_FindObjects(session, found, 3, &count));
    assert_int_equal(count, 0);
    OK(p11->C_FindObjectsFinal(session));
}

/* ---- signatures -------------------------------------------------------------------------------
 */

typedef struct sign_case {
    CK_SLOT_ID slot;
    CK_MECHANISM_TYPE mechanism;
    const char *digest;     /* what the module hashes with, or the data is a digest of */
    CK_MECHANISM_TYPE hash; /* of PSS */
    CK_RSA_PKCS_MGF_TYPE mgf;
    bool is_raw;
} sign_case;

static const sign_case sign_cases[] = {
    {SIGNS, CKM_SHA1_RSA_PKCS, "SHA1", 0, 0, false},
    {SIGNS, CKM_SHA256_RSA_PKCS, "SHA256", 0, 0, false},
    {DECRYPTS, CKM_SHA384_RSA_PKCS, "SHA384", 0, 0, false},
    {DECRYPTS, CKM_SHA512_RSA_PKCS, "SHA512", 0, 0, false},
    {SIGNS, CKM_RSA_PKCS_PSS, "SHA256", CKM_SHA256, CKG_MGF1_SHA256, true},
    {SIGNS, CKM_SHA1_RSA_PKCS_PSS, "SHA1", CKM_SHA_1, CKG_MGF1_SHA1, false},
    {SIGNS, CKM_SHA256_RSA_PKCS_PSS, "SHA256", CKM_SHA256, CKG_MGF1_SHA256, false},
    {SIGNS, CKM_SHA384_RSA_PKCS_PSS, "SHA384", CKM_SHA384, CKG_MGF1_SHA384, false},
    {SIGNS, CKM_SHA512_RSA_PKCS_PSS, "SHA512", CKM_SHA512, CKG_MGF1_SHA512, false},
    {EC, CKM_ECDSA, "SHA256", 0, 0, true},
    {EC, CKM_ECDSA_SHA1, "SHA1", 0, 0, false},
    {EC, CKM_ECDSA_SHA256, "SHA256", 0, 0, false},
    {HOUR, CKM_ECDSA_SHA384, "SHA384", 0, 0, false},
    {HOUR, CKM_ECDSA_SHA512, "SHA512", 0, 0, false},
};
static uint8_t message[3000];

static size_t ec_to_der(const uint8_t *flat, size_t len, uint8_t *der)
{
    ECDSA_SIG *signature = ECDSA_SIG_new();
    unsigned char *at = der;
    int n;

    assert_int_equal(ECDSA_SIG_set0(signature, BN_bin2bn(flat, (int)(len / 2), NULL),
                                    BN_bin2bn(flat + len / 2, (int)(len / 2), NULL)),
                     1);
    n = i2d_ECDSA_SIG(signature, &at);
    ECDSA_SIG_free(signature);
    return (size_t)n;
}

static bool is_verified(const sign_case *c, EVP_PKEY *pkey, const uint8_t *digest,
                        size_t digest_len, const uint8_t *signature, size_t len)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
    uint8_t der[200];
    bool ok;

    assert_int_equal(EVP_PKEY_verify_init(ctx), 1);
    if (EVP_PKEY_get_base_id(pkey) == EVP_PKEY_EC) {
        len = ec_to_der(signature, len, der);
        signature = der;
    } else {
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, c->hash != 0 ? RSA_PKCS1_PSS_PADDING
                                                                        : RSA_PKCS1_PADDING),
                         1);
        assert_int_equal(EVP_PKEY_CTX_set_signature_md(ctx, EVP_get_digestbyname(c->digest)), 1);
    }
    ok = EVP_PKEY_verify(ctx, signature, len, digest, digest_len) == 1;
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

/* In one call, and in parts. */
static void sign_case_holds(const sign_case *c, bool in_parts)
{
    CK_SESSION_HANDLE session = open_session(c->slot);
    EVP_PKEY *pkey = get_public_key(session);
    uint8_t digest[64], signature[512];
    unsigned int digest_len;
    CK_RSA_PKCS_PSS_PARAMS pss = {c->hash, c->mgf, 20};
    CK_MECHANISM mechanism = {c->mechanism, c->hash != 0 ? &pss : NULL,
                              c->hash != 0 ? sizeof pss : 0};
    CK_ULONG len = 0, wanted;
    uint8_t *data = c->is_raw ? digest : message;

    assert_int_equal(EVP_Digest(message, sizeof message, digest, &digest_len,
                                EVP_get_digestbyname(c->digest), NULL),
                     1);
    wanted = c->is_raw ? digest_len : sizeof message;
    OK(p11->C_SignInit(session, &mechanism, find_key(session)));
    if (in_parts) {
        OK(p11->C_SignUpdate(session, data, 11));
        OK(p11->C_SignUpdate(session, data + 11, wanted - 11));
        OK(p11->C_SignFinal(session, NULL, &len));
        OK(p11->C_SignFinal(session, signature, &len));
    } else {
        OK(p11->C_Sign(session, data, wanted, NULL, &len));
        len--;
        assert_int_equal(p11->C_Sign(session, data, wanted, signature, &len), CKR_BUFFER_TOO_SMALL);
        OK(p11->C_Sign(session, data, wanted, signature, &len));
    }
    assert_true(is_verified(c, pkey, digest, digest_len, signature, len));
    assert_int_equal(p11->C_Sign(session, data, wanted, signature, &len),
                     CKR_OPERATION_NOT_INITIALIZED);
    EVP_PKEY_free(pkey);
    OK(p11->C_CloseSession(session));
}

static void each_mechanism_signs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)(i * 13);
    for (size_t i = 0; i < COUNT(sign_cases); i++) {
        sign_case_holds(&sign_cases[i], false);
        sign_case_holds(&sign_cases[i], true);
    }
}

static void the_list_of_mechanisms_is_true(void **state)
{
    CK_MECHANISM_TYPE types[40];
    CK_MECHANISM_INFO info;
    CK_ULONG count = COUNT(types);

    (void)state;
    (void)count_slots(true);
    OK(p11->C_GetMechanismList(EC, types, &count));
    assert_int_equal(count, 15);
    for (CK_ULONG i = 0; i < count; i++) {
        OK(p11->C_GetMechanismInfo(EC, types[i], &info));
        assert_int_equal(info.flags & CKF_SIGN, CKF_SIGN);
    }
    count = 3;
    assert_int_equal(p11->C_GetMechanismList(EC, types, &count), CKR_BUFFER_TOO_SMALL);
    assert_int_equal(p11->C_GetMechanismInfo(EC, CKM_RSA_X_509, &info), CKR_MECHANISM_INVALID);
}

static CK_RV begin_sign(CK_SLOT_ID slot, CK_MECHANISM_TYPE type, void *parameter, CK_ULONG len)
{
    CK_MECHANISM mechanism = {type, parameter, len};
    CK_SESSION_HANDLE session = open_session(slot);
    CK_RV rv = p11->C_SignInit(session, &mechanism, find_key(session));

    OK(p11->C_CloseSession(session)); /* while the operation is active */
    return rv;
}

static void what_does_not_fit_is_refused(void **state)
{
    CK_RSA_PKCS_PSS_PARAMS pss = {CKM_SHA256, CKG_MGF1_SHA1, 32};

    (void)state;
    assert_int_equal(begin_sign(EC, CKM_RSA_PKCS, NULL, 0), CKR_KEY_TYPE_INCONSISTENT);
    assert_int_equal(begin_sign(SIGNS, CKM_ECDSA, NULL, 0), CKR_KEY_TYPE_INCONSISTENT);
    assert_int_equal(begin_sign(SIGNS, CKM_RSA_X_509, NULL, 0), CKR_MECHANISM_INVALID);
    assert_int_equal(begin_sign(SIGNS, CKM_RSA_PKCS_PSS, NULL, 0), CKR_MECHANISM_PARAM_INVALID);
    assert_int_equal(begin_sign(SIGNS, CKM_RSA_PKCS_PSS, NULL, sizeof pss),
                     CKR_MECHANISM_PARAM_INVALID);
    assert_int_equal(begin_sign(SIGNS, CKM_RSA_PKCS_PSS, &pss, sizeof pss),
                     CKR_MECHANISM_PARAM_INVALID);
    pss.mgf = CKG_MGF1_SHA256;
    assert_int_equal(begin_sign(SIGNS, CKM_RSA_PKCS_PSS, &pss, sizeof pss), CKR_OK);
    assert_int_equal(begin_sign(SIGNS, CKM_SHA384_RSA_PKCS_PSS, &pss, sizeof pss),
                     CKR_MECHANISM_PARAM_INVALID);
    assert_int_equal(begin_sign(SIGNS, CKM_SHA256_RSA_PKCS, &pss, 1), CKR_MECHANISM_PARAM_INVALID);
}

static void only_a_key_for_it_decrypts(void **state)
{
    CK_MECHANISM mechanism = {CKM_RSA_PKCS, NULL, 0};
    CK_SESSION_HANDLE session = open_session(DECRYPTS), other = open_session(SIGNS);
    EVP_PKEY *pkey = get_public_key(session);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
    uint8_t encrypted[256], plain[256];
    size_t len = sizeof encrypted;
    CK_ULONG plain_len = sizeof plain;

    (void)state;
    assert_int_equal(EVP_PKEY_encrypt_init(ctx), 1);
    assert_int_equal(EVP_PKEY_encrypt(ctx, encrypted, &len, (const uint8_t *)"premaster", 9), 1);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    assert_int_equal(p11->C_DecryptInit(other, &mechanism, find_key(other)),
                     CKR_KEY_FUNCTION_NOT_PERMITTED);
    OK(p11->C_DecryptInit(session, &mechanism, find_key(session)));
    assert_int_equal(p11->C_Sign(session, plain, 1, plain, &plain_len),
                     CKR_OPERATION_NOT_INITIALIZED);
    OK(p11->C_Decrypt(session, encrypted, len, NULL, &plain_len));
    OK(p11->C_Decrypt(session, encrypted, len, plain, &plain_len));
    assert_int_equal(plain_len, 9);
    assert_memory_equal(plain, "premaster", 9);
    plain_len = sizeof plain;
    OK(p11->C_DecryptInit(session, &mechanism, find_key(session)));
    assert_int_equal(p11->C_Decrypt(session, encrypted, 7, plain, &plain_len),
                     CKR_ENCRYPTED_DATA_INVALID);
}

/* ---- time -------------------------------------------------------------------------------------
 */

static void an_entry_expires_while_a_program_holds_the_session(void **state)
{
    CK_SESSION_HANDLE session = open_session(HOUR), again;
    CK_MECHANISM mechanism = {CKM_ECDSA, NULL, 0};
    CK_OBJECT_HANDLE key = find_key(session), found;
    uint8_t signature[512] = {0};
    CK_ULONG len = sizeof signature;
    CK_SLOT_INFO slot;
    CK_SESSION_INFO info;
    CK_TOKEN_INFO token;

    (void)state;
    OK(try_to_sign(session));
    OK(p11->C_SignInit(session, &mechanism, key));
    OK(p11->C_FindObjectsInit(session, NULL, 0));
    now = TEST_NOW + 3601;
    assert_int_equal(p11->C_Sign(session, signature, 48, signature, &len), CKR_TOKEN_NOT_PRESENT);
    assert_int_equal(p11->C_SignInit(session, &mechanism, key), CKR_TOKEN_NOT_PRESENT);
    assert_int_equal(p11->C_FindObjects(session, &found, 1, &len), CKR_TOKEN_NOT_PRESENT);
    assert_int_equal(p11->C_GetSessionInfo(session, &info), CKR_TOKEN_NOT_PRESENT);
    assert_int_equal(p11->C_GetTokenInfo(HOUR, &token), CKR_TOKEN_NOT_PRESENT);
    assert_int_equal(p11->C_OpenSession(HOUR, CKF_SERIAL_SESSION, NULL, NULL, &again),
                     CKR_TOKEN_NOT_PRESENT);
    OK(p11->C_GetSlotInfo(HOUR, &slot));
    assert_int_equal(slot.flags & CKF_TOKEN_PRESENT, 0);
    assert_int_equal(count_slots(true), 3);
    assert_int_equal(count_slots(false), 4); /* slots keep their numbers */
    assert_memory_equal(slot.slotDescription, "hour ", 5);
    OK(p11->C_CloseSession(session));
    assert_int_equal(p11->C_CloseSession(session), CKR_SESSION_HANDLE_INVALID);
}

/* The stamps that the module left, which are removed. */
static int take_stamps(const char *folder)
{
    char command[200], answer[20] = "";
    FILE *pipe;

    (void)snprintf(command, sizeof command, "find %s -type f -size 0 -delete -print | wc -l",
                   folder);
    pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_non_null(fgets(answer, sizeof answer, pipe));
    assert_int_equal(pclose(pipe), 0);
    return (int)strtol(answer, NULL, 10);
}

/* The stamp is for daotp agent, which makes the folder. */
static void a_use_leaves_a_stamp(void **state)
{
    char runtime[60], folder[80];
    CK_SESSION_HANDLE session = open_session(HOUR), again;

    (void)state;
    scratch_folder(runtime, sizeof runtime);
    (void)snprintf(folder, sizeof folder, "%s/daotp", runtime);
    assert_int_equal(setenv("XDG_RUNTIME_DIR", runtime, 1), 0);
    OK(try_to_sign(session));
    assert_int_not_equal(access(folder, F_OK), 0);
    assert_int_equal(mkdir(folder, 0700), 0);
    (void)count_slots(true);
    (void)find_key(session);
    assert_int_equal(take_stamps(folder), 0);
    OK(try_to_sign(session));
    OK(try_to_sign(session));
    OK(try_to_sign(open_session(EC)));
    assert_int_equal(take_stamps(folder), 2);
    now = TEST_NOW + 3601; /* it is wanted, and has ended */
    assert_int_equal(p11->C_SignInit(session, &(CK_MECHANISM){CKM_ECDSA, NULL, 0}, 1),
                     CKR_TOKEN_NOT_PRESENT);
    assert_int_equal(take_stamps(folder), 1);
    assert_int_equal(p11->C_OpenSession(HOUR, CKF_SERIAL_SESSION, NULL, NULL, &again),
                     CKR_TOKEN_NOT_PRESENT);
    assert_int_equal(take_stamps(folder), 1);
    (void)count_slots(true);
    assert_int_equal(take_stamps(folder), 0);
    OK(p11->C_Finalize(NULL));
    OK(initialize(reserved));
    (void)count_slots(true);
    assert_int_equal(take_stamps(folder), 1);
    (void)count_slots(true);
    assert_int_equal(take_stamps(folder), 0);
    assert_int_equal(chmod(folder, 0770), 0);
    OK(try_to_sign(open_session(EC)));
    assert_int_equal(take_stamps(folder), 0);
    assert_int_equal(unsetenv("XDG_RUNTIME_DIR"), 0);
}

/* A session goes on with the certificate that it was opened with, for as long as that is valid. */
static void a_renewed_entry_is_in_the_same_slot(void **state)
{
    CK_SESSION_HANDLE before = open_session(HOUR), after;
    CK_OBJECT_HANDLE old = find_key(before);
    CK_SLOT_ID slot = 0;

    (void)state;
    card_store_put(uri, &(card_entry_plan){.label = "hour", .key = "p384", .serial = 99});
    after = open_session(HOUR);
    OK(try_to_sign(before));
    OK(try_to_sign(after));
    assert_int_not_equal(find_key(after), old);
    now = TEST_NOW + 3601;
    assert_int_equal(p11->C_FindObjectsInit(before, NULL, 0), CKR_TOKEN_NOT_PRESENT);
    OK(try_to_sign(after));
    assert_int_equal(count_slots(false), 4);
    while (p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, NULL) == CKR_OK)
        continue;
    card_store_remove(uri, "hour");
    OK(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, NULL));
    assert_int_equal(slot, HOUR);
    assert_int_equal(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, NULL), CKR_NO_EVENT);
    assert_int_equal(p11->C_FindObjectsInit(after, NULL, 0), CKR_TOKEN_NOT_PRESENT);
}

/* Handles stay while the certificate is the same, and an entry that comes later has a new number.
 */
static void handles_and_slots_stay(void **state)
{
    CK_SESSION_HANDLE session = open_session(EC);
    CK_OBJECT_HANDLE key = find_key(session);
    CK_SLOT_ID slots[10];
    CK_ULONG count = COUNT(slots);

    (void)state;
    assert_int_equal(find_key(open_session(EC)), key);
    OK(p11->C_CloseAllSessions(EC));
    assert_int_equal(find_key(open_session(EC)), key);
    card_store_put(uri, &(card_entry_plan){.label = "a-first-label", .key = "p256"});
    assert_int_equal(count_slots(true), 5);
    OK(p11->C_GetSlotList(CK_TRUE, slots, &count));
    assert_int_equal(slots[4], 5);
    OK(try_to_sign(open_session(EC)));
}

/* ---- login ------------------------------------------------------------------------------------
 */

static void log_in_again(const char *text)
{
    OK(p11->C_Finalize(NULL));
    OK(initialize(text));
}

static void a_store_that_asks_is_one_token(void **state)
{
    char path[60], file[80], text[100];
    unsigned char *pin = (unsigned char *)(uintptr_t)card_store_pin, wrong[] = "wrong";
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE found;
    CK_TOKEN_INFO token;
    CK_SESSION_INFO info;

    (void)state;
    scratch_folder(path, sizeof path);
    (void)snprintf(file, sizeof file, "pkcs12:%s/cards.p12", path);
    (void)snprintf(text, sizeof text, "store=%s", file);
    card_store_put(file, &(card_entry_plan){.label = "one", .key = "p256"});
    card_store_put(
        file,
        &(card_entry_plan){.label = "two", .key = "rsa2048", .until = TEST_NOW + 60, .serial = 5});
    log_in_again(text);
    assert_int_equal(count_slots(true), 1);
    OK(p11->C_GetTokenInfo(1, &token));
    assert_memory_equal(token.label, "cards.p12 ", 10);
    assert_int_equal(token.flags & CKF_LOGIN_REQUIRED, CKF_LOGIN_REQUIRED);
    session = open_session(1);
    assert_int_equal(find_objects(session, CKO_CERTIFICATE, &found), 0);
    assert_int_equal(p11->C_Logout(session), CKR_USER_NOT_LOGGED_IN);
    assert_int_equal(p11->C_Login(session, CKU_USER, wrong, 5), CKR_PIN_INCORRECT);
    assert_int_equal(p11->C_Login(session, CKU_SO, pin, strlen(card_store_pin)),
                     CKR_USER_TYPE_INVALID);
    assert_int_equal(p11->C_Login(session, CKU_USER, NULL, 5), CKR_ARGUMENTS_BAD);
    OK(p11->C_Login(session, CKU_USER, pin, strlen(card_store_pin)));
    assert_int_equal(p11->C_Login(session, CKU_USER, pin, strlen(card_store_pin)),
                     CKR_USER_ALREADY_LOGGED_IN);
    OK(p11->C_GetSessionInfo(session, &info));
    assert_int_equal(info.state, CKS_RO_USER_FUNCTIONS);
    assert_int_equal(find_objects(session, CKO_PRIVATE_KEY, &found), 2);
    now = TEST_NOW + 61;
    assert_int_equal(find_objects(session, CKO_PRIVATE_KEY, &found), 1);
    OK(try_to_sign(session));
    OK(p11->C_Logout(session));
    assert_int_equal(find_objects(session, CKO_PRIVATE_KEY, &found), 0);
    OK(p11->C_Login(session, CKU_USER, pin, strlen(card_store_pin)));
    OK(p11->C_CloseSession(session)); /* the last one: the login ends */
    assert_int_equal(find_objects(open_session(1), CKO_PRIVATE_KEY, &found), 0);
}

static void a_store_that_does_not_ask_has_no_login(void **state)
{
    unsigned char pin[] = "1234";

    (void)state;
    assert_int_equal(p11->C_Login(open_session(EC), CKU_USER, pin, 4),
                     CKR_USER_PIN_NOT_INITIALIZED);
}

/* ---- processes and threads --------------------------------------------------------------------
 */

static void in_child(CK_SESSION_HANDLE session)
{
    CK_SESSION_INFO info;
    CK_ULONG count;

    if (p11->C_GetSlotList(CK_TRUE, NULL, &count) != CKR_CRYPTOKI_NOT_INITIALIZED ||
        p11->C_GetSessionInfo(session, &info) != CKR_CRYPTOKI_NOT_INITIALIZED ||
        p11->C_Finalize(NULL) != CKR_CRYPTOKI_NOT_INITIALIZED)
        _exit(1);
    if (initialize(reserved) != CKR_OK ||
        p11->C_GetSessionInfo(session, &info) != CKR_SESSION_HANDLE_INVALID ||
        try_to_sign(open_session(EC)) != CKR_OK || p11->C_Finalize(NULL) != CKR_OK)
        _exit(2);
    _exit(0);
}

static void a_child_starts_anew(void **state)
{
    CK_SESSION_HANDLE session = open_session(EC);
    pid_t child = fork();
    int status;

    (void)state;
    if (child == 0)
        in_child(session);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    OK(try_to_sign(session)); /* the parent goes on */
}

static void *sign_often(void *failed)
{
    for (int i = 0; i < 50; i++) {
        CK_MECHANISM mechanism = {CKM_ECDSA_SHA256, NULL, 0};
        CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
        CK_ATTRIBUTE template = {CKA_CLASS, &class, sizeof class};
        CK_SESSION_HANDLE session;
        CK_OBJECT_HANDLE key;
        uint8_t signature[64];
        CK_ULONG count, len = sizeof signature;
        CK_RV rv = p11->C_OpenSession(EC, CKF_SERIAL_SESSION, NULL, NULL, &session);

        rv |= p11->C_GetSlotList(CK_TRUE, NULL, &count);
        rv |= p11->C_FindObjectsInit(session, &template, 1);
        rv |= p11->C_FindObjects(session, &key, 1, &count);
        rv |= p11->C_FindObjectsFinal(session);
        rv |= p11->C_SignInit(session, &mechanism, key);
        rv |= p11->C_Sign(session, message, sizeof message, signature, &len);
        rv |= p11->C_CloseSession(session);
        if (rv != CKR_OK)
            atomic_fetch_add((_Atomic int *)failed, 1);
    }
    return NULL;
}

static void threads_share_the_module(void **state)
{
    pthread_t threads[4];
    _Atomic int failed = 0;

    (void)state;
    (void)count_slots(true);
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, sign_often, &failed), 0);
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(failed, 0);
}

/* ---- the beginning and the end ----------------------------------------------------------------
 */

static CK_RV no_mutex(void *mutex)
{
    (void)mutex;
    return CKR_OK;
}

static CK_RV new_mutex(void **mutex)
{
    *mutex = NULL;
    return CKR_OK;
}

static void arguments_of_initialize_are_checked(void **state)
{
    CK_C_INITIALIZE_ARGS some = {.LockMutex = no_mutex},
                         own = {new_mutex, no_mutex, no_mutex, no_mutex, 0, NULL};
    char long_name[100] = "profile=";
    CK_ULONG count;

    (void)state;
    memset(long_name + strlen(long_name), 'a', 64); /* one more than a name has */
    assert_int_equal(initialize(reserved), CKR_CRYPTOKI_ALREADY_INITIALIZED);
    assert_int_equal(p11->C_Finalize(uri), CKR_ARGUMENTS_BAD);
    OK(p11->C_Finalize(NULL));
    assert_int_equal(p11->C_Finalize(NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
    assert_int_equal(p11->C_GetSlotList(CK_TRUE, NULL, &count), CKR_CRYPTOKI_NOT_INITIALIZED);
    assert_int_equal(p11->C_Initialize(&some), CKR_ARGUMENTS_BAD);
    assert_int_equal(p11->C_Initialize(&own), CKR_CANT_LOCK);
    assert_int_equal(initialize("what=ever"), CKR_ARGUMENTS_BAD);
    assert_int_equal(initialize(long_name), CKR_ARGUMENTS_BAD);
    assert_int_equal(initialize("profile="), CKR_ARGUMENTS_BAD);
    assert_int_equal(initialize("store=nosuch:x"), CKR_GENERAL_ERROR);
    assert_int_equal(initialize("profile=no-such-profile"), CKR_GENERAL_ERROR);
    own.flags = CKF_OS_LOCKING_OK;
    own.pReserved = reserved;
    OK(p11->C_Initialize(&own));
    OK(p11->C_Finalize(NULL));
}

/* DAOTP_CONFIG names a file with the profile, whose store is shown. */
static void the_profile_names_the_store(void **state)
{
    char path[60], file[80];
    FILE *out;

    (void)state;
    scratch_folder(path, sizeof path);
    (void)snprintf(file, sizeof file, "%s/daotp.conf", path);
    out = fopen(file, "w");
    assert_non_null(out);
    fprintf(out, "[default]\nstore = %s\n[empty]\nstore = dir:%s/none\n", uri, path);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(setenv("DAOTP_CONFIG", file, 1), 0);
    OK(p11->C_Finalize(NULL));
    OK(p11->C_Initialize(NULL));
    assert_int_equal(count_slots(true), 4);
    log_in_again("profile=empty");
    assert_int_equal(count_slots(true), 0);
    assert_int_equal(unsetenv("DAOTP_CONFIG"), 0);
}

/* What daotp store register wrote holds for programs that hand on nothing. */
static void the_module_file_names_the_store(void **state)
{
    char path[60], file[120];
    FILE *out;

    (void)state;
    scratch_folder(path, sizeof path);
    (void)snprintf(file, sizeof file, "%s/pkcs11", path);
    assert_int_equal(mkdir(file, 0700), 0);
    (void)snprintf(file, sizeof file, "%s/pkcs11/modules", path);
    assert_int_equal(mkdir(file, 0700), 0);
    (void)snprintf(file, sizeof file, "%s/pkcs11/modules/daotp.module", path);
    out = fopen(file, "w");
    assert_non_null(out);
    fprintf(out, "# x-init-reserved: store=dir:/none\nmodule: x\nx-init-reserved:  %s\n", reserved);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(setenv("XDG_CONFIG_HOME", path, 1), 0);
    OK(p11->C_Finalize(NULL));
    OK(p11->C_Initialize(NULL));
    assert_int_equal(count_slots(true), 4);
    assert_int_equal(unsetenv("XDG_CONFIG_HOME"), 0);
}

static void open_and_close(const char *text)
{
    OK(initialize(text));
    OK(try_to_sign(open_session(1)));
    OK(p11->C_Finalize(NULL));
}

/* Nothing of the heap stays behind: one block a round would be 32 octets each. libcrypto's own
 * caches are filled by the first rounds. */
static void opening_and_closing_leaves_nothing(void **state)
{
    char path[60], text[100];
    size_t before;

    (void)state;
    scratch_folder(path, sizeof path);
    (void)snprintf(text, sizeof text, "store=dir:%s", path);
    card_store_put(text + strlen("store="), &(card_entry_plan){.label = "ec", .key = "p256"});
    OK(p11->C_Finalize(NULL));
    for (int i = 0; i < 50; i++)
        open_and_close(text);
    before = mallinfo2().uordblks;
    for (int i = 0; i < open_count; i++)
        open_and_close(text);
    assert_between(mallinfo2().uordblks, 0, before + (size_t)open_count * 16);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_store, close_store)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(both_interfaces_are_given),
        TEST(each_entry_is_a_token),
        TEST(a_long_label_is_cut_between_characters),
        TEST(a_token_has_its_certificates_and_keys),
        TEST(a_private_key_does_not_leave),
        TEST(lengths_are_told),
        TEST(a_search_compares_all_attributes),
        TEST(each_mechanism_signs),
        TEST(the_list_of_mechanisms_is_true),
        TEST(what_does_not_fit_is_refused),
        TEST(only_a_key_for_it_decrypts),
        TEST(an_entry_expires_while_a_program_holds_the_session),
        TEST(a_use_leaves_a_stamp),
        TEST(a_renewed_entry_is_in_the_same_slot),
        TEST(handles_and_slots_stay),
        TEST(a_store_that_asks_is_one_token),
        TEST(a_store_that_does_not_ask_has_no_login),
        TEST(a_child_starts_anew),
        TEST(threads_share_the_module),
        TEST(arguments_of_initialize_are_checked),
        TEST(the_profile_names_the_store),
        TEST(the_module_file_names_the_store),
        TEST(opening_and_closing_leaves_nothing),
    };

    if (argc > 1)
        open_count = (int)strtol(argv[1], NULL, 10);
    return cmocka_run_group_tests(tests, load_module, unload_module);
}
