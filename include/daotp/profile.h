/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file profile.h
 * Configured once: a profile says which servers, which trust, which template, which CA and which
 * RADIUS servers, so that every application of a machine agrees, as those with Kerberos share
 * krb5.conf.
 *
 * A profile is a section of an INI file. `/etc/daotp/daotp.conf` is read first, then
 * `~/.config/daotp/daotp.conf`, then files that the application names; a later value takes the
 * place of an earlier one, but keys that the system's file locks keep what it says. Secrets are
 * never in such a file: it names the file or the descriptor that holds them. daotp.conf(5) lists
 * the keys.
 *
 * @code
 * daotp_profile *profile;
 * daotp_profile_open(context, NULL, report, &profile);
 * daotp_client_use_profile(client, profile);
 * daotp_profile_free(profile);
 * @endcode
 *
 * Threads: a profile belongs to one thread at a time. What uses it copies what it needs.
 */
#ifndef DAOTP_PROFILE_H
#define DAOTP_PROFILE_H

#include <daotp/client.h>
#include <daotp/radius.h>
#include <daotp/responder.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A profile. Opaque. */
typedef struct daotp_profile daotp_profile;

/** Where a value came from, the weakest first. */
typedef enum daotp_profile_origin {
    DAOTP_PROFILE_SYSTEM = 1, /**< the system's file, which may lock keys */
    DAOTP_PROFILE_USER = 2,   /**< the user's file */
    DAOTP_PROFILE_NAMED = 3,  /**< a file that the application or DAOTP_CONFIG names */
    DAOTP_PROFILE_OPTION = 4  /**< daotp_profile_set_value() */
} daotp_profile_origin;

/** A text about a key. */
typedef enum daotp_profile_field {
    DAOTP_PROFILE_KEY_NAME = 1,    /**< the key, as it stands in a file */
    DAOTP_PROFILE_KEY_WANTED = 2,  /**< what its value is */
    DAOTP_PROFILE_KEY_MEANING = 3, /**< what it is for, a sentence */
    DAOTP_PROFILE_KEY_SETTER = 4,  /**< the function that it stands for; "tool": daotp alone */
    DAOTP_PROFILE_KEY_EXAMPLE = 5, /**< a value */
    DAOTP_PROFILE_KEY_GROUP = 6    /**< by which it can be locked too: "trust", "hosts",
                                        "networks", or "" */
} daotp_profile_field;

/**
 * Read a profile from the usual files: /etc/daotp/daotp.conf, then .config/daotp/daotp.conf in the
 * home folder that the password database has for the effective user. A file that is not there is
 * passed over. The environment is not read.
 * @param context       the context; referenced
 * @param name          the section; NULL for "default", which need not be there
 * @param report        gets what is wrong with the files; may be NULL
 * @param[out] profile  to be freed with daotp_profile_free(); NULL unless the call succeeds
 * @return DAOTP_OK; DAOTP_USAGE when @p context or @p profile is NULL or @p name cannot be a
 *         section; DAOTP_CONFIGURATION with a finding for each line that is wrong (CONFIG-LINE,
 *         CONFIG-KEY, CONFIG-VALUE, CONFIG-TWICE, CONFIG-SECRET, CONFIG-LOCKED), for a file
 *         that another user could have written (CONFIG-OWNER) or that cannot be read (FILE-READ),
 *         and when no file has the section @p name (CONFIG-MISSING); DAOTP_MEMORY
 * @since 0.1
 */
DAOTP_API daotp_status daotp_profile_open(daotp_context *context, const char *name,
                                          daotp_report *report, daotp_profile **profile);
/**
 * Make an empty profile, for files of one's own. No I/O.
 * @param context       the context; referenced
 * @param name          the section that will be read, 1 to 48 letters, digits and ._- ; copied.
 *                      NULL for "default"
 * @param[out] profile  to be freed with daotp_profile_free(); NULL unless the call succeeds
 * @return DAOTP_OK, DAOTP_USAGE (a NULL argument, or no name of a section), DAOTP_MEMORY
 * @since 0.1
 */
DAOTP_API daotp_status daotp_profile_new(daotp_context *context, const char *name,
                                         daotp_profile **profile);
/**
 * Free a profile. What used it keeps what it took.
 * @param profile  the profile; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_profile_free(daotp_profile *profile);
/**
 * Read a file into the profile. All of its sections are checked; the values of the section `*`, and
 * of the one that the profile is named after, take the place of those that were there before.
 * @param profile  the profile; not NULL
 * @param origin   DAOTP_PROFILE_SYSTEM, which must come first; DAOTP_PROFILE_USER or
 *                 DAOTP_PROFILE_NAMED
 * @param path     a regular file, owned by the effective user or by root, writable by its owner
 *                 alone, in a folder of which the same holds, or that is sticky; at most 256 KiB in
 *                 lines of at most 4096 octets
 * @return DAOTP_OK; DAOTP_USAGE when an argument is NULL, there is no such origin, or the system's
 *         file comes after another; DAOTP_CONFIGURATION as daotp_profile_open(): the lines that
 *         are right are kept all the same, so that they can be shown; DAOTP_MEMORY
 * @since 0.1
 */
