/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes a profile from files and options. */
#include "profile/values.h"

#include "core/alloc.h"
#include "core/array.h"
#include "core/context.h"
#include "core/file.h"
#include "profile/ini.h"
#include "profile/value.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char default_name[] = "default";
static const char for_all[] = "*"; /* the section whose values apply to every profile */

enum { OPTION_RANK = 2 * (DAOTP__MAX_PROFILE_FILES + 1) };

/* ---- making one ------------------------------------------------------------------------------ */

daotp_status daotp_profile_new(daotp_context *context, const char *name, daotp_profile **out)
{
    daotp_profile *profile;
    bool is_named = name != NULL;

    if (out == NULL)
        return DAOTP_USAGE;
    *out = NULL;
    name = name != NULL ? name : default_name;
    if (context == NULL || !daotp__ini_is_name(name, strlen(name)))
        return DAOTP_USAGE;
    profile = daotp__new(sizeof *profile);
    if (profile == NULL)
        return DAOTP_MEMORY;
    profile->context = daotp__context_ref(context);
    daotp__report_init(&profile->report, context);
    profile->is_named = is_named;
    profile->name = daotp__text_copy(name);
    if (profile->name == NULL) {
        daotp_profile_free(profile);
        return DAOTP_MEMORY;
    }
    *out = profile;
    return DAOTP_OK;
}

void daotp_profile_free(daotp_profile *profile)
{
    daotp_context *context;

    if (profile == NULL)
        return;
    context = profile->context;
    for (size_t i = 0; i < profile->count; i++)
        daotp__delete(profile->values[i].text);
    for (size_t i = 0; i < profile->file_count; i++)
        daotp__delete(profile->files[i]);
    for (size_t i = 0; i < sizeof profile->usual_files / sizeof profile->usual_files[0]; i++)
        daotp__delete(profile->usual_files[i]);
    for (size_t i = 0; i < profile->section_count; i++)
        daotp__delete(profile->sections[i]);
    daotp__delete(profile->values);
    daotp__delete(profile->name);
    daotp__report_end(&profile->report);
    daotp__delete(profile);
    daotp_context_unref(context);
}

/* ---- values ---------------------------------------------------------------------------------- */

static void drop_weaker_values(daotp_profile *profile, enum daotp__key_name key, unsigned rank)
{
    size_t kept = 0;

    for (size_t i = 0; i < profile->count; i++) {
        if (profile->values[i].key == key && profile->values[i].rank < rank)
            daotp__delete(profile->values[i].text);
        else
            profile->values[kept++] = profile->values[i];
    }
    profile->count = kept;
}

/* Insert after the other values of the key. */
static void insert_value(daotp_profile *profile, const daotp__profile_value *value)
{
    size_t at = profile->count++;

    while (at > 0 && profile->values[at - 1].key > value->key) {
        profile->values[at] = profile->values[at - 1];
        at--;
    }
    profile->values[at] = *value;
}

static daotp_status refuse_one_more(daotp_profile *profile, const char *place, const char *what)
{
    return daotp__report_add(&profile->report, DAOTP_FINDING_CONFIG_LINE, 0, place,
                             "one %s too many", what);
}

/* Copies the text. An existing value with a higher rank is kept. */
static daotp_status put_value(daotp_profile *profile, daotp__profile_value value, const char *text)
{
    const daotp__profile_value *first = daotp__profile_value_at(profile, value.key, 0);
    daotp__profile_value *values;

    if (first != NULL && first->rank > value.rank)
        return DAOTP_OK;
    if (profile->count == DAOTP__MAX_PROFILE_VALUES)
        return refuse_one_more(profile, value.file, "value");
    values =
        daotp__array_reserve(profile->values, profile->count, &profile->capacity, sizeof *values);
    if (values == NULL)
        return daotp__report_status(&profile->report, DAOTP_MEMORY);
    profile->values = values;
    value.text = daotp__value_copy(daotp__profile_key_row(value.key), text);
    if (value.text == NULL)
        return daotp__report_status(&profile->report, DAOTP_MEMORY);
    /* after the copy, because text may be a value that is dropped now */
    drop_weaker_values(profile, value.key,
                       value.rank + !daotp__profile_key_row(value.key)->is_list);
    insert_value(profile, &value);
    return DAOTP_OK;
}

