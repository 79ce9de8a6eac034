/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which store the module shows, and how it is opened. The store is named, the first that there is:
 * - by what C_Initialize is given as pReserved: "store=URI", or "profile=NAME" (x-init-reserved of
 * a p11-kit module file, LibraryParameters of NSS);
 * - by x-init-reserved in the module file that daotp store register wrote, the user's, then the
 *   system's: GnuTLS does not hand it on, and kinit and ssh load the module without p11-kit;
 * - by the key "store" of the profile, read from the usual files and the one that DAOTP_CONFIG
 * names;
 * - else it is the folder that the tool uses, $XDG_DATA_HOME/daotp or ~/.daotp.
 * A set-user-ID program has no environment here: secure_getenv().
 */
#include "memory.h"
#include "module.h"
#include "use.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

CK_RV card_status_rv(daotp_status status)
{
    switch (status) {
    case DAOTP_OK:
        return CKR_OK;
    case DAOTP_MEMORY:
        return CKR_HOST_MEMORY;
    case DAOTP_REJECTED:
        return CKR_TOKEN_NOT_PRESENT;
    case DAOTP_CANCELLED:
        return CKR_FUNCTION_CANCELED;
    default:
        return CKR_DEVICE_ERROR;
    }
}

/* Log to syslog, because PKCS #11 has no way to report what is wrong with a configuration. */
static void log_report(const daotp_report *report)
{
    const daotp_finding *error = daotp_report_get_error(report);

    if (error != NULL)
        syslog(LOG_USER | LOG_ERR, "libdaotp-pkcs11: %s: %s: %s; daotp explain %s tells more",
               daotp_finding_get_id(error), daotp_finding_get_subject(error),
               daotp_finding_get_found(error), daotp_finding_get_id(error));
}

/* ---- which store ------------------------------------------------------------------------------
 */

static daotp_status default_store(char *path, size_t room)
{
    const char *data = secure_getenv("XDG_DATA_HOME"), *home = secure_getenv("HOME");
    int n;

    if (data != NULL && *data == '/')
        n = snprintf(path, room, "%s/daotp", data);
    else
        n = snprintf(path, room, "%s/.daotp", home != NULL ? home : "");
    return n > 0 && (size_t)n < room && *path == '/' ? DAOTP_OK : DAOTP_CONFIGURATION;
}

static daotp_status find_store(const daotp_profile *profile, char *path, size_t room)
{
    const char *store = daotp_profile_find(profile, "store");

    if (store == NULL)
        return default_store(path, room);
    if (strlen(store) >= room)
        return DAOTP_CONFIGURATION;
    memcpy(path, store, strlen(store) + 1);
    return DAOTP_OK;
}

static daotp_status read_profile(card_module *module, const char *name, char *path, size_t room)
{
    const char *named = secure_getenv("DAOTP_CONFIG");
    daotp_profile *profile;
    daotp_status status = daotp_profile_new(module->context, name, &profile);

    if (status == DAOTP_OK && named != NULL && *named != '\0')
        status = daotp_profile_set_usual_file(profile, DAOTP_PROFILE_NAMED, named);
    if (status == DAOTP_OK) {
        status = daotp_profile_add_usual_files(profile);
        if (status != DAOTP_OK)
            log_report(daotp_profile_get_report(profile));
    }
    if (status == DAOTP_OK)
        status = find_store(profile, path, room);
    daotp_profile_free(profile);
    return status;
}

/* A path without a scheme is a folder. */
static daotp_status set_uri(card_module *module, const char *store)
{
    bool is_path = store[strcspn(store, ":/")] != ':';
    size_t room = strlen(store) + sizeof "dir:";

    module->uri = card_memory_new(1, room);
    if (module->uri == NULL)
        return DAOTP_MEMORY;
    (void)snprintf(module->uri, room, "%s%s", is_path ? "dir:" : "", store);
    return DAOTP_OK;
}

/* One line of a p11-kit module file (pkcs11.conf(5)). */
static bool read_reserved_line(char *line, char *reserved, size_t room)
{
    static const char key[] = "x-init-reserved:";
    char *value = line + sizeof key - 1;

    if (strncmp(line, key, sizeof key - 1) != 0)
        return false;
    value += strspn(value, " \t");
    value[strcspn(value, "\r\n")] = '\0';
    return snprintf(reserved, room, "%s", value) < (int)room;
}

static bool read_module_file(const char *path, char *reserved, size_t room)
{
    FILE *file = fopen(path, "re");
    bool is_found = false;
    char line[4300];

    if (file == NULL)
        return false;
    while (!is_found && fgets(line, sizeof line, file) != NULL)
        is_found = read_reserved_line(line, reserved, room);
    (void)fclose(file);
    return is_found;
}