DAOTP_API daotp_status daotp_profile_add_file(daotp_profile *profile, daotp_profile_origin origin,
                                              const char *path);
/**
 * Read the usual files into a profile that has none yet: the system's, the user's, and one that was
 * named. Each is looked at, also behind one that is wrong.
 * @param profile  the profile; not NULL
 * @param system   in the place of /etc/daotp/daotp.conf, and then it must be there; NULL for that
 *                 one
 * @param user     in the place of .config/daotp/daotp.conf in the home folder of the effective
 *                 user; NULL for that one. Passed over when it is not there
 * @param named    one more file, which must be there; NULL for none
 * @return as daotp_profile_add_file(), and DAOTP_CONFIGURATION with CONFIG-MISSING when the
 *         profile was made with a name and no file has that section
 * @since 0.1
 */
DAOTP_API daotp_status daotp_profile_add_usual_files(daotp_profile *profile, const char *system,
                                                     const char *user, const char *named);
/**
 * Set a value, as an option of the application: it takes the place of what the files say. Where a
 * key may be given again, each further call adds a value.
 * @param profile  the profile; not NULL
 * @param key      one of the keys of daotp.conf(5)
 * @param value    its value, copied
 * @return DAOTP_OK; DAOTP_USAGE when an argument is NULL, there is no such key, or the value is
 *         none for it; DAOTP_CONFIGURATION with CONFIG-LOCKED when the system's file locks the
 *         key; DAOTP_MEMORY
 * @since 0.1
 */
DAOTP_API daotp_status daotp_profile_set_value(daotp_profile *profile, const char *key,
                                               const char *value);
/**
 * What the last call on the profile found.
 * @param profile  the profile; NULL is fine
 * @return the report, borrowed until the next call on @p profile; NULL only when @p profile is NULL
 * @since 0.1
 */
DAOTP_API daotp_report *daotp_profile_get_report(daotp_profile *profile);

/**
 * The section that the profile is named after.
 * @param profile  the profile; NULL is fine
 * @return the name, borrowed as long as the profile; "" when @p profile is NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_profile_get_name(const daotp_profile *profile);
/**
 * Did a file that was read have the section?
 * @param profile  the profile; NULL is fine
 * @return true when one had; false also when @p profile is NULL
 * @since 0.1
 */
DAOTP_API bool daotp_profile_is_defined(const daotp_profile *profile);
/**
 * How many sections the files have, each name counted once.
 * @param profile  the profile; NULL is fine
 * @return the count; 0 when @p profile is NULL
 * @since 0.1
 */
DAOTP_API size_t daotp_profile_get_section_count(const daotp_profile *profile);
/**
 * The name of a section of the files.
 * @param profile  the profile; NULL is fine
 * @param index    from 0, in the order read
 * @return the name, borrowed as long as the profile; NULL past the end
 * @since 0.1
 */
DAOTP_API const char *daotp_profile_get_section(const daotp_profile *profile, size_t index);

/**
 * How many values are in force.
 * @param profile  the profile; NULL is fine
 * @return the count; 0 when @p profile is NULL
 * @since 0.1
 */
DAOTP_API size_t daotp_profile_get_count(const daotp_profile *profile);
/**
 * The key of a value that is in force. Keys come in the order of daotp.conf(5).
 * @param profile  the profile; NULL is fine
 * @param index    from 0
 * @return a static text; NULL past the end
 * @since 0.1
 */
DAOTP_API const char *daotp_profile_get_key(const daotp_profile *profile, size_t index);
/**
 * A value that is in force. "~/" at the beginning of a file's name was replaced.
 * @param profile  the profile; NULL is fine
 * @param index    from 0
 * @return the value, borrowed until the profile is changed; NULL past the end
 * @since 0.1
 */
DAOTP_API const char *daotp_profile_get_value(const daotp_profile *profile, size_t index);
/**
 * Where a value that is in force came from.
 * @param profile  the profile; NULL is fine
 * @param index    from 0
 * @return one of ::daotp_profile_origin; 0 past the end
 * @since 0.1
 */
DAOTP_API daotp_profile_origin daotp_profile_get_origin(const daotp_profile *profile, size_t index);
/**
 * The file of a value that is in force.
 * @param profile  the profile; NULL is fine
 * @param index    from 0
 * @return the path, borrowed as long as the profile; "" for an option; NULL past the end
 * @since 0.1
 */
