/* SPDX-License-Identifier: BSD-2-Clause */
/* What several objects need of a profile: trusts, credentials and fetchers made of its files. */
#ifndef DAOTP_PROFILE_OBJECTS_H
#define DAOTP_PROFILE_OBJECTS_H

#include "profile/values.h"

/* The object that is set up by a profile. */
typedef struct daotp__profile_use {
    const daotp_profile *profile;
    daotp_report *report; /* of the object; may be NULL */
} daotp__profile_use;

/* What a setter answered about a value: one that it refuses is told with its place. */
daotp_status daotp__profile_taken(const daotp__profile_use *use, daotp_status status,
                                  enum daotp__key_name key, size_t at);
/* A key is missing, because of another that is there. */
daotp_status daotp__profile_needs(const daotp__profile_use *use, enum daotp__key_name missing,
                                  enum daotp__key_name because);
/* Either both keys are there, or none. */
daotp_status daotp__profile_check_pair(const daotp__profile_use *use, enum daotp__key_name one,
                                       enum daotp__key_name other);

/* In each of these *object is NULL when the profile says nothing of it, and when it fails. */
/* crls: DAOTP__KEY_COUNT for none. */
daotp_status daotp__profile_trust(const daotp__profile_use *use, enum daotp__key_name anchors,
                                  enum daotp__key_name crls, daotp_trust **trust);
daotp_status daotp__profile_credential(const daotp__profile_use *use, enum daotp__key_name cert,
                                       enum daotp__key_name key, daotp_credential **credential);
daotp_status daotp__profile_fetcher(const daotp__profile_use *use, daotp_fetcher **fetcher);

/* Gives each value of a key to `add`; one that it refuses is told with its place. */
typedef daotp_status daotp__profile_text_fn(void *object, const char *text);
daotp_status daotp__profile_add_texts(const daotp__profile_use *use, enum daotp__key_name key,
                                      daotp__profile_text_fn *add, void *object);

/* Gives the bytes of each file of a key to `add`. */
typedef daotp_status daotp__profile_add_fn(void *object, const void *bytes, size_t len);
daotp_status daotp__profile_add_files(const daotp__profile_use *use, enum daotp__key_name key,
                                      daotp__profile_add_fn *add, void *object);

/* Gives the OID of the template to `set`, and its version, -1 for none. */
typedef daotp_status daotp__profile_template_fn(void *object, const char *oid, int64_t major,
                                                int64_t minor);
daotp_status daotp__profile_template(const daotp__profile_use *use, daotp__profile_template_fn *set,
                                     void *object);

#endif
