/* SPDX-License-Identifier: BSD-2-Clause */
/* The function tables, and the functions that refuse unsupported calls (PKCS #11 2.40, 5.4: each
 * entry of a table points to a function). */
#include "module.h"

#include <string.h>

/* A definition in C11 names each parameter.
 * NOLINTBEGIN(misc-unused-parameters) */
#pragma GCC diagnostic ignored "-Wunused-parameter"

typedef CK_SESSION_HANDLE handle_t;
typedef unsigned char octets_t;

#define REFUSES(name, rv, ...)                                                                     \
    static CK_RV refuse_##name(__VA_ARGS__)                                                        \
    {                                                                                              \
        return rv;                                                                                 \
    }
#define UNSUPPORTED(name, ...) REFUSES(name, CKR_FUNCTION_NOT_SUPPORTED, __VA_ARGS__)

/* One function refuses all unsupported functions with the same parameters. */
UNSUPPORTED(init_token, CK_SLOT_ID id, octets_t *pin, CK_ULONG len, octets_t *label)
UNSUPPORTED(set_pin, handle_t h, octets_t *old, CK_ULONG old_len, octets_t *pin, CK_ULONG len)
UNSUPPORTED(part, handle_t h, octets_t *in, CK_ULONG len)
UNSUPPORTED(result, handle_t h, octets_t *out, CK_ULONG *len)
UNSUPPORTED(state, handle_t h, octets_t *in, CK_ULONG len, CK_OBJECT_HANDLE a, CK_OBJECT_HANDLE b)
UNSUPPORTED(create, handle_t h, CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *o)
UNSUPPORTED(copy, handle_t h, CK_OBJECT_HANDLE a, CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *o)
UNSUPPORTED(object, handle_t h, CK_OBJECT_HANDLE o)
UNSUPPORTED(set, handle_t h, CK_OBJECT_HANDLE o, CK_ATTRIBUTE *t, CK_ULONG n)
UNSUPPORTED(init, handle_t h, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
UNSUPPORTED(digest_init, handle_t h, CK_MECHANISM *m)
UNSUPPORTED(convert, handle_t h, octets_t *in, CK_ULONG len, octets_t *out, CK_ULONG *out_len)
UNSUPPORTED(verify, handle_t h, octets_t *in, CK_ULONG len, octets_t *out, CK_ULONG out_len)
UNSUPPORTED(generate, handle_t h, CK_MECHANISM *m, CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *o)
UNSUPPORTED(generate_pair, handle_t h, CK_MECHANISM *m, CK_ATTRIBUTE *t, CK_ULONG n,
            CK_ATTRIBUTE *u, CK_ULONG k, CK_OBJECT_HANDLE *a, CK_OBJECT_HANDLE *b)
UNSUPPORTED(wrap, handle_t h, CK_MECHANISM *m, CK_OBJECT_HANDLE a, CK_OBJECT_HANDLE b,
            octets_t *out, CK_ULONG *len)
UNSUPPORTED(unwrap, handle_t h, CK_MECHANISM *m, CK_OBJECT_HANDLE a, octets_t *in, CK_ULONG len,
            CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *o)
UNSUPPORTED(derive, handle_t h, CK_MECHANISM *m, CK_OBJECT_HANDLE a, CK_ATTRIBUTE *t, CK_ULONG n,
            CK_OBJECT_HANDLE *o)
REFUSES(seed, CKR_RANDOM_SEED_NOT_SUPPORTED, handle_t h, octets_t *in, CK_ULONG len)
REFUSES(parallel, CKR_FUNCTION_NOT_PARALLEL, handle_t h)
UNSUPPORTED(session, handle_t h)
UNSUPPORTED(login_user, handle_t h, CK_USER_TYPE type, octets_t *pin, CK_ULONG len, octets_t *user,
            CK_ULONG user_len)
UNSUPPORTED(crypt_message, handle_t h, void *p, CK_ULONG n, octets_t *data, CK_ULONG data_len,
            octets_t *in, CK_ULONG len, octets_t *out, CK_ULONG *out_len)
UNSUPPORTED(crypt_message_begin, handle_t h, void *p, CK_ULONG n, octets_t *data, CK_ULONG len)
UNSUPPORTED(crypt_message_next, handle_t h, void *p, CK_ULONG n, octets_t *in, CK_ULONG len,
            octets_t *out, CK_ULONG *out_len, CK_FLAGS flags)
UNSUPPORTED(sign_message, handle_t h, void *p, CK_ULONG n, octets_t *in, CK_ULONG len,
            octets_t *out, CK_ULONG *out_len)
UNSUPPORTED(message_begin, handle_t h, void *p, CK_ULONG n)
UNSUPPORTED(verify_message, handle_t h, void *p, CK_ULONG n, octets_t *in, CK_ULONG len,
            octets_t *signature, CK_ULONG signature_len)

/* NOLINTEND(misc-unused-parameters) */

/* p11-kit 0.25 and later declares these functions with its own types, so they have other names
 * in C. */
__attribute__((visibility("default"))) CK_RV
card_get_interface_list(card_interface *list, CK_ULONG *count) __asm__("C_GetInterfaceList");
__attribute__((visibility("default"))) CK_RV
card_get_interface(unsigned char *name, CK_VERSION *version, card_interface **interface,
                   CK_FLAGS flags) __asm__("C_GetInterface");
__attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list);

