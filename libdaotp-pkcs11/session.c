/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions (PKCS #11 2.40, 5.6). */
#include "memory.h"
#include "module.h"

static size_t count_sessions(const card_module *module, CK_SLOT_ID id)
{
    size_t count = 0;

    for (const card_session *s = module->sessions; s != NULL; s = s->next)
        count += s->slot_id == id;
    return count;
}

CK_RV card_session_open(card_module *module, CK_SLOT_ID id, CK_FLAGS flags,
                        CK_SESSION_HANDLE *handle)
{
    card_slot *slot = card_slots_find(module, id);
    card_session *session;
    CK_RV rv;

    if (slot == NULL)
        return CKR_SLOT_ID_INVALID;
    if (module->session_count == CARD_MAX_SESSIONS)
        return CKR_SESSION_COUNT;
    rv = card_slot_load(module, slot);
    if (rv != CKR_OK)
        return rv;
    session = card_memory_new(1, sizeof *session);
    if (session == NULL)
        return CKR_HOST_MEMORY;
    session->handle = module->next_session++;
    session->slot_id = id;
    session->flags = flags & (CKF_RW_SESSION | CKF_SERIAL_SESSION);
    session->token = card_token_ref(slot->token);
    session->next = module->sessions;
    module->sessions = session;
    module->session_count++;
    *handle = session->handle;
    return CKR_OK;
}

void card_session_stop_search(card_session *session)
{
    card_memory_free(session->found);
    session->found = NULL;
    session->found_count = session->found_next = 0;
}

static void free_session(card_session *session)
{
    card_session_stop_search(session);
    card_operation_end(&session->operation);
    card_token_unref(session->token);
    card_memory_free(session);
}

/* The login ends with the last session (PKCS #11 2.40, 5.6: C_CloseSession). */
static void end_login(card_module *module, CK_SLOT_ID id)
{
    if (module->is_logged_in && count_sessions(module, id) == 0)
        card_module_logout(module);
}

void card_session_close(card_module *module, card_session *session)
{
    CK_SLOT_ID id = session->slot_id;
    card_session **at = &module->sessions;

    while (*at != session)
        at = &(*at)->next;
    *at = session->next;
    module->session_count--;
    free_session(session);
    end_login(module, id);
}

void card_sessions_close_slot(card_module *module, CK_SLOT_ID id)
{
    card_session *next;

    for (card_session *s = module->sessions; s != NULL; s = next) {
        next = s->next;
        if (id == 0 || s->slot_id == id)
            card_session_close(module, s);
    }
}

static bool has_valid_entry(const card_token *token)
{
    for (size_t i = 0; i < token->entry_count; i++)
        if (card_entry_is_valid(&token->entries[i]))
            return true;
    return false;
}

CK_RV card_session_find(card_module *module, CK_SESSION_HANDLE handle, card_session **session)
{
    card_session *s = module->sessions;

    while (s != NULL && s->handle != handle)
        s = s->next;
    *session = s;
    if (s == NULL)
        return CKR_SESSION_HANDLE_INVALID;
    if (s->token->asks_login)
        return CKR_OK; /* the token with a login exists even if the store is empty */
    if (!card_slots_find(module, s->slot_id)->is_listed || !has_valid_entry(s->token))
        return CKR_TOKEN_NOT_PRESENT;
    return CKR_OK;
}

void card_sessions_renew(card_module *module, card_token *token)
{
    for (card_session *s = module->sessions; s != NULL; s = s->next) {
        card_session_stop_search(s);
        card_operation_end(&s->operation);
        card_token_unref(s->token);
        s->token = card_token_ref(token);
    }
}