/* Faults of a value are reported without the value if it may be a secret. */
static daotp_status check_value(daotp_profile *profile, const char *place,
                                const daotp__profile_key *key, const char *text)
{
    daotp_status status;

    if (daotp__value_holds_secret(key, text))
        return daotp__report_add(&profile->report, DAOTP_FINDING_CONFIG_SECRET, 0, place,
                                 "%s; wanted: %s", key->name, daotp__value_wanted(key));
    status = daotp__value_check(key, text);
    if (status != DAOTP_USAGE)
        return daotp__report_status(&profile->report, status);
    return daotp__report_add(&profile->report, DAOTP_FINDING_CONFIG_VALUE, 0, place,
                             "%s = %.200s; wanted: %s", key->name, text, daotp__value_wanted(key));
}

static daotp_status check_lock(daotp_profile *profile, const char *place, enum daotp__key_name key)
{
    if (profile->lock_lines[key] == 0)
        return DAOTP_OK;
    return daotp__report_add(&profile->report, DAOTP_FINDING_CONFIG_LOCKED, 0, place,
                             "%s, locked by %s:%u", daotp__profile_key_row(key)->name,
                             profile->lock_file, profile->lock_lines[key]);
}

/* An invalid value is the caller's error (DAOTP_USAGE); a locked key is one of the
 * configuration. */
static daotp_status check_option(daotp_profile *profile, enum daotp__key_name key, const char *text)
{
    const daotp__profile_key *row = daotp__profile_key_row(key);
    daotp_status status = check_lock(profile, row->name, key);

    if (status != DAOTP_OK)
        return status;
    status = check_value(profile, row->name, row, text);
    return status == DAOTP_CONFIGURATION ? DAOTP_USAGE : status;
}

daotp_status daotp_profile_set_value(daotp_profile *profile, const char *key, const char *value)
{
    enum daotp__key_name at;
    daotp_status status;

    if (profile == NULL || key == NULL || value == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&profile->report);
    at = daotp__profile_key_find(key);
    if (at == DAOTP__KEY_COUNT || at == DAOTP__KEY_LOCKED)
        return daotp__report_refuse(&profile->report, DAOTP_USAGE, "key", DAOTP__NO_SUCH);
    status = check_option(profile, at, value);
    if (status == DAOTP_OK)
        status = put_value(
            profile,
            (daotp__profile_value){
                .key = at, .origin = DAOTP_PROFILE_OPTION, .rank = OPTION_RANK, .file = ""},
            value);
    return daotp__report_status(&profile->report, status);
}

/* ---- files ----------------------------------------------------------------------------------- */

/* The state of reading one file. */
typedef struct file_reading {
    daotp_profile *profile;
    const char *path;
    daotp_profile_origin origin;
    unsigned
        rank; /* the rank of values of its section "*"; one more for the profile's own section */
    uint32_t seen[DAOTP__KEY_COUNT]; /* the line of each key in the current section */
    char here[DAOTP__MAX_PROFILE_SECTIONS][DAOTP__MAX_PROFILE_NAME + 1];
    size_t here_count;
} file_reading;

static bool is_known_section(const daotp_profile *profile, const char *name)
{
    for (size_t i = 0; i < profile->section_count; i++)
        if (strcmp(profile->sections[i], name) == 0)
            return true;
    return false;
}

static daotp_status add_section(daotp_profile *profile, const char *name)
{
    if (strcmp(name, for_all) == 0 || is_known_section(profile, name))
        return DAOTP_OK;
    if (profile->section_count == DAOTP__MAX_PROFILE_SECTIONS)
        return refuse_one_more(profile, name, "section");
    profile->sections[profile->section_count] = daotp__text_copy(name);
    if (profile->sections[profile->section_count] == NULL)
        return daotp__report_status(&profile->report, DAOTP_MEMORY);
    profile->section_count++;
    return DAOTP_OK;
}

