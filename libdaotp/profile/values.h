/* SPDX-License-Identifier: BSD-2-Clause */
/* The private part of the public object daotp_profile, and the functions that read its values. */
#ifndef DAOTP_PROFILE_VALUES_H
#define DAOTP_PROFILE_VALUES_H

#include "core/report.h"
#include "profile/keys.h"

#include <daotp/profile.h>

typedef struct daotp__profile_value {
    enum daotp__key_name key;
    daotp_profile_origin origin;
    unsigned rank;    /* a value with a higher rank replaces one with a lower rank */
    const char *file; /* borrowed from the profile; "" for an option */
    uint32_t line;
    char *text;
} daotp__profile_value;

struct daotp_profile {
    daotp_context *context;
    daotp_report report;
    char *name;
    daotp__profile_value *values; /* the effective values, sorted by key */
    size_t count, capacity;
    char *files[DAOTP__MAX_PROFILE_FILES];
    size_t file_count;
    char *usual_files[DAOTP_PROFILE_NAMED +
                      1]; /* files that replace the usual ones, by origin; NULL: not replaced */
    char *sections[DAOTP__MAX_PROFILE_SECTIONS];
    size_t section_count;
    const char *lock_file;                 /* the system's; borrowed from files */
    uint32_t lock_lines[DAOTP__KEY_COUNT]; /* the line that locks the key; 0: it is not locked */
    bool is_named;                         /* the caller named the profile, so it must be defined */
    bool is_defined;                       /* a file has the section of this profile */
};

/* The value number `at` (from 0) of a key, borrowed; NULL after the last. text: the same for the
 * first value. */
const daotp__profile_value *daotp__profile_value_at(const daotp_profile *profile,
                                                    enum daotp__key_name key, size_t at);
const char *daotp__profile_text(const daotp_profile *profile, enum daotp__key_name key);
/* The number of the choice that is set, from 1; 0: the key is absent. */
int daotp__profile_choice(const daotp_profile *profile, enum daotp__key_name key);
bool daotp__profile_flag(const daotp_profile *profile, enum daotp__key_name key, bool otherwise);
/* Write the place of a value for findings: "file:line", or the name of the key for an option. */
void daotp__profile_place(const daotp__profile_value *value, char *to, size_t room);

#endif
