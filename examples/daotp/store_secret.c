/* SPDX-License-Identifier: BSD-2-Clause */
/* The passphrases, passwords and PINs of stores: from a descriptor, or asked for on the terminal. */
#include "store_secret.h"

#include "tool.h"

#include <stdio.h>
#include <string.h>

static daotp_status give_secret(const tool_secret *secret, void *answer, size_t room, size_t *len)
{
    if (secret->len > room)
        return DAOTP_REJECTED;
    memcpy(answer, secret->bytes, secret->len);
    *len = secret->len;
    return DAOTP_OK;
}

/* A wrong PIN counts at the token: what it says of the tries that are left is told before. */
static void say_warnings(const char *subject, uint32_t warnings)
{
    if ((warnings & DAOTP_SECRET_FINAL_TRY) != 0)
        tool_say("daotp: %s: final try, one more wrong PIN locks the token", subject);
    else if ((warnings & DAOTP_SECRET_COUNT_LOW) != 0)
        tool_say("daotp: %s: a wrong PIN was given since the last right one", subject);
}

static const char *secret_name(daotp_secret_kind kind, uint32_t warnings)
{
    if (kind == DAOTP_SECRET_PIN)
        return "PIN";
    if (kind == DAOTP_SECRET_PASSWORD)
        return "Password";
    return (warnings & DAOTP_SECRET_NEW) != 0 ? "New passphrase" : "Passphrase";
}

/* From a descriptor, which gives it once: the logon proof asks for the PIN of the store again. */
static bool read_pin_once(store_secrets *secrets)
{
    return secrets->pin.len > 0 || tool_secret_read(secrets->pin_fd, &secrets->pin);
}

static daotp_status ask_store_secret(void *user, daotp_secret_kind kind, const char *subject,
                                     uint32_t warnings, void *answer, size_t room, size_t *len)
{
    store_secrets *secrets = user;
    int fd = kind == DAOTP_SECRET_PIN ? secrets->pin_fd : secrets->passphrase_fd;
    tool_secret secret = {.len = 0};
    daotp_status status = DAOTP_REJECTED;
    char prompt[600];

    if (kind == DAOTP_SECRET_SEAL_KEY) /* too long to type: the URI names a file */
        return DAOTP_REJECTED;
    say_warnings(subject, warnings);
    if (kind == DAOTP_SECRET_PIN && fd >= 0)
        return read_pin_once(secrets) ? give_secret(&secrets->pin, answer, room, len)
                                      : DAOTP_REJECTED;
    (void)snprintf(prompt, sizeof prompt, "%s of %.500s", secret_name(kind, warnings), subject);
    if (fd >= 0 ? tool_secret_read(fd, &secret) : tool_secret_ask(prompt, &secret))
        status = give_secret(&secret, answer, room, len);
    tool_secret_free(&secret);
    return status;
}

daotp_status store_secrets_set(store_secrets *secrets, daotp_context *context)
{
    daotp_status status = daotp_context_set_secret(context, ask_store_secret, secrets);

    if (status == DAOTP_OK && secrets->plugins != NULL)
        status = daotp_context_set_plugin_folder(context, secrets->plugins);
    return status;
}

void store_secrets_free(store_secrets *secrets)
{
    tool_secret_free(&secrets->pin);
}

const char *store_uri(const char *word)
{
    static char uris[2][4200]; /* of two stores, for a move */
    static int next;
    char *uri = uris[next];

    if (word[strcspn(word, ":/")] == ':')
        return word;
    next = !next;
    (void)snprintf(uri, sizeof uris[0], "dir:%s", word);
    return uri;
}