static daotp_status begin_profile_section(file_reading *reading, const daotp__ini_line *line,
                                          const char *place)
{
    memset(reading->seen, 0, sizeof reading->seen);
    for (size_t i = 0; i < reading->here_count; i++)
        if (strcmp(reading->here[i], line->section) == 0)
            return daotp__report_add(&reading->profile->report, DAOTP_FINDING_CONFIG_TWICE, 0,
                                     place, "section %s", line->section);
    if (reading->here_count < DAOTP__MAX_PROFILE_SECTIONS)
        (void)snprintf(reading->here[reading->here_count++], sizeof reading->here[0], "%s",
                       line->section);
    if (strcmp(line->section, reading->profile->name) == 0)
        reading->profile->is_defined = true;
    return add_section(reading->profile, line->section);
}

static daotp_status check_known_key(file_reading *reading, const daotp__ini_line *line,
                                    const char *place, enum daotp__key_name key)
{
    daotp_report *report = &reading->profile->report;

    if (line->section[0] == '\0')
        return daotp__report_add(report, DAOTP_FINDING_CONFIG_LINE, 0, place,
                                 "%s before a [PROFILE] that can be read", line->name);
    if (key == DAOTP__KEY_COUNT)
        return daotp__report_add(report,
                                 daotp__value_is_secret_name(line->name)
                                     ? DAOTP_FINDING_CONFIG_SECRET
                                     : DAOTP_FINDING_CONFIG_KEY,
                                 0, place, "%s", line->name);
    if (reading->seen[key] != 0 && !daotp__profile_key_row(key)->is_list)
        return daotp__report_add(report, DAOTP_FINDING_CONFIG_TWICE, 0, place,
                                 "%s, which stands in line %u too", line->name, reading->seen[key]);
    reading->seen[key] = line->number;
    return DAOTP_OK;
}

static void lock_keys(file_reading *reading, const char *words, uint32_t line)
{
    bool locked[DAOTP__KEY_COUNT] = {false};

    while (*words != '\0') {
        size_t len = strcspn(words, " \t,");

        (void)daotp__value_lock(words, len, locked);
        words += len + (words[len] != '\0');
    }
    for (unsigned i = 0; i < DAOTP__KEY_COUNT; i++)
        if (locked[i] && reading->profile->lock_lines[i] == 0)
            reading->profile->lock_lines[i] = line;
    reading->profile->lock_file = reading->path;
}

/* Take a value of the profile's own section, or of the section "*". */
static daotp_status take_profile_value(file_reading *reading, const daotp__ini_line *line,
                                       const char *place, enum daotp__key_name key)
{
    daotp_profile *profile = reading->profile;
    bool is_own = strcmp(line->section, profile->name) == 0;
    daotp_status status;

    if (!is_own && strcmp(line->section, for_all) != 0)
        return DAOTP_OK;
    if (key == DAOTP__KEY_LOCKED)
        lock_keys(reading, line->value, line->number);
    status = reading->origin == DAOTP_PROFILE_SYSTEM ? DAOTP_OK : check_lock(profile, place, key);
    if (status != DAOTP_OK)
        return status;
    return put_value(profile,
                     (daotp__profile_value){.key = key,
                                            .origin = reading->origin,
                                            .rank = reading->rank + is_own,
                                            .file = reading->path,
                                            .line = line->number},
                     line->value);
}

static daotp_status take_profile_line(void *user, const daotp__ini_line *line)
{
    file_reading *reading = user;
    char place[DAOTP__MAX_TEXT];
    enum daotp__key_name key;
    daotp_status status;

    (void)snprintf(place, sizeof place, "%s:%u", reading->path, line->number);
    if (line->name == NULL)
        return begin_profile_section(reading, line, place);
    key = daotp__profile_key_find(line->name);
    status = check_known_key(reading, line, place, key);
    if (status == DAOTP_OK)
        status = check_value(reading->profile, place, daotp__profile_key_row(key), line->value);
    if (status == DAOTP_OK && key == DAOTP__KEY_LOCKED && reading->origin != DAOTP_PROFILE_SYSTEM)
        status = daotp__report_add(&reading->profile->report, DAOTP_FINDING_CONFIG_VALUE, 0, place,
                                   "locked; wanted: it in the system's file alone");
    return status == DAOTP_OK ? take_profile_value(reading, line, place, key) : status;
}

