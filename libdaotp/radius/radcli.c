/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/alloc.h"
#include "core/file.h"
#include "core/hex.h"
#include "core/plain_text.h"
#include "radius/dictionary.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <radcli/radcli.h>
#include <stdlib.h>
#include <string.h>

static const char dictionary[] =
#include "radius/dictionary.def"
    ;

/* ---- a handle -------------------------------------------------------------------------------- */

/* The first rc_new() of a process calls srandom(): the host's sequence is put back. */
static void first_handle(void)
{
    char mine[64], *hosts = initstate(1, mine, sizeof mine);
    rc_handle *handle = rc_new();

    if (handle != NULL)
        rc_destroy(handle);
    (void)setstate(hosts);
}

static rc_handle *open_handle(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    rc_handle *handle;

    (void)pthread_once(&once, first_handle);
    handle = rc_new();
    return handle != NULL ? rc_config_init(handle) : NULL; /* which frees it when it fails */
}

static rc_handle *open_dictionary(void)
{
    rc_handle *handle = open_handle();

    if (handle == NULL)
        return NULL;
    if (rc_read_dictionary_from_buffer(handle, dictionary, strlen(dictionary)) == 0)
        return handle;
    rc_destroy(handle);
    return NULL;
}

/* ---- from text ------------------------------------------------------------------------------- */

/* The value as it goes over the wire, by the type that the dictionary gives. */
static bool wire_value(VALUE_PAIR *pair, unsigned type, uint8_t *room, daotp__bytes *value)
{
    struct in6_addr six;
    unsigned size, prefix;
    uint32_t number;
    char *raw;

    switch (type) {
    case PW_TYPE_STRING:
        if (rc_avpair_get_raw(pair, &raw, &size) != 0)
            return false;
        *value = (daotp__bytes){(const uint8_t *)raw, size};
        return size > 0 && size <= DAOTP__RADIUS_MAX_VALUE;
    case PW_TYPE_INTEGER:
    case PW_TYPE_IPADDR:
    case PW_TYPE_DATE:
        if (rc_avpair_get_uint32(pair, &number) != 0)
            return false;
        number = htonl(number);
        memcpy(room, &number, sizeof number);
        *value = (daotp__bytes){room, sizeof number};
        return true;
    case PW_TYPE_IPV6ADDR:
        if (rc_avpair_get_in6(pair, &six, &prefix) != 0)
            return false;
        memcpy(room, &six, sizeof six);
        *value = (daotp__bytes){room, sizeof six};
        return true;
    default:
        return false;
    }
}

/* A number, or a name that the dictionary has: radcli takes what begins with a digit for one. */
static bool is_integer(const rc_handle *handle, const char *text, size_t len)
{
    uint64_t number = 0;
    char name[64];
    size_t i = 0;

    for (; i < len && text[i] >= '0' && text[i] <= '9' && number <= UINT32_MAX; i++)
        number = 10 * number + (uint64_t)(text[i] - '0');
    if (i == len)
        return len > 0 && number <= UINT32_MAX;
    if (len >= sizeof name)
        return false;
    memcpy(name, text, len);
    name[len] = '\0';
    return (text[0] < '0' || text[0] > '9') && rc_dict_findval(handle, name) != NULL;
}

/* One "Name = value" of a text; false when its name is not known, or there is no value. */
static bool skip_pair(const rc_handle *handle, const char **text)
{
    size_t len = strcspn(*text, " \t=");
    const DICT_ATTR *known;
    char name[64];
    bool quoted;

    if (len == 0 || len >= sizeof name)
        return false;
    memcpy(name, *text, len);
    name[len] = '\0';
    *text += len + strspn(*text + len, " \t");
    known = rc_dict_findattr(handle, name);
    if (known == NULL || **text != '=')
        return false;
    *text += 1 + strspn(*text + 1, " \t");
    quoted = **text == '"';
    *text += quoted;
    len = strcspn(*text, quoted ? "\"" : " \t");
    if ((quoted ? (*text)[len] != '"' : len == 0 || memchr(*text, ',', len) != NULL) ||
        (known->type == PW_TYPE_INTEGER && !is_integer(handle, *text, len)))
        return false;
    *text += len + quoted;
    *text += strspn(*text, " \t");
    return true;
}

/* How many pairs there are; 0 when any is malformed. radcli itself is lenient, leaves out what it
 * does not understand, and tells syslog of it. */
static unsigned count_pairs(const rc_handle *handle, const char *text)
{
    unsigned count = 0;

    for (text += strspn(text, " \t"); *text != '\0'; count++)
        if (!skip_pair(handle, &text))
            return 0;
    return count;
}

static daotp_status tell_pairs(VALUE_PAIR *first, unsigned wanted, daotp__radius_attribute_fn tell,
                               void *user)
{
    daotp_status status = DAOTP_OK;
    unsigned count = 0;

    for (VALUE_PAIR *at = first; at != NULL && status == DAOTP_OK; at = rc_avpair_next(at)) {
        unsigned type, id;
        daotp__bytes value;
        uint8_t room[16];

        rc_avpair_get_attr(at, &type, &id);
        status = wire_value(at, type, room, &value)
                     ? tell(user, (uint8_t)ATTRID(id), VENDOR(id), value)
                     : DAOTP_USAGE;
        count++;
    }
    return status == DAOTP_OK && count != wanted ? DAOTP_USAGE : status;
}

