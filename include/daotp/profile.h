/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file profile.h
 * A profile: one configuration for all applications of a machine, as krb5.conf is for Kerberos. It
 * names the servers, the trust anchors, the template, the CA and the RADIUS servers.
 *
 * A profile is a section of an INI file. `/etc/daotp/daotp.conf` is read first, then
 * `~/.config/daotp/daotp.conf`, then files that the application names; a later value replaces an
 * earlier one, except for keys that the system's file locks. Such a file never holds a secret: it
 * names the file or the descriptor that does. daotp.conf(5) lists the keys.
 *
 * @code
 * daotp_profile *profile;
 * daotp_profile_open(context, NULL, report, &profile);
 * daotp_client_use_profile(client, profile);
 * daotp_profile_free(profile);
 * @endcode
 *
 * Threads: a profile belongs to one thread at a time. Objects that use it copy what they need.
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
    DAOTP_PROFILE_KEY_NAME = 1,    /**< the key, as it is written in a file */
    DAOTP_PROFILE_KEY_WANTED = 2,  /**< which values it can have */
    DAOTP_PROFILE_KEY_MEANING = 3, /**< what it is for, in one sentence */
    DAOTP_PROFILE_KEY_SETTER = 4,  /**< the function that the key calls; "tool": only the program
                                      daotp uses  it */
    DAOTP_PROFILE_KEY_EXAMPLE = 5, /**< an example of a value */
    DAOTP_PROFILE_KEY_GROUP = 6    /**< the group by which it can be locked too: "trust", "hosts",
                                        "networks"; "" for none */
} daotp_profile_field;

/**
 * Read a profile from the usual files: /etc/daotp/daotp.conf, then .config/daotp/daotp.conf in the
 * home folder that the password database gives for the effective user. A file that does not exist
 * is skipped. The environment is not read.
 * @param context       the context; referenced
 * @param name          the section; NULL for "default", which need not exist
 * @param report        gets what is wrong with the files; may be NULL
 * @param[out] profile  to be freed with daotp_profile_free(); NULL unless the call succeeds
 * @return DAOTP_OK when all files were read; DAOTP_USAGE when @p context or @p profile is NULL, or
 *         @p name cannot be the name of a section; DAOTP_CONFIGURATION with a finding for each line
 *         that is wrong (CONFIG-LINE, CONFIG-KEY, CONFIG-VALUE, CONFIG-TWICE, CONFIG-SECRET,
 *         CONFIG-LOCKED), for a file that another user could have written (CONFIG-OWNER) or that
 *         cannot be read (FILE-READ), and when no file has the section @p name (CONFIG-MISSING);
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_profile_open(daotp_context *context, const char *name,
                                          daotp_report *report, daotp_profile **profile);
/**
 * Make an empty profile, into which an application reads files of its own. No I/O.
 * @param context       the context; referenced
 * @param name          the section that will be read, 1 to 48 letters, digits and ._- ; copied.
 *                      NULL for "default"
 * @param[out] profile  to be freed with daotp_profile_free(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when @p context or @p profile is NULL, or @p name
 *         cannot be the name of a section; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_profile_new(daotp_context *context, const char *name,
                                         daotp_profile **profile);
/**
 * Free a profile. Objects that used it keep their copies of its values.
 * @param profile  the profile; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_profile_free(daotp_profile *profile);
/**
 * Read a file into the profile. All of its sections are checked. The values of the section `*`, and
 * of the section with the profile's name, replace values that were read before.
 * @param profile  the profile; not NULL
 * @param origin   DAOTP_PROFILE_SYSTEM, which must come first; DAOTP_PROFILE_USER or
 *                 DAOTP_PROFILE_NAMED
 * @param path     a regular file, at most 256 KiB, in lines of at most 4096 octets. The file and
 *                 its folder must be owned by the effective user or by root and be writable by that
 *                 owner alone; the folder may be sticky instead (like /tmp)
 * @return DAOTP_OK when all lines are right; DAOTP_USAGE when an argument is NULL, @p origin is
 *         none of these, or DAOTP_PROFILE_SYSTEM comes after another file; DAOTP_CONFIGURATION with
 *         a finding for each line that is wrong (CONFIG-LINE, CONFIG-KEY, CONFIG-VALUE,
 *         CONFIG-TWICE, CONFIG-SECRET, CONFIG-LOCKED), for a file that another user could have
 *         written (CONFIG-OWNER) or that cannot be read (FILE-READ): the lines that are right are
 *         kept nevertheless, so that they can be shown; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_profile_add_file(daotp_profile *profile, daotp_profile_origin origin,
                                              const char *path);
/**
 * Set which file daotp_profile_add_usual_files() reads for an origin. No I/O.
 * @param profile  the profile; not NULL
 * @param origin   DAOTP_PROFILE_SYSTEM: read instead of /etc/daotp/daotp.conf, and must exist.
 *                 DAOTP_PROFILE_USER: read instead of .config/daotp/daotp.conf in the home folder
 *                 of the effective user; skipped if it does not exist. DAOTP_PROFILE_NAMED: one
 *                 more file, which must exist
 * @param path     the file, copied; NULL for the usual one, and for no named one
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p profile is NULL or has files already, or
 *         there is no such origin; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_profile_set_usual_file(daotp_profile *profile,
                                                    daotp_profile_origin origin, const char *path);
/**
 * Read the usual files into a profile that has no file yet: the system's file, the user's file, and
 * one that was named, each as daotp_profile_set_usual_file() set it. All of them are read, also if
 * one has errors.
 * @param profile  the profile; not NULL
 * @return DAOTP_OK when all files were read; DAOTP_USAGE when @p profile is NULL or has files
 *         already; DAOTP_CONFIGURATION with a finding for each line that is wrong (CONFIG-LINE,
 *         CONFIG-KEY, CONFIG-VALUE, CONFIG-TWICE, CONFIG-SECRET, CONFIG-LOCKED), for a file that
 *         another user could have written (CONFIG-OWNER) or that cannot be read (FILE-READ), and
 *         when the profile was made with a name and no file has that section (CONFIG-MISSING);
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_profile_add_usual_files(daotp_profile *profile);
/**
 * Set a value, as an option of the application: it replaces the values from files. For a key that
 * may have several values, each further call adds one.
 * @param profile  the profile; not NULL
 * @param key      one of the keys of daotp.conf(5)
 * @param value    its value, copied
 * @return DAOTP_OK when it was set; DAOTP_USAGE when an argument is NULL, there is no such key
 *         (CALL-ARGUMENT), or the key cannot have this value; DAOTP_CONFIGURATION (CONFIG-LOCKED)
 *         when the system's file locks the key; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_profile_set_value(daotp_profile *profile, const char *key,
                                               const char *value);
/**
 * The report of the last call on the profile.
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
 * Whether a file that was read has the section.
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
 * How many values are in effect.
 * @param profile  the profile; NULL is fine
 * @return the count; 0 when @p profile is NULL
 * @since 0.1
 */
