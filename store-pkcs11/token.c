/* SPDX-License-Identifier: BSD-2-Clause */
#include "token.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static daotp_status refuse_token_uri(const char *uri, const char *why, daotp_report *report)
{
    return daotp_report_add(report, DAOTP_FINDING_STORE_URI, 0, uri, why);
}

/* ---- opening --------------------------------------------------------------------------------- */

/* In a sticky folder only the owner of a file can replace it (unlink(2)). */
static bool is_closed_to_others(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0 || (st.st_uid != 0 && st.st_uid != geteuid()))
        return false;
    return (st.st_mode & 022) == 0 || (S_ISDIR(st.st_mode) && (st.st_mode & S_ISVTX) != 0);
}

/* Check the folders of a resolved path, which is shortened to each of them: a user who may write
 * to one of them can replace the module. */
static bool check_module_folders(char *real)
{
    bool closed = is_closed_to_others(real);

    for (char *slash = strrchr(real, '/'); closed && slash > real; slash = strrchr(real, '/')) {
        *slash = '\0';
        closed = is_closed_to_others(real);
    }
    return closed;
}

/* Check the owner and mode of a module before it is loaded, because its code runs with all
 * rights of the process. */
static daotp_status check_module_file(const char *path, daotp_report *report)
{
    char *real = realpath(path, NULL);
    struct stat st;
    bool closed;

    if (real == NULL || stat(real, &st) != 0) {
        free(real);
        return daotp_report_add(report, DAOTP_FINDING_STORE_TOKEN, errno, path,
                                strerrordesc_np(errno));
    }
    closed = S_ISREG(st.st_mode) && check_module_folders(real);
    free(real);
    if (!closed)
        return daotp_report_add(report, DAOTP_FINDING_CONFIG_OWNER, 0, path,
                                "a module that others may write, or replace in its folder");
    return DAOTP_OK;
}

/* The path attributes of RFC 7512 2.3. */
static bool is_path_attribute(const char *name, size_t len)
{
    static const char known[][24] = {"id",
                                     "library-description",
                                     "library-manufacturer",
                                     "library-version",
                                     "manufacturer",
                                     "model",
                                     "object",
                                     "serial",
                                     "slot-description",
                                     "slot-id",
                                     "slot-manufacturer",
                                     "token",
                                     "type"};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strlen(known[i]) == len && memcmp(known[i], name, len) == 0)
            return true;
    return false;
}

/* Names the attribute and does not show its value, which may be a PIN. */
static daotp_status refuse_attribute(const char *subject, daotp_report *report)
{
    const char *at = subject + strcspn(subject, ":");
    char why[100] = "the value of type is none of RFC 7512 2.3"; /* only path attributes are left */

    while (*at != '\0') {
        int len;

        at += strspn(at, ":;");
        len = (int)strcspn(at, "=;");
        if (len > 0 && !is_path_attribute(at, (size_t)len)) {
            (void)snprintf(why, sizeof why, "%.*s is no path attribute of RFC 7512 2.3", len, at);
            break;
        }
        at += strcspn(at, ";");
    }
    return refuse_token_uri("pkcs11:", why, report);
}

/* subject: the path of the URI. The query is not shown: it may have an attribute that p11-kit
 * does not know and ignores, such as a misspelt pin-value. */
static daotp_status check_token_uri(const P11KitUri *uri, const char *subject, daotp_report *report)
{
    const char *path = p11_kit_uri_get_module_path((P11KitUri *)(uintptr_t)uri);

    if (p11_kit_uri_get_pin_value(uri) != NULL || p11_kit_uri_get_pin_source(uri) != NULL)
        return refuse_token_uri("pkcs11:", "a PIN never stands in a URI: it is asked for", report);
    if (p11_kit_uri_any_unrecognized((P11KitUri *)(uintptr_t)uri))
        return refuse_attribute(subject, report);
    if (path == NULL || *path != '/')
        return refuse_token_uri(subject, "no ?module-path=/path/of/module.so", report);
    return check_module_file(path, report);
}