static bool find_registered(char *reserved, size_t room)
{
    const char *config = secure_getenv("XDG_CONFIG_HOME"), *home = secure_getenv("HOME");
    char path[4200];

    if (config != NULL && *config == '/')
        (void)snprintf(path, sizeof path, "%s/pkcs11/modules/daotp.module", config);
    else
        (void)snprintf(path, sizeof path, "%s/.config/pkcs11/modules/daotp.module",
                       home != NULL ? home : "/nonexistent");
    return read_module_file(path, reserved, room) ||
           read_module_file("/etc/pkcs11/modules/daotp.module", reserved, room);
}

/* Of "profile=NAME", up to the first blank. A name that does not fit is not cut: it would be that
 * of another profile. */
static bool read_profile_name(const char *reserved, char *name, size_t room)
{
    static const char key[] = "profile=";
    const char *value = reserved + sizeof key - 1;
    size_t len;

    if (strncmp(reserved, key, sizeof key - 1) != 0)
        return false;
    value += strspn(value, " \t");
    len = strcspn(value, " \t\r\n");
    if (len == 0 || len >= room)
        return false;
    memcpy(name, value, len);
    name[len] = '\0';
    return true;
}

static daotp_status choose_store(card_module *module, const char *reserved)
{
    char path[4200], name[64], registered[4300];
    daotp_status status;

    if ((reserved == NULL || *reserved == '\0') && find_registered(registered, sizeof registered))
        reserved = registered;
    if (reserved != NULL && strncmp(reserved, "store=", 6) == 0)
        return set_uri(module, reserved + 6);
    if (reserved == NULL || *reserved == '\0')
        status = read_profile(module, NULL, path, sizeof path);
    else if (read_profile_name(reserved, name, sizeof name))
        status = read_profile(module, name, path, sizeof path);
    else
        return DAOTP_USAGE;
    return status == DAOTP_OK ? set_uri(module, path) : status;
}

/* ---- opening it -------------------------------------------------------------------------------
 */

/* Returns the PIN during C_Login, and nothing at other times. */
static daotp_status give_pin(void *user, daotp_secret_kind kind, const char *subject,
                             uint32_t warnings, void *answer, size_t room, size_t *len)
{
    const card_module *module = user;

    (void)kind, (void)subject, (void)warnings;
    if (module->secret == NULL || module->secret_len > room)
        return DAOTP_REJECTED;
    memcpy(answer, module->secret, module->secret_len);
    *len = module->secret_len;
    return DAOTP_OK;
}

static daotp_status open_store(card_module *module)
{
    daotp_status status;

    daotp_store_unref(module->store); /* with the findings about the passphrase */
    status = daotp_store_open_report(module->context, module->uri, module->report, &module->store);
    if (status == DAOTP_CONFIGURATION)
        log_report(module->report);
    if (status == DAOTP_OK)
        module->asks_login =
            (daotp_store_get_abilities(module->store) & DAOTP_STORE_ASKS_SECRET) != 0;
    return status;
}

CK_RV card_module_open(const char *reserved, card_module **out)
{
    card_module *module = card_memory_new(1, sizeof *module);
    daotp_status status;

    *out = module;
    if (module == NULL)
        return CKR_HOST_MEMORY;
    module->next_session = module->next_object = 1;
    status = daotp_context_new(&module->context);
    if (status == DAOTP_OK)
        status = daotp_report_new(module->context, &module->report);
    if (status == DAOTP_OK)
        status = daotp_context_set_secret(module->context, give_pin, module);
    if (status == DAOTP_OK)
        status = choose_store(module, reserved);
    if (status == DAOTP_OK)
        status = open_store(module);
    if (status == DAOTP_OK)
        return CKR_OK;
    card_module_close(module);
    *out = NULL;
    if (status == DAOTP_USAGE)
        return CKR_ARGUMENTS_BAD;
    return status == DAOTP_MEMORY ? CKR_HOST_MEMORY : CKR_GENERAL_ERROR;
}

static void free_slots(card_module *module)
{
    for (size_t i = 0; i < module->slot_count; i++) {
        card_token_unref(module->slots[i].token);
        card_memory_free(module->slots[i].label);
    }
    card_memory_free(module->slots);
}

void card_module_close(card_module *module)
{
    card_sessions_close_slot(module, 0);
    free_slots(module);
    daotp_store_unref(module->store);
    daotp_report_free(module->report);
    daotp_context_unref(module->context);
    card_memory_free(module->uri);
    card_memory_free(module);
}

