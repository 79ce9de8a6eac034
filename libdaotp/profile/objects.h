/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes trusts, credentials and fetchers from a profile, for the objects that need them. */
#ifndef DAOTP_PROFILE_OBJECTS_H
#define DAOTP_PROFILE_OBJECTS_H

#include "profile/values.h"

/* The profile that is used, and the report of the object that it sets up. */
typedef struct daotp__profile_use {
    const daotp_profile *profile;
    daotp_report *report; /* of the object; may be NULL */
} daotp__profile_use;

/* Convert the return value of a setter. If the setter refused the value, report the place of the
 * value (file and line). at: which value of the key. */
daotp_status daotp__profile_setter_status(const daotp__profile_use *use, daotp_status status,
                                          enum daotp__key_name key, size_t at);
/* Report that a key is missing which another key requires. */
daotp_status daotp__profile_report_missing(const daotp__profile_use *use,
                                           enum daotp__key_name missing,
                                           enum daotp__key_name because);
/* Check that either both keys are present, or neither. */
daotp_status daotp__profile_check_pair(const daotp__profile_use *use, enum daotp__key_name one,
                                       enum daotp__key_name other);

/* In the next three functions the object is NULL when the profile has no key for it, and on
 * failure. */
/* crls: DAOTP__KEY_COUNT for none. */
daotp_status daotp__profile_trust(const daotp__profile_use *use, enum daotp__key_name anchors,
                                  enum daotp__key_name crls, daotp_trust **trust);
daotp_status daotp__profile_credential(const daotp__profile_use *use, enum daotp__key_name cert,
                                       enum daotp__key_name key, daotp_credential **credential);
daotp_status daotp__profile_fetcher(const daotp__profile_use *use, daotp_fetcher **fetcher);

/* Call `add` for each value of a key. A value that it refuses is reported with its place. */
typedef daotp_status daotp__profile_text_fn(void *object, const char *text);
daotp_status daotp__profile_add_texts(const daotp__profile_use *use, enum daotp__key_name key,
                                      daotp__profile_text_fn *add, void *object);

/* Call `add` with the content of each file that the key names. */
typedef daotp_status daotp__profile_add_fn(void *object, const void *bytes, size_t len);
daotp_status daotp__profile_add_files(const daotp__profile_use *use, enum daotp__key_name key,
                                      daotp__profile_add_fn *add, void *object);

/* Call `set` with the OID of the template and its version; -1: no version. */
typedef daotp_status daotp__profile_template_fn(void *object, const char *oid, int64_t major,
                                                int64_t minor);
daotp_status daotp__profile_template(const daotp__profile_use *use, daotp__profile_template_fn *set,
                                     void *object);

#endif
