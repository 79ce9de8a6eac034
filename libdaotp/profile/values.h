/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of a profile, and the values in force. */
#ifndef DAOTP_PROFILE_VALUES_H
#define DAOTP_PROFILE_VALUES_H

#include "core/report.h"
#include "profile/keys.h"

#include <daotp/profile.h>

typedef struct daotp__profile_value {
    enum daotp__key_name key;
    daotp_profile_origin origin;
    unsigned rank;    /* a higher one takes the place of a lower one */
    const char *file; /* borrowed from the profile; "" for an option */
    uint32_t line;
    char *text;
} daotp__profile_value;

struct daotp_profile {
    daotp_context *context;
    daotp_report report;
    char *name;
    daotp__profile_value *values; /* in force, sorted by key */
    size_t count, capacity;
    char *files[DAOTP__MAX_PROFILE_FILES];
    size_t file_count;
    char *usual_files[DAOTP_PROFILE_NAMED + 1]; /* in the place of the usual ones, by origin */
    char *sections[DAOTP__MAX_PROFILE_SECTIONS];
    size_t section_count;
    const char *lock_file;                 /* the system's; borrowed from files */
    uint32_t lock_lines[DAOTP__KEY_COUNT]; /* where a key is locked; 0: it is not */
    bool is_named;                         /* by the caller: then it must be defined */
    bool is_defined;                       /* a file has the section */
};

/* Values in force, for who uses them. NULL past the end. */
const daotp__profile_value *daotp__profile_value_at(const daotp_profile *profile,
                                                    enum daotp__key_name key, size_t at);
const char *daotp__profile_text(const daotp_profile *profile, enum daotp__key_name key);
/* Which choice of the key is in force, from 1; 0 when nothing is said. */
int daotp__profile_choice(const daotp_profile *profile, enum daotp__key_name key);
bool daotp__profile_flag(const daotp_profile *profile, enum daotp__key_name key, bool otherwise);
/* "file:line" of a value, or the key of an option, for findings. */
void daotp__profile_place(const daotp__profile_value *value, char *to, size_t room);

#endif
