/* SPDX-License-Identifier: BSD-2-Clause */
/* C_Initialize and C_Finalize, and the functions about slots and tokens (PKCS #11 2.40, 5.4, 5.5).
 */
#include "mechanism.h"
#include "module.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

card_module *card_state;

static pthread_mutex_t call_lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic pid_t owner; /* the process that called C_Initialize; 0: none */
/* The state that a child process inherited from its parent. It is not freed: its store may share
 * a connection with the parent. */
static card_module *inherited;
/* Whether this thread holds the lock. A store in a token may by mistake be configured to load
 * this module itself. */
static _Thread_local bool is_inside;

CK_RV card_call_enter(void)
{
    if (is_inside)
        return CKR_FUNCTION_FAILED;
    if (atomic_load(&owner) != getpid())
        return CKR_CRYPTOKI_NOT_INITIALIZED;
    (void)pthread_mutex_lock(&call_lock);
    is_inside = true;
    if (card_state != NULL)
        return CKR_OK;
    return card_call_leave(CKR_CRYPTOKI_NOT_INITIALIZED);
}

CK_RV card_call_leave(CK_RV rv)
{
    is_inside = false;
    (void)pthread_mutex_unlock(&call_lock);
    return rv;
}

/* The module uses the locks of the operating system. */
static CK_RV check_arguments(const CK_C_INITIALIZE_ARGS *arguments)
{
    int callbacks;

    if (arguments == NULL)
        return CKR_OK;
    callbacks = (arguments->CreateMutex != NULL) + (arguments->DestroyMutex != NULL) +
                (arguments->LockMutex != NULL) + (arguments->UnlockMutex != NULL);
    if (callbacks != 0 && callbacks != 4)
        return CKR_ARGUMENTS_BAD;
    if (callbacks == 4 && (arguments->flags & CKF_OS_LOCKING_OK) == 0)
        return CKR_CANT_LOCK;
    return CKR_OK;
}

/* In a child process no thread holds the lock, whatever its state: other threads were not
 * copied. */
static void leave_parent_state(void)
{
    if (atomic_load(&owner) == 0 || atomic_load(&owner) == getpid())
        return;
    (void)pthread_mutex_init(&call_lock, NULL);
    if (card_state != NULL) {
        card_state->inherited = inherited;
        inherited = card_state;
    }
    card_state = NULL;
    atomic_store(&owner, 0);
}

CK_RV card_C_Initialize(void *arguments)
{
    const CK_C_INITIALIZE_ARGS *given = arguments;
    CK_RV rv = check_arguments(given);

    if (rv != CKR_OK)
        return rv;
    if (is_inside)
        return CKR_FUNCTION_FAILED;
    leave_parent_state();
    (void)pthread_mutex_lock(&call_lock);
    is_inside = true;
    if (card_state != NULL)
        return card_call_leave(CKR_CRYPTOKI_ALREADY_INITIALIZED);
    rv = card_module_open(given != NULL ? given->pReserved : NULL, &card_state);
    if (rv == CKR_OK)
        atomic_store(&owner, getpid());
    return card_call_leave(rv);
}

/* Programs also finalise modules at exit, when libcrypto may have ended already. Then the memory
 * is left to the end of the process. */
static bool has_libcrypto_ended(void)
{
    return OPENSSL_init_crypto(0, NULL) != 1;
}

CK_RV card_C_Finalize(void *reserved)
{
    CK_RV rv;

    if (reserved != NULL)
        return CKR_ARGUMENTS_BAD;
    rv = card_call_enter();
    if (rv != CKR_OK)
        return rv;
    if (!has_libcrypto_ended())
        card_module_close(card_state);
    card_state = NULL;
    atomic_store(&owner, 0);
    return card_call_leave(CKR_OK);
}

/* ---- slots ------------------------------------------------------------------------------------
 */

/* Returns the number of all slots, also of those that do not fit in the list. */
static CK_ULONG collect_slots(const card_module *module, bool token_present, CK_SLOT_ID *list,
                              CK_ULONG room)
{
    CK_ULONG count = 0;

    for (size_t i = 0; i < module->slot_count; i++) {
        if (token_present && !card_slot_has_token(&module->slots[i]))
            continue;
        if (list != NULL && count < room)
            list[count] = i + 1;
        count++;
    }
    return count;
}

/* The slots are read again only when the program asks for their count (PKCS #11 2.40, 5.5), so
 * that the count is valid for the next call. */
CK_RV card_C_GetSlotList(unsigned char token_present, CK_SLOT_ID *list, CK_ULONG *count)
{
    CK_ULONG room;
    CK_RV rv;

    if (count == NULL)
        return CKR_ARGUMENTS_BAD;
    rv = card_call_enter();
    if (rv != CKR_OK)
        return rv;
    if (list == NULL || card_state->slot_count == 0)
        rv = card_slots_refresh(card_state);
    if (rv != CKR_OK)
        return card_call_leave(rv);
    room = *count;
    *count = collect_slots(card_state, token_present != CK_FALSE, list, room);
    if (list != NULL && *count > room)
        rv = CKR_BUFFER_TOO_SMALL;
    return card_call_leave(rv);
}