DAOTP_API size_t daotp_profile_get_count(const daotp_profile *profile);
/**
 * The key of a value that is in effect. Keys come in the order of daotp.conf(5).
 * @param profile  the profile; NULL is fine
 * @param index    from 0
 * @return a static text; NULL past the end
 * @since 0.1
 */
DAOTP_API const char *daotp_profile_get_key(const daotp_profile *profile, size_t index);
/**
 * A value that is in effect. "~/" at the beginning of a file's name is already replaced by the home
 * folder.
 * @param profile  the profile; NULL is fine
 * @param index    from 0
 * @return the value, borrowed until the profile is changed; NULL past the end
 * @since 0.1
 */
DAOTP_API const char *daotp_profile_get_value(const daotp_profile *profile, size_t index);
/**
 * Where a value that is in effect came from.
 * @param profile  the profile; NULL is fine
 * @param index    from 0
 * @return one of ::daotp_profile_origin; 0 past the end
 * @since 0.1
 */
DAOTP_API daotp_profile_origin daotp_profile_get_origin(const daotp_profile *profile, size_t index);
/**
 * The file of a value that is in effect.
 * @param profile  the profile; NULL is fine
 * @param index    from 0
 * @return the path, borrowed as long as the profile; "" for an option; NULL past the end
 * @since 0.1
 */
DAOTP_API const char *daotp_profile_get_file(const daotp_profile *profile, size_t index);
/**
 * The line of a value that is in effect, in its file.
 * @param profile  the profile; NULL is fine
 * @param index    from 0
 * @return the line, from 1; 0 for an option and past the end
 * @since 0.1
 */
DAOTP_API uint32_t daotp_profile_get_line(const daotp_profile *profile, size_t index);
/**
 * The value of a key that is in effect; the first one if there are several.
 * @param profile  the profile; NULL is fine
 * @param key      the key
 * @return the value, borrowed until the profile is changed; NULL when there is none
 * @since 0.1
 */
DAOTP_API const char *daotp_profile_find(const daotp_profile *profile, const char *key);
/**
 * Whether the system's file locks a key.
 * @param profile  the profile; NULL is fine
 * @param key      the key
 * @return true when it does; false also when there is no such key
 * @since 0.1
 */
DAOTP_API bool daotp_profile_is_locked(const daotp_profile *profile, const char *key);

/**
 * How many keys exist.
 * @return the count
 * @since 0.1
 */
DAOTP_API size_t daotp_profile_key_get_count(void);
/**
 * One text about one key.
 * @param index  from 0, in the order of daotp.conf(5)
 * @param field  which text
 * @return a static text; "" past the end, and for an unknown field
 * @since 0.1
 */
DAOTP_API const char *daotp_profile_key_get_text(size_t index, daotp_profile_field field);
/**
 * Whether a key may have several values.
 * @param index  from 0
 * @return true when it may; false also past the end
 * @since 0.1
 */
DAOTP_API bool daotp_profile_key_is_list(size_t index);

