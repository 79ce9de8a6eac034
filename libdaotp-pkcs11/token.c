/* SPDX-License-Identifier: BSD-2-Clause */
/* Tokens: the credentials of a slot, and their PKCS #11 objects. */
#include "memory.h"
#include "module.h"

#include <string.h>
#include <time.h>

int64_t card_time_now(void)
{
    return (int64_t)time(NULL);
}

bool card_entry_is_valid(const card_entry *entry)
{
    return card_time_now() <= daotp_credential_get_not_after(entry->credential);
}

card_token *card_token_new(size_t entry_count, bool asks_login)
{
    card_token *token = card_memory_new(1, sizeof *token);

    if (token == NULL)
        return NULL;
    token->references = 1;
    token->asks_login = asks_login;
    token->entries = card_memory_new(entry_count + 1, sizeof *token->entries);
    if (token->entries == NULL) {
        card_memory_free(token);
        return NULL;
    }
    return token;
}

/* Add a certificate, its public key and its private key; for a CA only the certificate. */
static void add_objects(card_token *token, const card_entry *entry, size_t index)
{
    static const CK_OBJECT_CLASS classes[] = {CKO_CERTIFICATE, CKO_PUBLIC_KEY, CKO_PRIVATE_KEY};
    size_t count = index == 0 ? 3 : 1;

    for (size_t i = 0; i < count; i++)
        token->objects[token->object_count++] =
            (card_object){.class = classes[i],
                          .certificate = &entry->certificates[index],
                          .entry = entry,
                          .is_leaf = index == 0};
}

static CK_RV grow_objects(card_token *token, size_t more)
{
    card_object *grown =
        card_memory_grow(token->objects, token->object_count + more, sizeof *grown);

    if (grown == NULL)
        return CKR_HOST_MEMORY;
    token->objects = grown;
    return CKR_OK;
}

static bool read_certificates(card_entry *entry, size_t count)
{
    bool ok = true;

    for (size_t i = 0; i < count && ok; i++) {
        size_t len;
        const void *der = daotp_credential_get_certificate(entry->credential, i, &len);

        ok = card_certificate_read(&entry->certificates[i], der, len, i == 0);
    }
    return ok;
}

static char *copy_label(const char *label)
{
    size_t len = strlen(label) + 1;
    char *copy = card_memory_new(1, len);

    return copy != NULL ? memcpy(copy, label, len) : NULL;
}

CK_RV card_token_add(card_token *token, const char *label, daotp_credential *credential)
{
    card_entry *entry =
        &token->entries[token->entry_count++]; /* freed with the token in any case */
    size_t count = daotp_credential_get_count(credential);

    entry->credential = daotp_credential_ref(credential);
    entry->label = copy_label(label);
    entry->certificates = card_memory_new(count, sizeof *entry->certificates);
    if (entry->label == NULL || entry->certificates == NULL || !read_certificates(entry, count) ||
        grow_objects(token, count + 2) != CKR_OK)
        return CKR_HOST_MEMORY;
    for (size_t i = 0; i < count; i++)
        add_objects(token, entry, i);
    return CKR_OK;
}

card_token *card_token_ref(card_token *token)
{
    token->references++;
    return token;
}

static void free_entry(card_entry *entry)
{
    size_t count = entry->certificates != NULL ? daotp_credential_get_count(entry->credential) : 0;

    for (size_t i = 0; i < count; i++)
        card_certificate_free(&entry->certificates[i]);
    card_memory_free(entry->certificates);
    card_memory_free(entry->label);
    daotp_credential_unref(entry->credential);
}

void card_token_clear(card_token *token)
{
    for (size_t i = 0; i < token->entry_count; i++)
        free_entry(&token->entries[i]);
    token->entry_count = token->object_count = 0;
}

void card_token_unref(card_token *token)
{
    if (token == NULL || --token->references > 0)
        return;
    card_token_clear(token);
    card_memory_free(token->entries);
    card_memory_free(token->objects);
    card_memory_free(token);
}

const card_object *card_token_find(const card_token *token, CK_OBJECT_HANDLE handle)
{
    const card_object *object;

    if (handle < token->first_handle || handle - token->first_handle >= token->object_count)
        return NULL;
    object = &token->objects[handle - token->first_handle];
    return card_entry_is_valid(object->entry) ? object : NULL;
}
