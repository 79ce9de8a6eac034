/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The functions of the PKCS #11 module, as a program calls them that has lost its way: the input is
 * a list of calls, each with handles, lengths, types and flags of the input's choice. Pointers are
 * NULL, or have as much room as is said. Whatever is called: nothing is written past that room, no
 * attribute of a private key is given that PKCS #11 calls sensitive, and after C_Finalize nothing
 * answers.
 */
#include "card_store.h"
#include "fuzz.h"
#include "scratch.h"

#include "module.h"

static char reserved[100];

/* ---- the input --------------------------------------------------------------------------------
 */

typedef struct calls {
    const uint8_t *at, *end;
} calls;

static uint8_t take_octet(calls *in)
{
    return in->at < in->end ? *in->at++ : 0;
}

/* Small numbers, which meet handles that exist, and now and then a wild one. */
static CK_ULONG take_number(calls *in)
{
    uint8_t octet = take_octet(in);
    CK_ULONG wild = 0;

    if (octet < 0xf0)
        return octet;
    for (size_t i = 0; i < sizeof wild; i++)
        wild = wild << 8 | take_octet(in);
    return wild;
}

static CK_ULONG take_type(calls *in)
{
    CK_ULONG low = take_octet(in);

    return take_octet(in) << 8 | low;
}

/* A block of its own size, so that AddressSanitizer sees what is written past it; NULL at times,
 * and then with any length. */
static uint8_t *take_room(calls *in, CK_ULONG *len)
{
    uint8_t *room;

    *len = take_number(in);
    if (*len > 600 || take_octet(in) % 8 == 7)
        return NULL;
    room = malloc(*len + 1);
    HOLDS(room != NULL);
    for (CK_ULONG i = 0; i < *len && i < 16; i++)
        room[i] = take_octet(in);
    memset(room + (*len < 16 ? *len : 16), 0x5a, *len + 1 - (*len < 16 ? *len : 16));
    return room;
}

/* ---- calls ------------------------------------------------------------------------------------
 */

static void call_slots(calls *in)
{
    CK_ULONG len, count;
    uint8_t *room = take_room(in, &len);
    CK_SLOT_ID id = take_number(in);
    CK_SLOT_INFO slot;
    CK_TOKEN_INFO token;
    CK_MECHANISM_INFO mechanism;

    count = room != NULL ? len / sizeof(CK_ULONG) : len;
    (void)card_C_GetSlotList(take_octet(in) & 1, (CK_SLOT_ID *)(void *)room, &count);
    count = room != NULL ? len / sizeof(CK_ULONG) : len;
    (void)card_C_GetMechanismList(id, (CK_MECHANISM_TYPE *)(void *)room, &count);
    (void)card_C_GetMechanismInfo(id, take_type(in), &mechanism);
    (void)card_C_GetSlotInfo(id, id % 7 == 6 ? NULL : &slot);
    (void)card_C_GetTokenInfo(id, id % 7 == 6 ? NULL : &token);
    (void)card_C_WaitForSlotEvent(take_octet(in), &id, NULL);
    free(room);
}

static void call_session(calls *in)
{
    CK_SESSION_HANDLE session = take_number(in), made;
    CK_SESSION_INFO info;
    CK_ULONG len;
    uint8_t *pin = take_room(in, &len);

    switch (take_octet(in) % 8) {
    case 0:
        (void)card_C_CloseSession(session);
        break;
    case 1:
        (void)card_C_CloseAllSessions(session);
        break;
    case 2:
        (void)card_C_GetSessionInfo(session, &info);
        break;
    case 3:
        (void)card_C_Login(session, take_number(in), pin, len);
        break;
    case 4:
        (void)card_C_Logout(session);
        break;
    case 5:
        (void)card_C_SessionCancel(session, take_number(in));
        break;
    default:
        (void)card_C_OpenSession(session, CKF_SERIAL_SESSION | take_octet(in), NULL, NULL, &made);
    }
    free(pin);
}

static bool is_sensitive(CK_ATTRIBUTE_TYPE type)
{
    return type == CKA_VALUE || (type >= CKA_PRIVATE_EXPONENT && type <= CKA_COEFFICIENT);
}

static void call_attributes(calls *in)
{
    CK_SESSION_HANDLE session = take_number(in);
    CK_OBJECT_HANDLE object = take_number(in);
    CK_ULONG len;
    uint8_t *room = take_room(in, &len), class[sizeof(CK_OBJECT_CLASS)];
    CK_ATTRIBUTE what = {CKA_CLASS, class, sizeof class}, one = {take_type(in), room, len};
    bool is_private = card_C_GetAttributeValue(session, object, &what, 1) == CKR_OK &&
                      *(CK_OBJECT_CLASS *)(void *)class == CKO_PRIVATE_KEY;
    CK_RV rv = card_C_GetAttributeValue(session, object, &one, room != NULL || len < 600 ? 1 : 0);

    HOLDS(!is_private || !is_sensitive(one.type) || rv != CKR_OK || (room == NULL && len >= 600));
    (void)card_C_GetObjectSize(session, object, &len);
    free(room);
}

