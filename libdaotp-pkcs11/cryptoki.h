/* SPDX-License-Identifier: BSD-2-Clause */
/* PKCS #11 2.40 from p11-kit, and what PKCS #11 3.0 adds under names of our own: p11-kit declares
 * it from 0.25 on. */
#ifndef DAOTP_PKCS11_CRYPTOKI_H
#define DAOTP_PKCS11_CRYPTOKI_H

#include <p11-kit/pkcs11.h>

#define CARD_FIND_OBJECTS 0x00000040UL /* CKF_FIND_OBJECTS */

/* CK_INTERFACE */
typedef struct card_interface {
    char *name;
    void *functions;
    CK_FLAGS flags;
} card_interface;

/* The functions of 3.0 that have the same parameters share a type here. */
typedef CK_RV (*card_session_fn)(CK_SESSION_HANDLE);
typedef CK_RV (*card_message_init_fn)(CK_SESSION_HANDLE, CK_MECHANISM *, CK_OBJECT_HANDLE);
typedef CK_RV (*card_crypt_message_fn)(CK_SESSION_HANDLE, void *, CK_ULONG, unsigned char *,
                                       CK_ULONG, unsigned char *, CK_ULONG, unsigned char *,
                                       CK_ULONG *);
typedef CK_RV (*card_crypt_message_begin_fn)(CK_SESSION_HANDLE, void *, CK_ULONG, unsigned char *,
                                             CK_ULONG);
typedef CK_RV (*card_crypt_message_next_fn)(CK_SESSION_HANDLE, void *, CK_ULONG, unsigned char *,
                                            CK_ULONG, unsigned char *, CK_ULONG *, CK_FLAGS);
typedef CK_RV (*card_sign_message_fn)(CK_SESSION_HANDLE, void *, CK_ULONG, unsigned char *,
                                      CK_ULONG, unsigned char *, CK_ULONG *);
typedef CK_RV (*card_message_begin_fn)(CK_SESSION_HANDLE, void *, CK_ULONG);
typedef CK_RV (*card_verify_message_fn)(CK_SESSION_HANDLE, void *, CK_ULONG, unsigned char *,
                                        CK_ULONG, unsigned char *, CK_ULONG);

/* CK_FUNCTION_LIST_3_0 */
typedef struct card_functions_3_0 {
    CK_FUNCTION_LIST base; /* CK_VERSION and the functions of 2.40, in their order */
    CK_RV (*C_GetInterfaceList)(card_interface *, CK_ULONG *);
    CK_RV (*C_GetInterface)(unsigned char *, CK_VERSION *, card_interface **, CK_FLAGS);
    CK_RV(*C_LoginUser)
    (CK_SESSION_HANDLE, CK_USER_TYPE, unsigned char *, CK_ULONG, unsigned char *, CK_ULONG);
    CK_RV (*C_SessionCancel)(CK_SESSION_HANDLE, CK_FLAGS);
    card_message_init_fn C_MessageEncryptInit;
    card_crypt_message_fn C_EncryptMessage;
    card_crypt_message_begin_fn C_EncryptMessageBegin;
    card_crypt_message_next_fn C_EncryptMessageNext;
    card_session_fn C_MessageEncryptFinal;
    card_message_init_fn C_MessageDecryptInit;
    card_crypt_message_fn C_DecryptMessage;
    card_crypt_message_begin_fn C_DecryptMessageBegin;
    card_crypt_message_next_fn C_DecryptMessageNext;
    card_session_fn C_MessageDecryptFinal;
    card_message_init_fn C_MessageSignInit;
    card_sign_message_fn C_SignMessage;
    card_message_begin_fn C_SignMessageBegin;
    card_sign_message_fn C_SignMessageNext;
    card_session_fn C_MessageSignFinal;
    card_message_init_fn C_MessageVerifyInit;
    card_verify_message_fn C_VerifyMessage;
    card_message_begin_fn C_VerifyMessageBegin;
    card_verify_message_fn C_VerifyMessageNext;
    card_session_fn C_MessageVerifyFinal;
} card_functions_3_0;

#endif