static daotp_status read_token_uri(token *self, const char *text, daotp_report *report)
{
    daotp_status status;

    self->uri = p11_kit_uri_new();
    self->subject = strndup(text, strcspn(text, "?"));
    if (self->uri == NULL || self->subject == NULL)
        return DAOTP_MEMORY;
    if (p11_kit_uri_parse(text, P11_KIT_URI_FOR_ANY, self->uri) != P11_KIT_URI_OK)
        return refuse_token_uri("pkcs11:", "it is none of RFC 7512", report);
    status = check_token_uri(self->uri, self->subject, report);
    if (status != DAOTP_OK)
        return status;
    self->module_path = realpath(p11_kit_uri_get_module_path(self->uri),
                                 NULL); /* the resolved path that was checked */
    return self->module_path != NULL ? DAOTP_OK : DAOTP_MEMORY;
}

static daotp_status load_module(token *self, daotp_report *report)
{
    const char *why;

    self->module = p11_kit_module_load(self->module_path, 0);
    if (self->module != NULL)
        return DAOTP_OK;
    why = p11_kit_message();
    return daotp_report_add(report, DAOTP_FINDING_STORE_TOKEN, 0, self->module_path,
                            why != NULL ? why : "no module of PKCS#11");
}

daotp_status token_open(daotp_context *context, const char *uri, daotp_report *report, token **out)
{
    token *self = calloc(1, sizeof *self);
    daotp_status status;

    if (self == NULL || pthread_mutex_init(&self->lock, NULL) != 0) {
        free(self);
        return DAOTP_MEMORY;
    }
    atomic_init(&self->references, 1);
    self->context = context;
    status = read_token_uri(self, uri, report);
    if (status == DAOTP_OK)
        status = load_module(self, report);
    if (status == DAOTP_OK)
        *out = self;
    else
        token_unref(self);
    return status;
}

token *token_ref(token *self)
{
    atomic_fetch_add_explicit(&self->references, 1, memory_order_relaxed);
    return self;
}

void token_unref(token *self)
{
    if (self == NULL || atomic_fetch_sub_explicit(&self->references, 1, memory_order_acq_rel) != 1)
        return;
    if (self->module != NULL) {
        token_release(self);
        p11_kit_module_release(self->module);
    }
    p11_kit_uri_free(self->uri);
    free(self->module_path);
    free(self->subject);
    (void)pthread_mutex_destroy(&self->lock);
    free(self);
}

/* ---- session and login ----------------------------------------------------------------------- */

static void drop_session(token *self)
{
    self->has_session = self->is_logged_in = false;
}

static bool is_token_gone(CK_RV rv)
{
    switch (rv) {
    case CKR_DEVICE_REMOVED:
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_SESSION_HANDLE_INVALID:
    case CKR_SESSION_CLOSED:
    case CKR_CRYPTOKI_NOT_INITIALIZED:
        return true;
    default:
        return false;
    }
}

daotp_status token_fail(token *self, CK_RV rv, const char *function, daotp_report *report)
{
    char text[200];

    if (rv == CKR_OK)
        return DAOTP_OK;
    if (rv == CKR_HOST_MEMORY)
        return DAOTP_MEMORY;
    if (rv == CKR_FUNCTION_CANCELED) /* the user cancelled at the PIN pad of the reader */
        return DAOTP_CANCELLED;
    (void)snprintf(text, sizeof text, "%s: 0x%08lX, %s", function, (unsigned long)rv,
                   p11_kit_strerror(rv));
    if (!is_token_gone(rv))
        return daotp_report_add(report, DAOTP_FINDING_STORE_TOKEN_FAILED, (int64_t)rv,
                                self->subject, text);
    if (rv == CKR_CRYPTOKI_NOT_INITIALIZED)
        token_release(self); /* another user of the module has finalized it; the next call
                                initializes it again */
    drop_session(self);
    return daotp_report_add(report, DAOTP_FINDING_STORE_TOKEN_GONE, (int64_t)rv, self->subject,
                            text);
}