static CK_RV get_info(CK_INFO *info)
{
    CK_RV rv = card_call_enter();

    if (rv != CKR_OK)
        return rv;
    if (info == NULL)
        return card_call_leave(CKR_ARGUMENTS_BAD);
    memset(info, ' ', sizeof *info);
    info->cryptokiVersion = (CK_VERSION){2, 40};
    info->flags = 0;
    memcpy(info->manufacturerID, "libdaotp", 8);
    memcpy(info->libraryDescription, "credentials of libdaotp", 23);
    info->libraryVersion = (CK_VERSION){DAOTP_VERSION_MAJOR, DAOTP_VERSION_MINOR};
    return card_call_leave(CKR_OK);
}

#define FUNCTIONS                                                                                  \
    .C_Initialize = card_C_Initialize, .C_Finalize = card_C_Finalize, .C_GetInfo = get_info,       \
    .C_GetFunctionList = C_GetFunctionList, .C_GetSlotList = card_C_GetSlotList,                   \
    .C_GetSlotInfo = card_C_GetSlotInfo, .C_GetTokenInfo = card_C_GetTokenInfo,                    \
    .C_GetMechanismList = card_C_GetMechanismList, .C_GetMechanismInfo = card_C_GetMechanismInfo,  \
    .C_InitToken = refuse_init_token, .C_InitPIN = refuse_part, .C_SetPIN = refuse_set_pin,        \
    .C_OpenSession = card_C_OpenSession, .C_CloseSession = card_C_CloseSession,                    \
    .C_CloseAllSessions = card_C_CloseAllSessions, .C_GetSessionInfo = card_C_GetSessionInfo,      \
    .C_GetOperationState = refuse_result, .C_SetOperationState = refuse_state,                     \
    .C_Login = card_C_Login, .C_Logout = card_C_Logout, .C_CreateObject = refuse_create,           \
    .C_CopyObject = refuse_copy, .C_DestroyObject = refuse_object,                                 \
    .C_GetObjectSize = card_C_GetObjectSize, .C_GetAttributeValue = card_C_GetAttributeValue,      \
    .C_SetAttributeValue = refuse_set, .C_FindObjectsInit = card_C_FindObjectsInit,                \
    .C_FindObjects = card_C_FindObjects, .C_FindObjectsFinal = card_C_FindObjectsFinal,            \
    .C_EncryptInit = refuse_init, .C_Encrypt = refuse_convert, .C_EncryptUpdate = refuse_convert,  \
    .C_EncryptFinal = refuse_result, .C_DecryptInit = card_C_DecryptInit,                          \
    .C_Decrypt = card_C_Decrypt, .C_DecryptUpdate = refuse_convert,                                \
    .C_DecryptFinal = refuse_result, .C_DigestInit = refuse_digest_init,                           \
    .C_Digest = refuse_convert, .C_DigestUpdate = refuse_part, .C_DigestKey = refuse_object,       \
    .C_DigestFinal = refuse_result, .C_SignInit = card_C_SignInit, .C_Sign = card_C_Sign,          \
    .C_SignUpdate = card_C_SignUpdate, .C_SignFinal = card_C_SignFinal,                            \
    .C_SignRecoverInit = refuse_init, .C_SignRecover = refuse_convert,                             \
    .C_VerifyInit = refuse_init, .C_Verify = refuse_verify, .C_VerifyUpdate = refuse_part,         \
    .C_VerifyFinal = refuse_part, .C_VerifyRecoverInit = refuse_init,                              \
    .C_VerifyRecover = refuse_convert, .C_DigestEncryptUpdate = refuse_convert,                    \
    .C_DecryptDigestUpdate = refuse_convert, .C_SignEncryptUpdate = refuse_convert,                \
    .C_DecryptVerifyUpdate = refuse_convert, .C_GenerateKey = refuse_generate,                     \
    .C_GenerateKeyPair = refuse_generate_pair, .C_WrapKey = refuse_wrap,                           \
    .C_UnwrapKey = refuse_unwrap, .C_DeriveKey = refuse_derive, .C_SeedRandom = refuse_seed,       \
    .C_GenerateRandom = card_C_GenerateRandom, .C_GetFunctionStatus = refuse_parallel,             \
    .C_CancelFunction = refuse_parallel, .C_WaitForSlotEvent = card_C_WaitForSlotEvent