/* Padded with blanks; a character of UTF-8 that does not fit whole is left out. */
static void fill_text(unsigned char *field, size_t room, const char *text)
{
    size_t len = strlen(text);

    if (len > room) {
        len = room;
        while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
            len--;
    }
    memset(field, ' ', room);
    for (size_t i = 0; i < len; i++)
        field[i] = (unsigned char)text[i];
}

CK_RV card_C_GetSlotInfo(CK_SLOT_ID id, CK_SLOT_INFO *info)
{
    const card_slot *slot;
    CK_RV rv = card_call_enter();

    if (rv != CKR_OK)
        return rv;
    card_slots_poll(card_state);
    slot = card_slots_find(card_state, id);
    if (info == NULL)
        return card_call_leave(CKR_ARGUMENTS_BAD);
    if (slot == NULL)
        return card_call_leave(CKR_SLOT_ID_INVALID);
    memset(info, 0, sizeof *info);
    fill_text(info->slotDescription, sizeof info->slotDescription, slot->label);
    fill_text(info->manufacturerID, sizeof info->manufacturerID, "libdaotp");
    info->flags = CKF_REMOVABLE_DEVICE;
    if (card_slot_has_token(slot))
        info->flags |= CKF_TOKEN_PRESENT;
    return card_call_leave(CKR_OK);
}

/* The serial number is made from the label, so that it stays the same when a certificate is
 * replaced, and differs for labels that are equal in the octets that a token label has room for. */
static void fill_serial(unsigned char field[16], const char *label)
{
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    char text[17];

    (void)EVP_Digest(label, strlen(label), digest, NULL, EVP_sha256(), NULL);
    for (size_t i = 0; i < 8; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
    fill_text(field, 16, text);
}

static void fill_token(CK_TOKEN_INFO *info, const card_module *module, CK_SLOT_ID id,
                       const char *label)
{
    memset(info, 0, sizeof *info);
    fill_text(info->label, sizeof info->label, label);
    fill_text(info->manufacturerID, sizeof info->manufacturerID, "libdaotp");
    fill_text(info->model, sizeof info->model, "store");
    fill_serial(info->serialNumber, label);
    fill_text(info->utcTime, sizeof info->utcTime, "");
    info->flags = CKF_RNG | CKF_WRITE_PROTECTED | CKF_TOKEN_INITIALIZED;
    if (module->asks_login)
        info->flags |= CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED;
    info->ulMaxSessionCount = CARD_MAX_SESSIONS;
    for (const card_session *s = module->sessions; s != NULL; s = s->next)
        info->ulSessionCount += s->slot_id == id;
    info->ulMaxPinLen = module->asks_login ? 255 : 0;
    info->ulTotalPublicMemory = info->ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION;
    info->ulTotalPrivateMemory = info->ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION;
}

/* CKR_OK, with the lock held, when the slot has a token and `answer` is not NULL. */
static CK_RV enter_token(CK_SLOT_ID id, const void *answer, card_slot **slot)
{
    CK_RV rv = card_call_enter();

    if (rv != CKR_OK)
        return rv;
    card_slots_poll(card_state);
    *slot = card_slots_find(card_state, id);
    if (*slot == NULL)
        return card_call_leave(CKR_SLOT_ID_INVALID);
    if (!card_slot_has_token(*slot))
        return card_call_leave(CKR_TOKEN_NOT_PRESENT);
    return answer != NULL ? CKR_OK : card_call_leave(CKR_ARGUMENTS_BAD);
}

CK_RV card_C_GetTokenInfo(CK_SLOT_ID id, CK_TOKEN_INFO *info)
{
    card_slot *slot;
    CK_RV rv = enter_token(id, info, &slot);

    if (rv != CKR_OK)
        return rv;
    fill_token(info, card_state, id, slot->label);
    return card_call_leave(CKR_OK);
}

CK_RV card_C_GetMechanismList(CK_SLOT_ID id, CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
    card_slot *slot;
    CK_ULONG room;
    CK_RV rv = enter_token(id, count, &slot);

    if (rv != CKR_OK)
        return rv;
    room = *count;
    *count = card_mechanism_list(list, room);
    if (list != NULL && *count > room)
        rv = CKR_BUFFER_TOO_SMALL;
    return card_call_leave(rv);
}

CK_RV card_C_GetMechanismInfo(CK_SLOT_ID id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
    card_slot *slot;
    CK_RV rv = enter_token(id, info, &slot);

    if (rv != CKR_OK)
        return rv;
    return card_call_leave(card_mechanism_info(type, info));
}

/* Waiting is not supported: the module has no thread for it. */
CK_RV card_C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID *id, void *reserved)
{
    CK_RV rv = card_call_enter();

    if (rv != CKR_OK)
        return rv;
    if (id == NULL || reserved != NULL)
        return card_call_leave(CKR_ARGUMENTS_BAD);
    if ((flags & CKF_DONT_BLOCK) == 0)
        return card_call_leave(CKR_FUNCTION_NOT_SUPPORTED);
    rv = card_slots_refresh(card_state);
    if (rv != CKR_OK)
        return card_call_leave(rv);
    for (size_t i = 0; i < card_state->slot_count; i++) {
        if (!card_state->slots[i].has_changed)
            continue;
        card_state->slots[i].has_changed = false;
        *id = i + 1;
        return card_call_leave(CKR_OK);
    }
    return card_call_leave(CKR_NO_EVENT);
}