/**
 * Set on a client what the profile says: servers, trust, identity, template, CA, store, and every
 * other key of daotp.conf(5) that a client has a setting for. Settings that the profile does not
 * name stay as they were. The user name, and how a password is asked for, remain with the
 * application.
 * @param client   the client, without a run under way; its report gets what is wrong
 * @param profile  the profile; not NULL
 * @return DAOTP_OK when all of it was set; DAOTP_USAGE when an argument is NULL or a run is under
 *         way; DAOTP_CONFIGURATION when a file that the profile names cannot be read or used
 *         (FILE-READ, FILE-OPEN-TO-OTHERS, KEY-READ, KEY-MISMATCH, TRUST-EMPTY), a key needs
 *         another one that is missing (CONFIG-NEEDS), or a value is refused (CONFIG-VALUE);
 *         DAOTP_PEER when a certificate or CRL in such a file cannot be read (CERT-DER, CRL-DER);
 *         DAOTP_MEMORY when memory ran out. Unless it returns DAOTP_OK, part of the profile may
 *         have been set
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_use_profile(daotp_client *client, const daotp_profile *profile);
/**
 * Set on a verifier what the profile says: rules, revocation, fetching, NTAuth. Its trust is an
 * argument of daotp_verifier_new(): make it with daotp_profile_make_trust().
 * @param verifier  the verifier, without a run under way; its report gets what is wrong
 * @param profile   the profile; not NULL
 * @return DAOTP_OK when all of it was set; DAOTP_USAGE when an argument is NULL or a run is under
 *         way; DAOTP_CONFIGURATION when a file that the profile names cannot be read or used
 *         (FILE-READ, FILE-OPEN-TO-OTHERS, KEY-READ, KEY-MISMATCH, TRUST-EMPTY), a key needs
 *         another one that is missing (CONFIG-NEEDS), or a value is refused (CONFIG-VALUE);
 *         DAOTP_PEER when a certificate or CRL in such a file cannot be read (CERT-DER, CRL-DER);
 *         DAOTP_MEMORY when memory ran out. Unless it returns DAOTP_OK, part of the profile may
 *         have been set
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_use_profile(daotp_verifier *verifier,
                                                  const daotp_profile *profile);
/**
 * Set on a RADIUS client what the profile says: servers with their secrets, policy, timers, user
 * form and attributes.
 * @param radius   the client; its report gets what is wrong
 * @param profile  the profile; not NULL
 * @return DAOTP_OK when all of it was set; DAOTP_USAGE when an argument is NULL;
 *         DAOTP_CONFIGURATION when a file that the profile names cannot be read or used (FILE-READ,
 *         FILE-OPEN-TO-OTHERS, KEY-READ, KEY-MISMATCH, TRUST-EMPTY), a key needs another one that
 *         is missing (CONFIG-NEEDS), or a value is refused (CONFIG-VALUE); DAOTP_PEER when a
 *         certificate or CRL in such a file cannot be read (CERT-DER, CRL-DER); DAOTP_INTERNAL when
 *         TLS for RadSec cannot be set up; DAOTP_MEMORY when memory ran out. Unless it returns
 *         DAOTP_OK, part of the profile may have been set
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_use_profile(daotp_radius *radius, const daotp_profile *profile);
/**
 * Set on a responder what the profile says: template, signing certificate, issuing CAs, trust,
 * domains, budget.
 * @param responder  the responder; its report gets what is wrong
 * @param profile    the profile; not NULL
 * @return DAOTP_OK when all of it was set; DAOTP_USAGE when @p responder or @p profile is NULL;
 *         DAOTP_CONFIGURATION when a file that the profile names cannot be read or used (FILE-READ,
 *         FILE-OPEN-TO-OTHERS, KEY-READ, KEY-MISMATCH, TRUST-EMPTY), a key needs another one that
 *         is missing (CONFIG-NEEDS), or a value is refused (CONFIG-VALUE); DAOTP_PEER when a
 *         certificate or CRL in such a file cannot be read (CERT-DER, CRL-DER); DAOTP_MEMORY when
 *         memory ran out. Unless it returns DAOTP_OK, part of the profile may have been set
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_use_profile(daotp_responder *responder,
                                                   const daotp_profile *profile);
/**
 * Make a trust object from the files that the profile names under a key, and from their CRLs.
 * @param profile     the profile; not NULL
 * @param key         "trust", "issuer-trust" (with issuer-crl), "ces-trust", "radsec-trust" or
 *                    "client-trust" (with client-crl)
 * @param report      gets what is wrong; may be NULL
 * @param[out] trust  to be released with daotp_trust_unref(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when another argument than @p report is NULL, or
 *         @p key is none of those; DAOTP_CONFIGURATION when the profile has no value for the key
 *         (CONFIG-NEEDS), or a file cannot be read (FILE-READ) or holds no certificate
 *         (TRUST-EMPTY); DAOTP_PEER when a certificate or CRL cannot be read (CERT-DER, CRL-DER);
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_profile_make_trust(const daotp_profile *profile, const char *key,
                                                daotp_report *report, daotp_trust **trust);

#ifdef __cplusplus
}
#endif
#endif