daotp_status daotp__radius_text_parse(const char *text, daotp__radius_attribute_fn tell, void *user)
{
    rc_handle *handle = open_dictionary();
    VALUE_PAIR *pairs = NULL;
    daotp_status status = DAOTP_USAGE;
    unsigned count;

    if (handle == NULL)
        return DAOTP_INTERNAL;
    count = count_pairs(handle, text);
    if (count > 0 && rc_avpair_parse(handle, text, &pairs) == 0)
        status = tell_pairs(pairs, count, tell, user);
    rc_avpair_free(pairs);
    rc_destroy(handle);
    return status;
}

/* ---- in words -------------------------------------------------------------------------------- */

/* Attributes of octets have a name too (RFC 3579 3). Nobody may set them: the dictionary of what
 * can be sent has them not. */
static void write_raw(uint8_t type, daotp__bytes value, daotp__buffer *out)
{
    if (type == DAOTP__RADIUS_MESSAGE_AUTHENTICATOR)
        daotp__buffer_text(out, "Message-Authenticator = 0x");
    else if (type == DAOTP__RADIUS_EAP_MESSAGE)
        daotp__buffer_text(out, "EAP-Message = 0x");
    else
        daotp__buffer_format(out, "%u = 0x", type);
    daotp__hex_write(out, value);
    daotp__buffer_byte(out, '\n');
}

static bool value_fits(const DICT_ATTR *known, daotp__bytes value)
{
    if (known == NULL)
        return false;
    if (known->type == PW_TYPE_INTEGER || known->type == PW_TYPE_IPADDR)
        return value.len == 4;
    return known->type == PW_TYPE_IPV6ADDR ? value.len == 16
                                           : known->type == PW_TYPE_STRING && value.len > 0;
}

/* One attribute through radcli's own decoder: a list of one, so that nothing recurses. */
static bool write_known(const rc_handle *handle, uint8_t type, daotp__bytes value,
                        daotp__buffer *out)
{
    char name[64], text[4 * DAOTP__RADIUS_MAX_VALUE + 1];
    uint8_t one[2 + DAOTP__RADIUS_MAX_VALUE];
    VALUE_PAIR *pair;
    bool ok;

    if (!value_fits(rc_dict_getattr(handle, type), value))
        return false;
    one[0] = type;
    one[1] = (uint8_t)(value.len + 2);
    memcpy(one + 2, value.data, value.len);
    pair = rc_avpair_gen(handle, NULL, one, (int)value.len + 2, 0);
    ok = pair != NULL && rc_avpair_tostr(handle, pair, name, sizeof name, text, sizeof text) == 0;
    if (ok)
        daotp__buffer_format(out, "%s = %s\n", name, text);
    rc_avpair_free(pair);
    return ok;
}

daotp_status daotp__radius_text_write(daotp__bytes attributes, daotp__buffer *out)
{
    rc_handle *handle = open_dictionary();
    daotp__bytes value;
    uint8_t type;

    if (handle == NULL)
        return DAOTP_INTERNAL;
    while (daotp__radius_attribute_next(&attributes, &type, &value))
        if (!write_known(handle, type, value, out))
            write_raw(type, value, out);
    rc_destroy(handle);
    return out->failed;
}

/* ---- an existing installation ---------------------------------------------------------------- */

/* What stands behind a name at the beginning of the next line that begins so. */
static bool next_line(const char **text, const char *name, daotp__bytes *value)
{
    size_t len = strlen(name);

    while (**text != '\0') {
        const char *line = *text + strspn(*text, " \t");

        *text += strcspn(*text, "\n");
        *text += **text == '\n' ? 1 : 0;
        if (strncmp(line, name, len) != 0 || (line[len] != ' ' && line[len] != '\t'))
            continue;
        *value = (daotp__bytes){(const uint8_t *)line + len, strcspn(line + len, "\r\n")};
        return true;
    }
    return false;
}

/* The next word of a value, copied; false when there is none, or it is too long. */
static bool next_word(daotp__bytes *value, const char *between, char *word, size_t size)
{
    size_t len = 0;

    while (value->len > 0 && strchr(between, *value->data) != NULL)
        value->data++, value->len--;
    while (len < value->len && strchr(between, value->data[len]) == NULL)
        len++;
    if (len == 0 || len >= size)
        return false;
    memcpy(word, value->data, len);
    word[len] = '\0';
    value->data += len;
    value->len -= len;
    return true;
}

static bool find_word(const char *text, const char *name, char *word, size_t size)
{
    daotp__bytes value;

    return next_line(&text, name, &value) && next_word(&value, " \t", word, size);
}