/* ---- slots ------------------------------------------------------------------------------------
 */

static card_slot *find_label(card_module *module, const char *label)
{
    for (size_t i = 0; i < module->slot_count; i++)
        if (strcmp(module->slots[i].label, label) == 0)
            return &module->slots[i];
    return NULL;
}

static CK_RV add_slot(card_module *module, const char *label, size_t len)
{
    card_slot *grown;

    if (module->slot_count == CARD_MAX_SLOTS)
        return CKR_OK; /* not shown */
    grown = card_memory_grow(module->slots, module->slot_count + 1, sizeof *grown);
    if (grown == NULL)
        return CKR_HOST_MEMORY;
    module->slots = grown;
    grown += module->slot_count;
    *grown = (card_slot){.label = card_memory_new(1, len + 1)};
    if (grown->label == NULL)
        return CKR_HOST_MEMORY;
    memcpy(grown->label, label, len);
    module->slot_count++;
    return CKR_OK;
}

/* The name of the file, without the query of the URI. */
static CK_RV add_login_slot(card_module *module)
{
    const char *slash = strrchr(module->uri, '/');
    const char *name = slash != NULL ? slash + 1 : module->uri;
    card_slot *slot;
    CK_RV rv;

    if (module->slot_count > 0)
        return CKR_OK;
    rv = add_slot(module, name, strcspn(name, "?"));
    if (rv != CKR_OK)
        return rv;
    slot = &module->slots[0];
    slot->is_listed = true;
    slot->not_after = INT64_MAX;
    return CKR_OK;
}

static CK_RV update_slot(card_module *module, const daotp_store_list *list, size_t index)
{
    const char *label = daotp_store_list_get_label(list, index);
    daotp_store_state state = daotp_store_list_get_state(list, index);
    card_slot *slot = find_label(module, label);

    if (state == DAOTP_STORE_EXPIRED && !module->has_looked)
        card_use_note(module->uri, label);
    if (state != DAOTP_STORE_VALID && state != DAOTP_STORE_DUE)
        return CKR_OK;
    if (slot == NULL) {
        CK_RV rv = add_slot(module, label, strlen(label));

        slot = rv == CKR_OK ? find_label(module, label) : NULL;
        if (slot == NULL)
            return rv;
    }
    slot->is_listed = true;
    slot->not_after = daotp_store_list_get_not_after(list, index);
    return CKR_OK;
}

static CK_RV update_slots(card_module *module, const daotp_store_list *list)
{
    CK_RV rv = CKR_OK;

    for (size_t i = 0; i < module->slot_count; i++) {
        module->slots[i].was_listed = module->slots[i].is_listed;
        module->slots[i].is_listed = false;
    }
    for (size_t i = 0; i < daotp_store_list_get_count(list) && rv == CKR_OK; i++)
        rv = update_slot(module, list, i);
    for (size_t i = 0; i < module->slot_count; i++)
        module->slots[i].has_changed |= module->slots[i].was_listed != module->slots[i].is_listed;
    return rv;
}

CK_RV card_slots_refresh(card_module *module)
{
    daotp_store_list *list;
    daotp_status status;
    CK_RV rv;

    if (module->asks_login)
        return add_login_slot(module);
    module->refreshed = card_time_now();
    status = daotp_store_list_new(module->store, &list);
    if (status != DAOTP_OK) {
        log_report(daotp_store_get_report(module->store));
        return card_status_rv(status);
    }
    rv = update_slots(module, list);
    module->has_looked = true;
    daotp_store_list_free(list);
    return rv;
}

void card_slots_poll(card_module *module)
{
    if (module->refreshed != card_time_now())
        (void)card_slots_refresh(module);
}

card_slot *card_slots_find(card_module *module, CK_SLOT_ID id)
{
    return id > 0 && id <= module->slot_count ? &module->slots[id - 1] : NULL;
}

bool card_slot_has_token(const card_slot *slot)
{
    return slot->is_listed && card_time_now() <= slot->not_after;
}

/* ---- tokens -----------------------------------------------------------------------------------
 */

static void set_token(card_module *module, card_slot *slot, card_token *token)
{
    card_token_unref(slot->token);
    slot->token = token;
    token->first_handle = module->next_object;
    module->next_object += token->object_count;
}

static bool has_certificate(const card_token *token, const daotp_credential *credential)
{
    const card_octets *der;
    size_t len;
    const void *leaf = daotp_credential_get_certificate(credential, 0, &len);

    if (token == NULL || token->entry_count == 0)
        return false;
    der = &token->entries[0].certificates[0].der;
    return der->len == len && memcmp(der->data, leaf, len) == 0;
}