static daotp_status read_profile_lines(daotp_profile *profile, daotp_profile_origin origin,
                                       daotp__bytes text)
{
    file_reading *reading = daotp__new(sizeof *reading);
    daotp_status status;

    if (reading == NULL)
        return daotp__report_status(&profile->report, DAOTP_MEMORY);
    reading->profile = profile;
    reading->path = profile->files[profile->file_count - 1];
    reading->origin = origin;
    reading->rank = 2 * (unsigned)profile->file_count;
    status = daotp__ini_read(text, reading->path, take_profile_line, reading, &profile->report);
    daotp__delete(reading);
    return status;
}

/* A user who can write to the folder can replace this file with another file of this user or of
 * root. In a sticky folder only the owner can rename a file (unlink(2)). */
static daotp_status check_folder(daotp_profile *profile, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t len = slash != NULL ? (size_t)(slash - path) : 0;
    char *folder =
        slash == NULL ? daotp__text_copy(".") : daotp__text_copy_n(path, len + (len == 0));
    daotp_status status = DAOTP_OK;
    struct stat st;

    if (folder == NULL)
        return daotp__report_status(&profile->report, DAOTP_MEMORY);
    if (stat(folder, &st) ==
        0) { /* on failure the file cannot be opened either, which is reported */
        if ((st.st_mode & S_ISVTX) != 0)
            st.st_mode &= ~(mode_t)022;
        status = daotp__file_check_own(&st, folder, &profile->report);
    }
    daotp__delete(folder);
    return status;
}

static daotp_status add_file(daotp_profile *profile, daotp_profile_origin origin, const char *path)
{
    daotp__buffer text;
    daotp_status status;

    if (profile->file_count == DAOTP__MAX_PROFILE_FILES)
        return refuse_one_more(profile, path, "file");
    profile->files[profile->file_count] = daotp__text_copy(path);
    if (profile->files[profile->file_count] == NULL)
        return daotp__report_status(&profile->report, DAOTP_MEMORY);
    profile->file_count++;
    daotp__buffer_init(&text, DAOTP__MAX_PROFILE_FILE);
    status = check_folder(profile, path);
    if (status == DAOTP_OK)
        status = daotp__file_read_own(path, &text, &profile->report);
    if (status == DAOTP_OK)
        status = read_profile_lines(profile, origin, daotp__buffer_bytes(&text));
    daotp__buffer_free(&text);
    return status;
}

daotp_status daotp_profile_add_file(daotp_profile *profile, daotp_profile_origin origin,
                                    const char *path)
{
    if (profile == NULL || path == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&profile->report);
    if (origin < DAOTP_PROFILE_SYSTEM || origin > DAOTP_PROFILE_NAMED)
        return daotp__report_refuse(&profile->report, DAOTP_USAGE, "origin", DAOTP__NO_SUCH);
    if (origin == DAOTP_PROFILE_SYSTEM && profile->file_count > 0)
        return daotp__report_refuse(&profile->report, DAOTP_USAGE, "origin",
                                    "the system's file comes first");
    return daotp__report_status(&profile->report, add_file(profile, origin, path));
}

/* ---- the usual files ------------------------------------------------------------------------- */

static const char system_file[] = "/etc/daotp/daotp.conf";
static const char home_file[] = "/.config/daotp/daotp.conf";

/* A file that does not exist is skipped. */
static daotp_status add_usual_file(daotp_profile *profile, daotp_profile_origin origin,
                                   const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return DAOTP_OK;
    return add_file(profile, origin, path);
}

