/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/alloc.h"
#include "core/file.h"
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

static rc_handle *open_dictionary(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    rc_handle *handle;

    (void)pthread_once(&once, first_handle);
    handle = rc_new();
    if (handle == NULL)
        return NULL;
    if (rc_config_init(handle) == NULL) /* which has freed the handle */
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

static void write_raw(uint8_t type, daotp__bytes value, daotp__buffer *out)
{
    daotp__buffer_format(out, "%u = 0x", type);
    for (size_t i = 0; i < value.len; i++)
        daotp__buffer_format(out, "%02x", value.data[i]);
    daotp__buffer_byte(out, '\n');
}

static bool fits(const DICT_ATTR *known, daotp__bytes value)
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

    if (!fits(rc_dict_getattr(handle, type), value))
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

/* The word after a name at the beginning of a line, in a text that ends in NUL; copied into word.
 */
static bool find_line(const char *text, const char *name, char *word, size_t size)
{
    size_t len = strlen(name);

    while (*text != '\0') {
        const char *line = text + strspn(text, " \t");

        text += strcspn(text, "\n");
        text += *text == '\n' ? 1 : 0;
        if (strncmp(line, name, len) != 0 || (line[len] != ' ' && line[len] != '\t'))
            continue;
        line += len + strspn(line + len, " \t");
        len = strcspn(line, " \t\r\n");
        if (len == 0 || len >= size)
            return false;
        memcpy(word, line, len);
        word[len] = '\0';
        return true;
    }
    return false;
}

static daotp_status unusable(daotp_report *report, const char *path, const char *found)
{
    return daotp__report_add(report, DAOTP_FINDING_FILE_READ, 0, path, "%s", found);
}

static daotp_status tell_server(const SERVER *servers, int i, const char *secrets,
                                daotp__radius_import_fn tell, void *user)
{
    char secret[DAOTP__MAX_RADIUS_SECRET + 1];
    daotp_status status;
    bool found = servers->secret[i] != NULL && strlen(servers->secret[i]) < sizeof secret;

    if (found)
        memcpy(secret, servers->secret[i], strlen(servers->secret[i]) + 1);
    else
        found = find_line(secrets, servers->name[i], secret, sizeof secret);
    status = found ? tell(user, servers->name[i], servers->port[i], secret) : DAOTP_CONFIGURATION;
    daotp__wipe(secret, sizeof secret);
    return status;
}

static daotp_status tell_servers(rc_handle *handle, const char *path, daotp__radius_import_fn tell,
                                 void *user, daotp_report *report)
{
    const SERVER *servers = rc_conf_srv(handle, "authserver");
    const char *file = rc_conf_str(handle, "servers");
    daotp_status status = DAOTP_OK;
    daotp__buffer secrets;

    if (servers == NULL || servers->max == 0)
        return unusable(report, path, "no authserver");
    daotp__buffer_init(&secrets, DAOTP__MAX_KEY_FILE);
    if (file != NULL && *file != '\0')
        status = daotp__file_read(file, true, &secrets, report);
    for (int i = 0; i < servers->max && i < SERVER_MAX && status == DAOTP_OK; i++) {
        status = tell_server(servers, i, daotp__buffer_string(&secrets), tell, user);
        if (status == DAOTP_CONFIGURATION)
            status = unusable(report, servers->name[i], "no secret");
    }
    daotp__buffer_free(&secrets);
    return status;
}

daotp_status daotp__radius_import(const char *path, daotp__radius_import_fn tell, void *user,
                                  daotp_report *report)
{
    char kind[16] = "udp";
    daotp__buffer file;
    rc_handle *handle;
    daotp_status status;

    daotp__buffer_init(&file, DAOTP__MAX_KEY_FILE);
    status = daotp__file_read(path, false, &file, report);
    /* with a TLS server type the reading itself would connect */
    if (status == DAOTP_OK &&
        find_line(daotp__buffer_string(&file), "serv-type", kind, sizeof kind) &&
        strcmp(kind, "udp") != 0)
        status = unusable(report, path, "serv-type is not udp");
    daotp__buffer_free(&file);
    if (status != DAOTP_OK)
        return status;
    handle = rc_read_config(path);
    if (handle == NULL)
        return unusable(report, path, "libradcli cannot read it");
    status = tell_servers(handle, path, tell, user, report);
    rc_destroy(handle);
    return status;
}