/* Check a count from a module. If it is larger than the room that the module was given, the
 * caller would read beyond the end. */
static daotp_status check_count(const token *self, CK_ULONG count, CK_ULONG room,
                                const char *function, daotp_report *report)
{
    char text[120];

    if (count <= room)
        return DAOTP_OK;
    (void)snprintf(text, sizeof text, "%s: CKR_OK with %lu entries, where there is room for %lu",
                   function, count, room);
    return daotp_report_add(report, DAOTP_FINDING_STORE_TOKEN_FAILED, CKR_OK, self->subject, text);
}

static daotp_status start_module(token *self, daotp_report *report)
{
    CK_RV rv;

    if (self->pid != getpid()) {
        drop_session(self);
        self->is_initialized = false;
        self->pid = getpid();
    }
    if (self->is_initialized)
        return DAOTP_OK;
    rv = p11_kit_module_initialize(self->module);
    self->is_initialized = rv == CKR_OK;
    return token_fail(self, rv, "C_Initialize", report);
}

static bool fits_uri(const token *self, CK_SLOT_ID slot)
{
    CK_TOKEN_INFO info;

    return self->module->C_GetTokenInfo(slot, &info) == CKR_OK &&
           (info.flags & CKF_TOKEN_INITIALIZED) != 0 &&
           p11_kit_uri_match_token_info(self->uri, &info) == 1;
}

/* Find the one token that matches the URI. A second match is an error: the choice must not
 * depend on the order of readers. */
static daotp_status find_slot(token *self, daotp_report *report)
{
    CK_SLOT_ID slots[64];
    const CK_ULONG room = sizeof slots / sizeof slots[0];
    CK_ULONG count = room;
    size_t found = 0;
    daotp_status status = token_fail(self, self->module->C_GetSlotList(CK_TRUE, slots, &count),
                                     "C_GetSlotList", report);

    if (status == DAOTP_OK)
        status = check_count(self, count, room, "C_GetSlotList", report);
    if (status != DAOTP_OK)
        return status;
    for (CK_ULONG i = 0; i < count; i++) {
        if (!fits_uri(self, slots[i]))
            continue;
        self->slot = slots[i];
        found++;
    }
    if (found == 1)
        return DAOTP_OK;
    return daotp_report_add(report, DAOTP_FINDING_STORE_TOKEN, (int64_t)found, self->subject,
                            found == 0 ? "no token fits" : "several tokens fit");
}

/* Whether the session is still valid. After the token was unplugged and plugged in again, the
 * session is opened again. */
static bool is_session_alive(token *self)
{
    CK_SESSION_INFO info;

    if (self->has_session && self->module->C_GetSessionInfo(self->session, &info) == CKR_OK) {
        self->is_logged_in = info.state == CKS_RW_USER_FUNCTIONS;
        return true;
    }
    drop_session(self);
    return false;
}

static daotp_status open_session(token *self, daotp_report *report)
{
    daotp_status status;
    CK_RV rv;

    if (is_session_alive(self))
        return DAOTP_OK;
    status = find_slot(self, report);
    if (status != DAOTP_OK)
        return status;
    rv = self->module->C_OpenSession(self->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL,
                                     &self->session);
    self->has_session = rv == CKR_OK;
    self->sessions++;
    return token_fail(self, rv, "C_OpenSession", report);
}

static uint32_t token_warnings(CK_FLAGS flags)
{
    uint32_t warnings = 0;

    if ((flags & CKF_USER_PIN_COUNT_LOW) != 0)
        warnings |= DAOTP_SECRET_COUNT_LOW;
    if ((flags & CKF_USER_PIN_FINAL_TRY) != 0)
        warnings |= DAOTP_SECRET_FINAL_TRY;
    return warnings;
}