static CK_FUNCTION_LIST functions_2_40 = {.version = {2, 40}, FUNCTIONS};
static card_functions_3_0 functions_3_0 = {
    .base = {.version = {3, 0}, FUNCTIONS},
    .C_GetInterfaceList = card_get_interface_list,
    .C_GetInterface = card_get_interface,
    .C_LoginUser = refuse_login_user,
    .C_SessionCancel = card_C_SessionCancel,
    .C_MessageEncryptInit = refuse_init,
    .C_EncryptMessage = refuse_crypt_message,
    .C_EncryptMessageBegin = refuse_crypt_message_begin,
    .C_EncryptMessageNext = refuse_crypt_message_next,
    .C_MessageEncryptFinal = refuse_session,
    .C_MessageDecryptInit = refuse_init,
    .C_DecryptMessage = refuse_crypt_message,
    .C_DecryptMessageBegin = refuse_crypt_message_begin,
    .C_DecryptMessageNext = refuse_crypt_message_next,
    .C_MessageDecryptFinal = refuse_session,
    .C_MessageSignInit = refuse_init,
    .C_SignMessage = refuse_sign_message,
    .C_SignMessageBegin = refuse_message_begin,
    .C_SignMessageNext = refuse_sign_message,
    .C_MessageSignFinal = refuse_session,
    .C_MessageVerifyInit = refuse_init,
    .C_VerifyMessage = refuse_verify_message,
    .C_VerifyMessageBegin = refuse_message_begin,
    .C_VerifyMessageNext = refuse_verify_message,
    .C_MessageVerifyFinal = refuse_session,
};

/* The first interface is the default for a program that names none. */
static card_interface interfaces[] = {{"PKCS 11", &functions_3_0, 0},
                                      {"PKCS 11", &functions_2_40, 0}};
enum { INTERFACES = sizeof interfaces / sizeof *interfaces };

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list)
{
    if (list == NULL)
        return CKR_ARGUMENTS_BAD;
    *list = &functions_2_40;
    return CKR_OK;
}

CK_RV card_get_interface_list(card_interface *list, CK_ULONG *count)
{
    CK_ULONG room;

    if (count == NULL)
        return CKR_ARGUMENTS_BAD;
    room = *count;
    *count = INTERFACES;
    if (list == NULL)
        return CKR_OK;
    if (room < INTERFACES)
        return CKR_BUFFER_TOO_SMALL;
    memcpy(list, interfaces, sizeof interfaces);
    return CKR_OK;
}

static bool is_wanted_interface(const card_interface *interface, const unsigned char *name,
                                const CK_VERSION *version, CK_FLAGS flags)
{
    const CK_VERSION *has = interface->functions; /* each table begins with its version */

    if (name != NULL && strcmp((const char *)name, interface->name) != 0)
        return false;
    if (version != NULL && (version->major != has->major || version->minor != has->minor))
        return false;
    return (interface->flags & flags) == flags;
}

CK_RV card_get_interface(unsigned char *name, CK_VERSION *version, card_interface **interface,
                         CK_FLAGS flags)
{
    if (interface == NULL)
        return CKR_ARGUMENTS_BAD;
    for (size_t i = 0; i < INTERFACES; i++)
        if (is_wanted_interface(&interfaces[i], name, version, flags)) {
            *interface = &interfaces[i];
            return CKR_OK;
        }
    return CKR_FUNCTION_FAILED;
}