static void call_search(calls *in)
{
    CK_SESSION_HANDLE session = take_number(in);
    CK_ULONG len, count = 0;
    uint8_t *room = take_room(in, &len);
    CK_ATTRIBUTE template = {take_type(in), room, len};
    CK_OBJECT_HANDLE found[4];
    CK_RV rv = card_C_FindObjectsInit(session, take_octet(in) % 8 == 7 ? NULL : &template,
                                      take_octet(in) % 2);

    if (card_C_FindObjects(session, found, take_octet(in) % 5, &count) == CKR_OK)
        HOLDS(count <= 4);
    if (rv == CKR_OK && take_octet(in) % 4 != 0)
        HOLDS(card_C_FindObjectsFinal(session) == CKR_OK);
    free(room);
}

static const CK_MECHANISM_TYPE *pick_type(calls *in)
{
    static const CK_MECHANISM_TYPE known[] = {
        CKM_RSA_PKCS,          CKM_SHA256_RSA_PKCS,     CKM_RSA_PKCS_PSS,
        CKM_SHA1_RSA_PKCS_PSS, CKM_SHA256_RSA_PKCS_PSS, CKM_ECDSA,
        CKM_ECDSA_SHA384};

    return &known[take_octet(in) % COUNT(known)];
}

static void begin_call(calls *in)
{
    CK_SESSION_HANDLE session = take_number(in);
    CK_OBJECT_HANDLE key = take_number(in);
    CK_RSA_PKCS_PSS_PARAMS pss = {CKM_SHA256, CKG_MGF1_SHA256, take_number(in)};
    CK_ULONG len;
    uint8_t *room = take_room(in, &len), how = take_octet(in);
    CK_MECHANISM mechanism = {how % 4 == 0 ? take_type(in) : *pick_type(in), room, len};

    if (how % 3 == 0) {
        mechanism.pParameter = &pss;
        mechanism.ulParameterLen = sizeof pss;
    } else if (how % 3 == 1) {
        mechanism.pParameter = NULL;
        mechanism.ulParameterLen = 0;
    }
    if (how & 0x80)
        (void)card_C_DecryptInit(session, &mechanism, key);
    else
        (void)card_C_SignInit(session, how == 0x7f ? NULL : &mechanism, key);
    free(room);
}

static void go_on(calls *in)
{
    CK_SESSION_HANDLE session = take_number(in);
    CK_ULONG in_len, out_len, room_len;
    uint8_t *data = take_room(in, &in_len), *out = take_room(in, &room_len), which = take_octet(in);
    CK_RV rv = CKR_OK;

    out_len = room_len;
    if (which % 4 == 0)
        rv = card_C_Sign(session, data, in_len, out, &out_len);
    else if (which % 4 == 1)
        rv = card_C_SignUpdate(session, data, in_len);
    else if (which % 4 == 2)
        rv = card_C_SignFinal(session, out, &out_len);
    else
        rv = card_C_Decrypt(session, data, in_len, out, &out_len);
    HOLDS(rv != CKR_OK || out == NULL || out_len <= room_len);
    free(data);
    free(out);
}

static void (*const functions[])(calls *) = {call_slots,      call_session, call_session,
                                             call_attributes, call_search,  begin_call,
                                             begin_call,      go_on};

/* ---- the target -------------------------------------------------------------------------------
 */

static void remove_store(void)
{
    (void)scratch_end();
}

static void make_store(void)
{
    char path[60];

    HOLDS(scratch_begin() == 0 && atexit(remove_store) == 0);
    scratch_folder(path, sizeof path);
    (void)snprintf(reserved, sizeof reserved, "store=dir:%s", path);
    card_store_put(reserved + 6, &(card_entry_plan){.label = "ec", .key = "p256"});
    card_store_put(reserved + 6,
                   &(card_entry_plan){.label = "rsa", .key = "rsa2048", .key_usage = 0xa0});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CK_C_INITIALIZE_ARGS arguments = {.flags = CKF_OS_LOCKING_OK, .pReserved = reserved};
    calls in = {data, data + size};
    CK_SESSION_HANDLE session;
    CK_ULONG count;

    if (reserved[0] == '\0')
        make_store();
    HOLDS(card_C_Initialize(&arguments) == CKR_OK);
    HOLDS(card_C_GetSlotList(CK_TRUE, NULL, &count) == CKR_OK && count == 2);
    for (CK_SLOT_ID slot = 1; slot <= 2; slot++)
        HOLDS(card_C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &session) == CKR_OK);
    for (int i = 0; i < 64 && in.at < in.end; i++)
        functions[take_octet(&in) % COUNT(functions)](&in);
    HOLDS(card_C_Finalize(NULL) == CKR_OK);
    HOLDS(card_C_GetSlotList(CK_TRUE, NULL, &count) == CKR_CRYPTOKI_NOT_INITIALIZED);
    HOLDS(card_C_CloseSession(session) == CKR_CRYPTOKI_NOT_INITIALIZED);
    return 0;
}
