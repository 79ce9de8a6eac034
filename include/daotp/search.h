/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file search.h
 * Looks up what a number, a name or a message means, and what to do: in the catalogue of findings,
 * and in tables of the events, errors and messages of Windows.
 */
#ifndef DAOTP_SEARCH_H
#define DAOTP_SEARCH_H

#include <daotp/catalogue.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The answers to a question, the best first. Immutable: any number of threads may read one. */
typedef struct daotp_answers daotp_answers;

/** A text of an answer. */
typedef enum daotp_answer_field {
    DAOTP_ANSWER_ID = 1, /**< "krb:16", "0x80092013", "KDC:39", "DA-KDC-CERT-MISSING", "OTP-EKU" */
    DAOTP_ANSWER_KIND = 2,     /**< of which kind it is, in words: "Kerberos error", "finding" */
    DAOTP_ANSWER_NAMES = 3,    /**< other names and ways to write the number, separated by blanks */
    DAOTP_ANSWER_STAGE = 4,    /**< as daotp_stage_name(); "tunnel" for IPsec */
    DAOTP_ANSWER_MEANING = 5,  /**< what it means */
    DAOTP_ANSWER_CONFUSED = 6, /**< what it is often confused with; may be "" */
    DAOTP_ANSWER_SOURCE = 7    /**< the document that says so */
} daotp_answer_field;

/** A text of one cause of an answer. */
typedef enum daotp_cause_field {
    DAOTP_CAUSE_ID = 1,    /**< "DA-KDC-CERT-MISSING" */
    DAOTP_CAUSE_STAGE = 2, /**< the stage at which the fault lies */
    DAOTP_CAUSE_TITLE = 3, /**< what is wrong */
    DAOTP_CAUSE_CHECK = 4, /**< how to check whether it is this cause */
    DAOTP_CAUSE_CURE = 5,  /**< what to do */
    DAOTP_CAUSE_SOURCE = 6 /**< the document that says so */
} daotp_cause_field;

/**
 * Look up a text that an administrator has: ids of findings, faults and requirements; stages;
 * HRESULT, NTSTATUS, Win32, WinHTTP, Kerberos, IKE, TLS, IIS, RADIUS and NPS numbers, in
 * hexadecimal, signed and unsigned decimal, bare, with their kind ("krb:16", "KDC:39", "reason:48")
 * or inside a sentence; symbolic names; object identifiers; messages in English, German, French and
 * Spanish, by their words; a whole event or log. The kind of a number comes from the words around
 * it. A number that means several things has several answers.
 *
 *     daotp_answers *answers;
 *     if (daotp_catalogue_search("0x80092013", 10, &answers) == DAOTP_OK)
 *         puts(daotp_answers_get_text(answers, 0, DAOTP_ANSWER_MEANING));
 *
 * @param text          UTF-8, UTF-16 with a byte order mark, or Windows-1252; at most 1 MiB. NULL
 *                      for every row of the tables
 * @param len           its length in bytes
 * @param[out] answers  to be freed with daotp_answers_free(); without any answer when nothing is
 *                      known
 * @return DAOTP_OK when the search was made, also if nothing was found; DAOTP_USAGE when @p answers
 *         is NULL or @p len is above 1 MiB; DAOTP_MEMORY when memory ran out. Any thread
 * @since 0.1
 */
DAOTP_API daotp_status daotp_catalogue_search(const char *text, size_t len,
                                              daotp_answers **answers);
/**
 * Free answers, and the texts borrowed from them.
 * @param answers  the answers; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_answers_free(daotp_answers *answers);
/**
 * How many answers there are.
 * @param answers  the answers; NULL is fine
 * @return the count; 0 when @p answers is NULL
 * @since 0.1
 */
DAOTP_API size_t daotp_answers_get_count(const daotp_answers *answers);
/**
 * Whether nothing is known of the text itself, and the answers only contain most of its words.
 * @param answers  the answers; NULL is fine
 * @return true when they are such a guess
 * @since 0.1
 */
DAOTP_API bool daotp_answers_is_guess(const daotp_answers *answers);
/**
 * One text of one answer.
 * @param answers  the answers
 * @param index    which one, from 0: the best first
 * @param field    which text
 * @return borrowed until the answers are freed; "" for what is not there. Never NULL.
 * @since 0.1
 */
DAOTP_API const char *daotp_answers_get_text(const daotp_answers *answers, size_t index,
                                             daotp_answer_field field);
/**
 * Whether the meaning is inferred, not documented.
 * @param answers  the answers; NULL is fine
 * @param index    which answer, from 0
 * @return true for an inference; false past the end
 * @since 0.1
 */
DAOTP_API bool daotp_answers_is_likely(const daotp_answers *answers, size_t index);
/**
 * The finding that the answer is.
 * @param answers  the answers; NULL is fine
 * @param index    which answer, from 0
 * @return the number; DAOTP_FINDING_NONE when the answer is something else, and past the end
 * @since 0.1
 */
DAOTP_API daotp_finding_number daotp_answers_get_finding(const daotp_answers *answers,
                                                         size_t index);
/**
 * How many causes the answer has. Of a finding the first cause is the finding itself.
 * @param answers  the answers; NULL is fine
 * @param index    which answer, from 0
 * @return the count; 0 past the end
 * @since 0.1
 */
DAOTP_API size_t daotp_answers_get_cause_count(const daotp_answers *answers, size_t index);
/**
 * One text of one cause of an answer.
 * @param answers  the answers
 * @param index    which answer, from 0
 * @param cause    which of its causes, from 0: the most frequent first
 * @param field    which text
 * @return borrowed until the answers are freed; "" for what is not there. Never NULL.
 * @since 0.1
 */
DAOTP_API const char *daotp_answers_get_cause(const daotp_answers *answers, size_t index,
                                              size_t cause, daotp_cause_field field);
/**
 * Whether this cause is inferred, not documented.
 * @param answers  the answers; NULL is fine
 * @param index    which answer, from 0
 * @param cause    which of its causes, from 0
 * @return true for an inference; false past the end
 * @since 0.1
 */
DAOTP_API bool daotp_answers_is_cause_likely(const daotp_answers *answers, size_t index,
                                             size_t cause);

#ifdef __cplusplus
}
#endif
#endif