DAOTP_API const char *daotp_profile_get_file(const daotp_profile *profile, size_t index);
/**
 * The line of a value that is in force, in its file.
 * @param profile  the profile; NULL is fine
 * @param index    from 0
 * @return the line, from 1; 0 for an option and past the end
 * @since 0.1
 */
DAOTP_API uint32_t daotp_profile_get_line(const daotp_profile *profile, size_t index);
/**
 * The first value in force of a key.
 * @param profile  the profile; NULL is fine
 * @param key      the key
 * @return the value, borrowed until the profile is changed; NULL when there is none
 * @since 0.1
 */
DAOTP_API const char *daotp_profile_find(const daotp_profile *profile, const char *key);
/**
 * Does the system's file lock a key?
 * @param profile  the profile; NULL is fine
 * @param key      the key
 * @return true when it does; false also when there is no such key
 * @since 0.1
 */
DAOTP_API bool daotp_profile_is_locked(const daotp_profile *profile, const char *key);

/**
 * How many keys there are.
 * @return the count
 * @since 0.1
 */
DAOTP_API size_t daotp_profile_key_count(void);
/**
 * One text about one key.
 * @param index  from 0, in the order of daotp.conf(5)
 * @param field  which text
 * @return a static text; "" past the end, and for a field that there is not
 * @since 0.1
 */
DAOTP_API const char *daotp_profile_key_text(size_t index, daotp_profile_field field);
/**
 * May a key be given again?
 * @param index  from 0
 * @return true when it may; false also past the end
 * @since 0.1
 */
DAOTP_API bool daotp_profile_key_is_list(size_t index);

/**
 * Set on a client what the profile says: servers, trust, identity, template, CA, store and all
 * else of daotp.conf(5) that a client has. What the profile does not say stays as it was. The user
 * name, and how a password is asked for, remain the application's.
 * @param client   the client, idle; its report gets what is wrong
 * @param profile  the profile; not NULL
 * @return DAOTP_OK; DAOTP_USAGE when an argument is NULL or a run is under way;
 *         DAOTP_CONFIGURATION when a file that the profile names cannot be read or used
 *         (FILE-READ, FILE-OPEN-TO-OTHERS, KEY-READ and others), a key lacks the one that it goes
 *         with (CONFIG-NEEDS), or a value is refused (CONFIG-VALUE); DAOTP_MEMORY. Unless it is
 *         DAOTP_OK, part of the profile may have been set
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_use_profile(daotp_client *client, const daotp_profile *profile);
/**
 * Set on a verifier what the profile says: rules, revocation, fetching, NTAuth. Its trust was
 * given when it was made: see daotp_profile_make_trust().
 * @param verifier  the verifier, idle; its report gets what is wrong
 * @param profile   the profile; not NULL
 * @return DAOTP_OK; DAOTP_USAGE when an argument is NULL or a run is under way;
 *         DAOTP_CONFIGURATION as daotp_client_use_profile(); DAOTP_MEMORY
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_use_profile(daotp_verifier *verifier,
                                                  const daotp_profile *profile);
/**
 * Set on a RADIUS client what the profile says: servers with their secret, policy, timers, user
 * form and attributes.
 * @param radius   the client; its report gets what is wrong
 * @param profile  the profile; not NULL
 * @return DAOTP_OK; DAOTP_USAGE when an argument is NULL; DAOTP_CONFIGURATION as
 *         daotp_client_use_profile(); DAOTP_MEMORY; DAOTP_INTERNAL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_use_profile(daotp_radius *radius, const daotp_profile *profile);
/**
 * Set on a responder what the profile says: template, signing certificate, issuing CAs, trust,
 * domains, budget.
 * @param responder  the responder; its report gets what is wrong
 * @param profile    the profile; not NULL
 * @return DAOTP_OK; DAOTP_USAGE when @p responder or @p profile is NULL; DAOTP_CONFIGURATION as
 *         daotp_client_use_profile(); DAOTP_MEMORY
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_use_profile(daotp_responder *responder,
                                                   const daotp_profile *profile);
/**
 * Make a trust of what the profile says under a key, with the CRLs that go with it.
 * @param profile     the profile; not NULL
 * @param key         "trust", "issuer-trust" (with issuer-crl), "ces-trust", "radsec-trust" or
 *                    "client-trust" (with client-crl)
 * @param report      gets what is wrong; may be NULL
 * @param[out] trust  to be let go with daotp_trust_unref(); NULL unless the call succeeds
 * @return DAOTP_OK; DAOTP_USAGE when an argument is NULL or the key is none of those;
 *         DAOTP_CONFIGURATION when the profile does not say (CONFIG-NEEDS), or a file cannot be
 *         read; DAOTP_PEER; DAOTP_MEMORY
 * @since 0.1
 */
DAOTP_API daotp_status daotp_profile_make_trust(const daotp_profile *profile, const char *key,
                                                daotp_report *report, daotp_trust **trust);

#ifdef __cplusplus
}
#endif
#endif