static daotp_status refuse_pin(token *self, CK_RV rv, const char *found, daotp_report *report)
{
    return daotp_report_add(report, DAOTP_FINDING_STORE_PIN, (int64_t)rv, self->subject, found);
}

static daotp_status take_login_answer(token *self, CK_RV rv, daotp_report *report)
{
    self->is_logged_in = rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN;
    if (self->is_logged_in)
        return DAOTP_OK;
    if (rv == CKR_PIN_LOCKED)
        return daotp_report_add(report, DAOTP_FINDING_STORE_PIN_LOCKED, (int64_t)rv, self->subject,
                                "locked by this PIN");
    if (rv != CKR_PIN_INCORRECT && rv != CKR_PIN_INVALID && rv != CKR_PIN_LEN_RANGE)
        return token_fail(self, rv, "C_Login", report);
    self->pin_refused = true;
    return refuse_pin(self, rv, "a wrong PIN", report);
}

/* The token counts wrong PINs, so the PIN is asked for only once. */
static daotp_status log_in_with_pin(token *self, CK_FLAGS flags, daotp_report *report)
{
    unsigned char pin[MAX_PIN];
    size_t len = 0;
    daotp_status status = daotp_context_ask_secret(self->context, DAOTP_SECRET_PIN, self->subject,
                                                   token_warnings(flags), pin, sizeof pin, &len);

    if (status == DAOTP_OK)
        status = take_login_answer(self, self->module->C_Login(self->session, CKU_USER, pin, len),
                                   report);
    else if (status == DAOTP_REJECTED)
        status = refuse_pin(self, 0, "no PIN was given", report);
    explicit_bzero(pin, sizeof pin);
    return status;
}

static daotp_status log_in(token *self, daotp_report *report)
{
    CK_TOKEN_INFO info;
    CK_RV rv = self->module->C_GetTokenInfo(self->slot, &info);

    if (rv != CKR_OK)
        return token_fail(self, rv, "C_GetTokenInfo", report);
    if ((info.flags & CKF_LOGIN_REQUIRED) == 0)
        return DAOTP_OK;
    if (self->pin_refused)
        return refuse_pin(self, 0, "the PIN that was given before was wrong", report);
    if ((info.flags & CKF_USER_PIN_LOCKED) != 0)
        return daotp_report_add(report, DAOTP_FINDING_STORE_PIN_LOCKED, 0, self->subject, "locked");
    if ((info.flags & CKF_USER_PIN_INITIALIZED) == 0)
        return daotp_report_add(report, DAOTP_FINDING_STORE_PIN_LOCKED, 0, self->subject,
                                "no PIN was set");
    if ((info.flags & CKF_PROTECTED_AUTHENTICATION_PATH) !=
        0) /* NULL: the PIN is entered at the reader */
        return take_login_answer(self, self->module->C_Login(self->session, CKU_USER, NULL, 0),
                                 report);
    return log_in_with_pin(self, info.flags, report);
}

daotp_status token_begin(token *self, bool needs_login, daotp_report *report)
{
    daotp_status status;

    (void)pthread_mutex_lock(&self->lock);
    status = start_module(self, report);
    if (status == DAOTP_OK)
        status = open_session(self, report);
    if (status == DAOTP_OK && needs_login && !self->is_logged_in)
        status = log_in(self, report);
    if (status != DAOTP_OK)
        (void)pthread_mutex_unlock(&self->lock);
    return status;
}

void token_end(token *self)
{
    (void)pthread_mutex_unlock(&self->lock);
}

void token_release(token *self)
{
    if (self->pid == getpid() && self->is_initialized) {
        if (self->has_session)
            (void)self->module->C_CloseSession(self->session);
        (void)p11_kit_module_finalize(self->module);
    }
    drop_session(self);
    self->is_initialized = false;
}

/* ---- objects --------------------------------------------------------------------------------- */

