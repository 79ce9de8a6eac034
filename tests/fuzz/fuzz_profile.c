/* SPDX-License-Identifier: BSD-2-Clause */
/* A file of profiles: whatever it holds, each value in force is one that its key can have, stands
 * in the file, and no lock is passed. */
#include "fuzz.h"

#include "core/context.h"
#include "profile/ini.h"
#include "profile/value.h"
#include "profile/values.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[64];

static void write_file(const uint8_t *data, size_t size)
{
    int fd;

    if (path[0] == '\0')
        (void)snprintf(path, sizeof path, "%s/daotp-fuzz-profile-%ld",
                       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (long)getpid());
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    HOLDS(fd >= 0);
    HOLDS(write(fd, data, size) == (ssize_t)size);
    close(fd);
}

static void check_values(const daotp_profile *profile)
{
    for (size_t i = 0; i < daotp_profile_get_count(profile); i++) {
        const daotp__profile_value *value = &profile->values[i];
        const daotp__profile_key *key = daotp__profile_key_row(value->key);

        HOLDS(strcmp(daotp_profile_get_key(profile, i), key->name) == 0);
        HOLDS(i == 0 || profile->values[i - 1].key <= value->key);
        HOLDS(i == 0 || profile->values[i - 1].key != value->key || key->is_list);
        HOLDS(value->line > 0);
        HOLDS(!daotp__value_holds_secret(key, value->text));
        HOLDS(daotp__value_check(key, value->text) != DAOTP_USAGE);
        HOLDS(value->origin == DAOTP_PROFILE_SYSTEM || profile->lock_lines[value->key] == 0);
    }
}

/* The system's file and the user's are the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp_context *context;
    daotp_profile *profile;
    daotp_status status;

    if (size > 64 * 1024)
        return 0;
    write_file(data, size);
    HOLDS(daotp_context_new(&context) == DAOTP_OK);
    HOLDS(daotp_profile_new(context, NULL, &profile) == DAOTP_OK);
    status = daotp_profile_add_file(profile, DAOTP_PROFILE_SYSTEM, path);
    HOLDS((status == DAOTP_OK) == (daotp_report_get_error(&profile->report) == NULL));
    check_values(profile);
    (void)daotp_profile_add_file(profile, DAOTP_PROFILE_USER, path);
    check_values(profile);
    (void)daotp_report_get_text(daotp_profile_get_report(profile));
    daotp_profile_free(profile);
    daotp_context_unref(context);
    (void)unlink(path);
    return 0;
}