static daotp_status report_unusable(daotp_report *report, const char *path, const char *found)
{
    return daotp__report_add(report, DAOTP_FINDING_FILE_READ, 0, path, "%s", found);
}

static daotp_status tell_server(const SERVER *servers, const char *secrets,
                                daotp__radius_import_fn tell, void *user, daotp_report *report)
{
    char secret[DAOTP__MAX_RADIUS_SECRET + 1];
    daotp_status status;
    bool found;

    if (servers->secret[0] == NULL || *servers->secret[0] == '\0') /* "host:1812:" has none */
        found = find_word(secrets, servers->name[0], secret, sizeof secret);
    else if ((found = strlen(servers->secret[0]) < sizeof secret))
        memcpy(secret, servers->secret[0], strlen(servers->secret[0]) + 1);
    status = found ? tell(user, servers->name[0], servers->port[0], secret)
                   : report_unusable(report, servers->name[0], "no secret");
    daotp__wipe(secret, sizeof secret);
    return status;
}

/* libradcli parses one server at a time, and does not check how many it can keep. */
static daotp_status read_server(const char *path, const char *word, const char *secrets,
                                daotp__radius_import_fn tell, void *user, daotp_report *report)
{
    rc_handle *handle = open_handle();
    const SERVER *servers;
    daotp_status status;

    if (handle == NULL)
        return DAOTP_INTERNAL;
    servers = rc_add_config(handle, "authserver", word, path, 0) == 0
                  ? rc_conf_srv(handle, "authserver")
                  : NULL;
    status = servers != NULL && servers->max == 1 && *servers->name[0] != '\0'
                 ? tell_server(servers, secrets, tell, user, report)
                 : report_unusable(report, path, "authserver is not understood");
    rc_destroy(handle);
    return status;
}

static daotp_status read_servers(const char *path, const char *text, const char *secrets,
                                 daotp__radius_import_fn tell, void *user, daotp_report *report)
{
    char word[DAOTP__MAX_TEXT + DAOTP__MAX_RADIUS_SECRET + sizeof "[]:65535:"];
    daotp_status status = DAOTP_OK;
    daotp__bytes value;
    size_t count = 0;

    while (status == DAOTP_OK && next_line(&text, "authserver", &value)) {
        for (; status == DAOTP_OK && next_word(&value, ", \t", word, sizeof word); count++)
            status = read_server(path, word, secrets, tell, user, report);
        if (status == DAOTP_OK && value.len > 0)
            status = report_unusable(report, path, "authserver is too long");
    }
    daotp__wipe(word, sizeof word);
    return status == DAOTP_OK && count == 0 ? report_unusable(report, path, "no authserver")
                                            : status;
}

/* With TLS it would not be a UDP server. */
static bool is_udp(const char *text)
{
    char kind[16];
    daotp__bytes value;

    while (next_line(&text, "serv-type", &value))
        if (!next_word(&value, " \t", kind, sizeof kind) || strcmp(kind, "udp") != 0)
            return false;
    return true;
}

/* A file's text, without a byte order mark, in UTF-8. */
static daotp_status read_text_file(const char *path, bool is_secret, daotp__buffer *text,
                                   daotp_report *report)
{
    daotp_status status;
    daotp__buffer file;
    const char *why;
    uint8_t *room;
    size_t len, fault_at;

    daotp__buffer_init_secret(&file, DAOTP__MAX_KEY_FILE);
    status = daotp__file_read(path, is_secret, &file, report);
    room = status == DAOTP_OK ? daotp__buffer_room(text, daotp__plain_text_room(file.len)) : NULL;
    if (status == DAOTP_OK && room == NULL)
        status = daotp__report_status(report, text->failed);
    if (status == DAOTP_OK) {
        why = daotp__plain_text_read(file.data, file.len, (char *)room, &len, &fault_at);
        daotp__buffer_wrote(text, len);
        if (why != NULL)
            status = daotp__report_add(report, DAOTP_FINDING_FILE_READ, 0, path, "octet %zu: %s",
                                       fault_at, why);
    }
    daotp__buffer_free(&file);
    return status;
}

daotp_status daotp__radius_import(const char *path, daotp__radius_import_fn tell, void *user,
                                  daotp_report *report)
{
    char name[DAOTP__MAX_TEXT + 1];
    daotp__buffer file, secrets;
    const char *text;
    daotp_status status;

    daotp__buffer_init(&file, 2 * DAOTP__MAX_KEY_FILE);
    daotp__buffer_init_secret(&secrets, 2 * DAOTP__MAX_KEY_FILE);
    status = read_text_file(path, false, &file, report);
    text = daotp__buffer_string(&file);
    if (status == DAOTP_OK && !is_udp(text))
        status = report_unusable(report, path, "serv-type is not udp");
    if (status == DAOTP_OK && find_word(text, "servers", name, sizeof name))
        status = read_text_file(name, true, &secrets, report);
    if (status == DAOTP_OK)
        status = read_servers(path, text, daotp__buffer_string(&secrets), tell, user, report);
    daotp__buffer_free(&file);
    daotp__buffer_free(&secrets);
    return status;
}