static daotp_status find_more_objects(token *self, object_list *found, CK_ULONG *more,
                                      daotp_report *report)
{
    const CK_ULONG room = MAX_OBJECTS - found->count;
    CK_RV rv =
        self->module->C_FindObjects(self->session, found->handles + found->count, room, more);
    daotp_status status = token_fail(self, rv, "C_FindObjects", report);

    if (status == DAOTP_OK)
        status = check_count(self, *more, room, "C_FindObjects", report);
    if (status == DAOTP_OK)
        found->count += *more;
    return status;
}

daotp_status objects_find(token *self, const CK_ATTRIBUTE *wanted, size_t count, object_list *found,
                          daotp_report *report)
{
    CK_ULONG more = 1;
    CK_RV rv = self->module->C_FindObjectsInit(self->session, (CK_ATTRIBUTE *)(uintptr_t)wanted,
                                               (CK_ULONG)count);
    daotp_status status = token_fail(self, rv, "C_FindObjectsInit", report);

    found->count = 0;
    if (status != DAOTP_OK)
        return status;
    while (status == DAOTP_OK && more > 0 && found->count < MAX_OBJECTS)
        status = find_more_objects(self, found, &more, report);
    (void)self->module->C_FindObjectsFinal(self->session);
    return status;
}

daotp_status object_read(token *self, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                         unsigned char **value, size_t *len, daotp_report *report)
{
    CK_ATTRIBUTE attribute = {type, NULL, 0};
    CK_ULONG room;
    CK_RV rv = self->module->C_GetAttributeValue(self->session, object, &attribute, 1);

    *value = NULL;
    *len = 0;
    if (rv == CKR_ATTRIBUTE_TYPE_INVALID || rv == CKR_OBJECT_HANDLE_INVALID ||
        (rv == CKR_OK && attribute.ulValueLen == CK_UNAVAILABLE_INFORMATION))
        return DAOTP_REJECTED;
    if (rv != CKR_OK)
        return token_fail(self, rv, "C_GetAttributeValue", report);
    room = attribute.ulValueLen;
    *value = malloc(room + 1);
    if (*value == NULL)
        return DAOTP_MEMORY;
    attribute.pValue = *value;
    rv = self->module->C_GetAttributeValue(self->session, object, &attribute, 1);
    if (rv == CKR_OK && attribute.ulValueLen <= room) {
        *len = attribute.ulValueLen;
        (*value)[*len] = '\0';
        return DAOTP_OK;
    }
    free(*value);
    *value = NULL;
    if (rv == CKR_OK || rv == CKR_OBJECT_HANDLE_INVALID) /* removed or changed meanwhile */
        return DAOTP_REJECTED;
    return token_fail(self, rv, "C_GetAttributeValue", report);
}

daotp_status object_create(token *self, const CK_ATTRIBUTE *attributes, size_t count,
                           daotp_report *report)
{
    CK_OBJECT_HANDLE made;

    return token_fail(self,
                      self->module->C_CreateObject(self->session,
                                                   (CK_ATTRIBUTE *)(uintptr_t)attributes,
                                                   (CK_ULONG)count, &made),
                      "C_CreateObject", report);
}

daotp_status object_destroy(token *self, CK_OBJECT_HANDLE object, daotp_report *report)
{
    CK_RV rv = self->module->C_DestroyObject(self->session, object);

    if (rv == CKR_OBJECT_HANDLE_INVALID) /* another process has destroyed it */
        return DAOTP_OK;
    return token_fail(self, rv, "C_DestroyObject", report);
}

daotp_status objects_destroy(token *self, const CK_ATTRIBUTE *wanted, size_t count,
                             daotp_report *report)
{
    object_list *found = malloc(sizeof *found);
    daotp_status status = DAOTP_MEMORY;

    if (found != NULL)
        status = objects_find(self, wanted, count, found, report);
    for (size_t i = 0; status == DAOTP_OK && i < found->count; i++)
        status = object_destroy(self, found->handles[i], report);
    free(found);
    return status;
}