static daotp_status add_home_file(daotp_profile *profile)
{
    char path[DAOTP__MAX_PATH_TEXT], *home = daotp__value_home();
    int len;

    if (home == NULL)
        return DAOTP_OK;
    len = snprintf(path, sizeof path, "%s%s", home, home_file);
    daotp__delete(home);
    if (len < 0 || (size_t)len >= sizeof path)
        return DAOTP_OK;
    return add_usual_file(profile, DAOTP_PROFILE_USER, path);
}

static daotp_status check_defined(daotp_profile *profile)
{
    char others[DAOTP__MAX_TEXT] = " none";
    size_t at = 0;

    if (!profile->is_named || profile->is_defined)
        return DAOTP_OK;
    for (size_t i = 0; i < profile->section_count && at < sizeof others; i++)
        at += (size_t)snprintf(others + at, sizeof others - at, " %s", profile->sections[i]);
    return daotp__report_add(&profile->report, DAOTP_FINDING_CONFIG_MISSING, 0, profile->name,
                             "the files have:%s", others);
}

/* All files are read, so that the faults of each are reported. */
static daotp_status add_all_files(daotp_profile *profile)
{
    const char *system = profile->usual_files[DAOTP_PROFILE_SYSTEM];
    const char *user = profile->usual_files[DAOTP_PROFILE_USER];
    const char *named = profile->usual_files[DAOTP_PROFILE_NAMED];
    daotp_status each[4] = {DAOTP_OK, DAOTP_OK, DAOTP_OK, DAOTP_OK}, status = DAOTP_OK;

    each[0] = system != NULL ? add_file(profile, DAOTP_PROFILE_SYSTEM, system)
                             : add_usual_file(profile, DAOTP_PROFILE_SYSTEM, system_file);
    each[1] =
        user != NULL ? add_usual_file(profile, DAOTP_PROFILE_USER, user) : add_home_file(profile);
    if (named != NULL)
        each[2] = add_file(profile, DAOTP_PROFILE_NAMED, named);
    if (each[0] == DAOTP_OK && each[1] == DAOTP_OK && each[2] == DAOTP_OK)
        each[3] = check_defined(profile);
    for (size_t i = 0; i < sizeof each / sizeof each[0]; i++)
        if (status == DAOTP_OK || each[i] == DAOTP_MEMORY)
            status = each[i];
    return status;
}

static daotp_status refuse_usual_files(daotp_profile *profile)
{
    return daotp__report_refuse(&profile->report, DAOTP_USAGE, "profile", "it has files already");
}

daotp_status daotp_profile_set_usual_file(daotp_profile *profile, daotp_profile_origin origin,
                                          const char *path)
{
    if (profile == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&profile->report);
    if (profile->file_count > 0)
        return refuse_usual_files(profile);
    if (origin < DAOTP_PROFILE_SYSTEM || origin > DAOTP_PROFILE_NAMED)
        return daotp__report_refuse(&profile->report, DAOTP_USAGE, "origin", DAOTP__NO_SUCH);
    if (!daotp__text_set(&profile->usual_files[origin], path))
        return daotp__report_status(&profile->report, DAOTP_MEMORY);
    return DAOTP_OK;
}

daotp_status daotp_profile_add_usual_files(daotp_profile *profile)
{
    if (profile == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&profile->report);
    if (profile->file_count > 0)
        return refuse_usual_files(profile);
    return daotp__report_status(&profile->report, add_all_files(profile));
}

daotp_status daotp_profile_open(daotp_context *context, const char *name, daotp_report *report,
                                daotp_profile **out)
{
    daotp_profile *profile = NULL;
    daotp_status status = out != NULL ? daotp_profile_new(context, name, &profile) : DAOTP_USAGE;

    if (out != NULL)
        *out = NULL;
    daotp__report_enter(report);
    if (status == DAOTP_OK)
        status = daotp_profile_add_usual_files(profile);
    if (profile != NULL && report != NULL)
        daotp__report_merge(report, &profile->report);
    if (status == DAOTP_OK)
        *out = profile;
    else
        daotp_profile_free(profile);
    return daotp__report_status(report, status);
}