/* Object handles stay the same as long as the certificate is the same. */
static CK_RV load_entry(card_module *module, card_slot *slot)
{
    daotp_credential *credential;
    daotp_status status = daotp_store_get(module->store, slot->label, &credential);
    card_token *token;
    CK_RV rv = CKR_OK;

    if (status == DAOTP_REJECTED) {
        slot->is_listed = false;
        card_use_note(module->uri, slot->label);
    }
    if (status != DAOTP_OK)
        return card_status_rv(status);
    slot->not_after = daotp_credential_get_not_after(credential);
    if (!has_certificate(slot->token, credential)) {
        token = card_token_new(1, false);
        rv = token != NULL ? card_token_add(token, slot->label, credential) : CKR_HOST_MEMORY;
        if (rv == CKR_OK)
            set_token(module, slot, token);
        else
            card_token_unref(token);
    }
    daotp_credential_unref(credential);
    return rv;
}

static CK_RV load_login_slot(card_module *module, card_slot *slot)
{
    card_token *token;

    if (slot->token != NULL)
        return CKR_OK;
    token = card_token_new(0, true);
    if (token == NULL)
        return CKR_HOST_MEMORY;
    set_token(module, slot, token);
    return CKR_OK;
}

CK_RV card_slot_load(card_module *module, card_slot *slot)
{
    return module->asks_login ? load_login_slot(module, slot) : load_entry(module, slot);
}

/* ---- login ------------------------------------------------------------------------------------
 */

static CK_RV add_entry(card_module *module, const daotp_store_list *list, size_t index,
                       card_token *token)
{
    daotp_store_state state = daotp_store_list_get_state(list, index);
    const char *label = daotp_store_list_get_label(list, index);
    daotp_credential *credential;
    daotp_status status;
    CK_RV rv;

    if (state != DAOTP_STORE_VALID && state != DAOTP_STORE_DUE)
        return CKR_OK;
    status = daotp_store_get(module->store, label, &credential);
    rv = status == DAOTP_OK ? card_token_add(token, label, credential) : card_status_rv(status);
    daotp_credential_unref(credential);
    return rv;
}

/* Load all valid entries. */
static CK_RV load_entries(card_module *module, const daotp_store_list *list, card_token **out)
{
    size_t count = daotp_store_list_get_count(list);
    card_token *token = card_token_new(count, true);
    CK_RV rv = token != NULL ? CKR_OK : CKR_HOST_MEMORY;

    for (size_t i = 0; i < count && rv == CKR_OK; i++)
        rv = add_entry(module, list, i, token);
    if (rv == CKR_OK)
        *out = token;
    else
        card_token_unref(token);
    return rv;
}

static CK_RV login_rv(const card_module *module, daotp_status status)
{
    const daotp_finding *error = daotp_report_get_error(daotp_store_get_report(module->store));

    if (status != DAOTP_CONFIGURATION || error == NULL)
        return card_status_rv(status);
    switch (daotp_finding_get_number(error)) {
    case DAOTP_FINDING_STORE_PASSPHRASE:
    case DAOTP_FINDING_STORE_PIN:
        return CKR_PIN_INCORRECT;
    case DAOTP_FINDING_STORE_PIN_LOCKED:
        return CKR_PIN_LOCKED;
    default:
        break;
    }
    log_report(daotp_store_get_report(module->store));
    return CKR_DEVICE_ERROR;
}

static CK_RV load_with_pin(card_module *module, card_token **token)
{
    daotp_status status = open_store(module);
    daotp_store_list *list = NULL;
    CK_RV rv;

    if (status != DAOTP_OK)
        return card_status_rv(status);
    status = daotp_store_list_new(module->store, &list);
    rv = status == DAOTP_OK ? load_entries(module, list, token) : login_rv(module, status);
    daotp_store_list_free(list);
    return rv;
}

CK_RV card_module_login(card_module *module, const void *pin, size_t len)
{
    card_token *token = NULL;
    CK_RV rv;

    module->secret = pin;
    module->secret_len = len;
    rv = load_with_pin(module, &token);
    module->secret = NULL;
    if (rv == CKR_OK) {
        set_token(module, &module->slots[0], token);
        card_sessions_renew(module, token);
        module->is_logged_in = true;
    }
    return rv;
}

/* Needs no memory: the sessions share the token of the slot, and its content is removed. */
void card_module_logout(card_module *module)
{
    card_token *token = module->slots[0].token;

    module->is_logged_in = false;
    (void)open_store(module);
    card_sessions_renew(module, token);
    card_token_clear(token);
}
