/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing the profile, and the certificates beside it. */
#include "discovery.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool make_folders(const char *file)
{
    char path[4096];

    if (strlen(file) >= sizeof path)
        return false;
    for (const char *slash = strchr(file + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        (void)snprintf(path, sizeof path, "%.*s", (int)(slash - file), file);
        (void)mkdir(path, 0700); /* what is there stays; what cannot be made, the file tells */
    }
    return true;
}

/* The whole file, then its new name: a crash leaves the old one or the new one. */
static bool write_whole(const char *file, const char *text, size_t len)
{
    bool good = tool_replace_file(file, text, len, 0600);

    if (!good)
        tool_say("daotp discover: %s cannot be written: %m", file);
    return good;
}

/* key: NULL for those that no line of the profile names. */
static bool write_certificates(discovery *d, const char *key, const char *what, const pem_text *pem)
{
    char path[4200];
    size_t folder = (size_t)(strrchr(d->file, '/') - d->file);

    if (pem->count == 0 || (key != NULL && daotp_profile_find(d->profile, key) != NULL))
        return true;
    (void)snprintf(path, sizeof path, "%.*s/%s-%s.pem", (int)folder, d->file,
                   daotp_profile_get_name(d->profile), what);
    if (!write_whole(path, pem->text, pem->len))
        return false;
    if (key != NULL)
        discovery_put_line(d, key, path);
    return true;
}

/* What is in the file stays as it is; a section of the same name is never written over. */
static bool write_profile(discovery *d)
{
    char *old = NULL, *text = NULL;
    size_t old_len = 0, len = 0;
    daotp_profile *there = NULL;
    FILE *out;
    bool good = true;

    if (access(d->file, F_OK) == 0) {
        daotp_context *context = tool_context();

        good = daotp_profile_new(context, daotp_profile_get_name(d->profile), &there) == DAOTP_OK &&
               daotp_profile_add_file(there, DAOTP_PROFILE_NAMED, d->file) == DAOTP_OK;
        if (!good)
            tool_say("daotp discover: %s is wrong: daotp config check tells what", d->file);
        else if (daotp_profile_is_defined(there))
            tool_say("daotp discover: %s has the profile %s already: remove it, or give another "
                     "name by --profile",
                     d->file, daotp_profile_get_name(d->profile));
        good = good && !daotp_profile_is_defined(there) && tool_read_file(d->file, &old, &old_len);
        daotp_profile_free(there);
        daotp_context_unref(context);
    }
    out = good ? open_memstream(&text, &len) : NULL;
    if (out != NULL) {
        (void)fwrite(old != NULL ? old : "", 1, old_len, out);
        fputs(old_len > 0 ? "\n" : "", out);
        discovery_print_profile(d, out);
        good = fclose(out) == 0 && write_whole(d->file, text, len);
    }
    free(text);
    free(old);
    return good && out != NULL;
}

bool discovery_write_all(discovery *d)
{
    if (!make_folders(d->file) || !write_certificates(d, "trust", "roots", &d->roots) ||
        !write_certificates(d, "ntauth", "ntauth", &d->ntauth) ||
        !write_certificates(d, NULL, "aia", &d->aia) || !write_profile(d))
        return false;
    if (!d->json)
        printf("%s: written; daotp config show --profile %s shows it\n", d->file,
               daotp_profile_get_name(d->profile));
    return true;
}
