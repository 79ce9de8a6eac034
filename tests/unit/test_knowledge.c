/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of what is known, each row against the rules of its table; and the search over them,
 * by every way to write a number and by a list of questions with the answer that must come first.
 */
#include "builders.h"

#include "core/utf8.h"
#include "knowledge/fold.h"
#include "knowledge/names.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

/* ---- the tables ------------------------------------------------------------------------------ */

static bool is_stage(const char *text)
{
    for (int i = 0; i < DAOTP_STAGE_ALL_COUNT; i++)
        if (strcmp(text, daotp_stage_name((daotp_stage)i)) == 0)
            return true;
    return strcmp(text, "tunnel") == 0;
}

static void check_text(const char *id, const char *text)
{
    size_t len = strlen(text);

    if (len == 0 || !daotp__utf8_printable(text, len) || text[len - 1] == '.' || text[0] == ' ' ||
        strstr(text, "  ") != NULL)
        fail_msg("%s: \"%s\"", id, text);
}

static void each_cause_has_check_and_cure(void **state)
{
    (void)state;
    for (size_t i = 0; i < daotp__cause_count; i++) {
        const daotp__cause *cause = &daotp__causes[i];

        if (strncmp(cause->id, "DA-", 3) != 0 || !is_stage(cause->stage) ||
            daotp__cause_find(cause->id, strlen(cause->id)) != cause)
            fail_msg("%s", cause->id);
        check_text(cause->id, cause->title);
        check_text(cause->id, cause->check);
        check_text(cause->id, cause->cure);
        check_text(cause->id, cause->source);
    }
}

static void each_code_has_meaning_and_causes(void **state)
{
    (void)state;
    for (size_t i = 0; i < daotp__code_count; i++) {
        const daotp__code *code = &daotp__codes[i];
        char id[DAOTP__ID_SIZE];
        const char *word;
        size_t len, n = 0;

        daotp__code_id(code, id);
        check_text(id, code->meaning);
        check_text(id, code->source);
        if (*code->confused != '\0')
            check_text(id, code->confused);
        if (!is_stage(code->stage))
            fail_msg("%s: stage %s", id, code->stage);
        for (; (word = daotp__list_word(code->causes, n, &len)) != NULL; n++)
            if (daotp__cause_find(word, len) == NULL)
                fail_msg("%s: no cause %.*s", id, (int)len, word);
        if (n == 0)
            fail_msg("%s has no cause", id);
    }
}

static void each_number_stands_once_in_its_kind(void **state)
{
    char id[DAOTP__ID_SIZE], other[DAOTP__ID_SIZE];

    (void)state;
    for (size_t i = 0; i < daotp__code_count; i++)
        for (size_t j = 0; j < i; j++) {
            daotp__code_id(&daotp__codes[i], id);
            daotp__code_id(&daotp__codes[j], other);
            assert_string_not_equal(id, other);
        }
}

enum { MAX_TEXTS = 4000 };

static void no_two_texts_are_equal(void **state)
{
    static const char *texts[MAX_TEXTS];
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < daotp__code_count; i++)
        texts[count++] = daotp__codes[i].meaning;
    for (size_t i = 0; i < daotp__cause_count; i++) {
        texts[count++] = daotp__causes[i].title;
        texts[count++] = daotp__causes[i].check;
        texts[count++] = daotp__causes[i].cure;
    }
    for (size_t i = 0; i < daotp__requirement_count; i++)
        texts[count++] = daotp__requirements[i].command;
    assert_true(count < MAX_TEXTS);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcasecmp(texts[i], texts[j]) == 0)
                fail_msg("twice: %s", texts[i]);
}

/* What the catalogue names as fault, requirement or number must be in the tables. */
static void each_alias_of_the_catalogue_is_known(void **state)
{
    daotp_finding_number n = DAOTP_FINDING_NONE;

    (void)state;
    while ((n = daotp_catalogue_next(n)) != DAOTP_FINDING_NONE) {
        char words[1024], *word, *rest = words;

        (void)snprintf(words, sizeof words, "%s", daotp_catalogue_get_aliases(n));
        while ((word = strsep(&rest, " ")) != NULL && *word != '\0') {
            daotp_answers *answers;

            if (strncmp(word, "krb5:", 5) == 0 || strncmp(word, "errno:", 6) == 0)
                continue;
            assert_int_equal(daotp_catalogue_search(word, strlen(word), &answers), DAOTP_OK);
            if (daotp_answers_get_count(answers) == 0 ||
                ((strncmp(word, "DA-", 3) == 0 || strchr(word, ':') != NULL) &&
                 daotp_answers_get_finding(answers, 0) != DAOTP_FINDING_NONE))
                fail_msg("%s of %s", word, daotp_catalogue_get_id(n));
            daotp_answers_free(answers);
        }
    }
}

/* ---- messages -------------------------------------------------------------------------------- */

static void each_message_is_folded_and_belongs_to_a_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < daotp__message_count; i++) {
        const daotp__message *message = &daotp__messages[i];
        daotp__buffer folded;
        daotp__row row;

        daotp__buffer_init(&folded, 4096);
        daotp__text_fold(&folded, message->words, strlen(message->words));
        if (strcmp(daotp__buffer_string(&folded), message->words) != 0 ||
            !daotp__reference_find(message->reference, &row) || strlen(message->language) != 2)
            fail_msg("%s %s", message->reference, message->words);
        daotp__buffer_free(&folded);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(message->words, daotp__messages[j].words);
    }
}

static void each_message_is_found_by_its_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < daotp__message_count; i++) {
        const daotp__message *message = &daotp__messages[i];
        daotp_answers *answers;

        assert_int_equal(daotp_catalogue_search(message->words, strlen(message->words), &answers),
                         DAOTP_OK);
        if (daotp_answers_get_count(answers) == 0 ||
            strcmp(daotp_answers_get_text(answers, 0, DAOTP_ANSWER_ID), message->reference) != 0)
            fail_msg("%s: %s", message->words, daotp_answers_get_text(answers, 0, DAOTP_ANSWER_ID));
        daotp_answers_free(answers);
    }
}

static bool has_message(const char *reference, const char *language)
{
    for (size_t i = 0; i < daotp__message_count; i++)
        if (strcmp(daotp__messages[i].reference, reference) == 0 &&
            strcmp(daotp__messages[i].language, language) == 0)
            return true;
    return false;
}

/* A code that is known by its text in one language is known so in each. */
static void each_language_has_the_same_codes(void **state)
{
    static const char *const languages[] = {"en", "de", "fr", "es"};

    (void)state;
    for (size_t i = 0; i < daotp__message_count; i++)
        for (size_t k = 0; k < COUNT(languages); k++)
            if (strcmp(daotp__messages[i].language, "en") != 0 &&
                !has_message(daotp__messages[i].reference, languages[k]))
                fail_msg("%s in %s", daotp__messages[i].reference, languages[k]);
}

/* ---- the search ------------------------------------------------------------------------------ */

static bool has_answer(const daotp_answers *answers, const char *id, size_t first)
{
    for (size_t i = 0; i < daotp_answers_get_count(answers) && i < first; i++)
        if (strcasecmp(daotp_answers_get_text(answers, i, DAOTP_ANSWER_ID), id) == 0)
            return true;
    return false;
}

static void assert_found(const char *question, const char *id, size_t first)
{
    daotp_answers *answers;

    assert_int_equal(daotp_catalogue_search(question, strlen(question), &answers), DAOTP_OK);
    if (!has_answer(answers, id, first))
        fail_msg("\"%s\": %s wanted, %s found", question, id,
                 daotp_answers_get_text(answers, 0, DAOTP_ANSWER_ID));
    daotp_answers_free(answers);
}

/* "NTAuth" in a sentence is a word of it. */
static bool is_short_word(const char *id)
{
    for (size_t i = 0; id[i] != '\0'; i++)
        if (!isalpha((unsigned char)id[i]))
            return false;
    return strlen(id) < 8;
}

static void each_row_is_found_by_its_own_id(void **state)
{
    char id[DAOTP__ID_SIZE], other[2 * DAOTP__ID_SIZE];

    (void)state;
    for (size_t i = 0; i < daotp__code_count; i++) {
        daotp__code_id(&daotp__codes[i], id);
        assert_found(id, id, 1);
        for (char *c = id; *c != '\0'; c++)
            *c = (char)toupper((unsigned char)*c);
        assert_found(id, id, 1);
        (void)snprintf(other, sizeof other, "It says (%s).", id);
        if (daotp__codes[i].kind != DAOTP__KIND_STAGE &&
            daotp__codes[i].kind != DAOTP__KIND_SOURCE && !is_short_word(id))
            assert_found(other, id, 1);
    }
    for (size_t i = 0; i < daotp__cause_count; i++)
        assert_found(daotp__causes[i].id, daotp__causes[i].id, 1);
}

static void each_row_is_found_by_its_names(void **state)
{
    char id[DAOTP__ID_SIZE], name[128];
    const char *word;
    size_t len;

    (void)state;
    for (size_t i = 0; i < daotp__code_count; i++) {
        daotp__code_id(&daotp__codes[i], id);
        for (size_t n = 0; (word = daotp__list_word(daotp__codes[i].names, n, &len)) != NULL; n++) {
            (void)snprintf(name, sizeof name, "%.*s", (int)len, word);
            assert_found(name, id, 12);
        }
    }
}

static bool is_wide(const daotp__code *code)
{
    return code->kind == DAOTP__KIND_HRESULT || code->kind == DAOTP__KIND_NTSTATUS ||
           code->kind == DAOTP__KIND_RPC;
}

static void a_number_is_found_in_each_form(void **state)
{
    char id[DAOTP__ID_SIZE], text[64];

    (void)state;
    for (size_t i = 0; i < daotp__code_count; i++) {
        uint32_t value = daotp__codes[i].value;

        if (!is_wide(&daotp__codes[i]))
            continue;
        daotp__code_id(&daotp__codes[i], id);
        (void)snprintf(text, sizeof text, "0x%" PRIx32, value);
        assert_found(text, id, 1);
        (void)snprintf(text, sizeof text, "%" PRIu32, value);
        assert_found(text, id, 1);
        (void)snprintf(text, sizeof text, "error %" PRId32 ".", (int32_t)value);
        assert_found(text, id, 1);
        (void)snprintf(text, sizeof text, "0xFFFFFFFF%08" PRIX32, value);
        if (value >= 0x80000000)
            assert_found(text, id, 1);
        (void)snprintf(text, sizeof text, "hr=%08" PRIX32 ",", value);
        if (value >= 0x80000000)
            assert_found(text, id, 1);
    }
}

static void a_win32_number_is_found_as_hresult(void **state)
{
    char id[DAOTP__ID_SIZE], text[64];

    (void)state;
    for (size_t i = 0; i < daotp__code_count; i++) {
        daotp__kind kind = daotp__codes[i].kind;

        if (kind != DAOTP__KIND_WIN32 && kind != DAOTP__KIND_WINHTTP && kind != DAOTP__KIND_IKE)
            continue;
        daotp__code_id(&daotp__codes[i], id);
        (void)snprintf(text, sizeof text, "0x8007%04" PRIX32, daotp__codes[i].value);
        assert_found(text, id, 1);
        (void)snprintf(text, sizeof text, "%" PRId32,
                       (int32_t)(0x80070000 | daotp__codes[i].value));
        assert_found(text, id, 1);
    }
    assert_found("0xD00000BB", "0xC00000BB", 1); /* HRESULT_FROM_NT */
    assert_found("-1765328368", "krb:16", 1);    /* libkrb5 */
    assert_found("2147483687", "KDC:39", 1);     /* the whole number of an event */
}

/* ---- questions ------------------------------------------------------------------------------- */

/* A line of tests/data/explain.tsv: what must come first, a tab, the question. */
static const char *split_line(char *line)
{
    char *tab = strchr(line, '\t');

    if (line[0] == '#' || line[0] == '\0')
        return NULL;
    assert_non_null(tab);
    *tab = '\0';
    return tab + 1;
}

static void unescape(char *text)
{
    char *to = text;

    for (; *text != '\0'; text++)
        if (text[0] == '\\' && text[1] == 'n') {
            *to++ = '\n';
            text++;
        } else {
            *to++ = *text;
        }
    *to = '\0';
}

static void questions_have_their_answer_first(void **state)
{
    daotp__buffer file;
    char *line, *rest;
    unsigned count = 0;

    (void)state;
    daotp__buffer_init(&file, 1 << 20);
    load_file("explain.tsv", &file);
    rest = strdup(daotp__buffer_string(&file));
    line = rest;
    for (char *next; line != NULL; line = next, count++) {
        char *question;

        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        question = (char *)(uintptr_t)split_line(line);
        if (question == NULL)
            continue;
        unescape(question);
        assert_found(question, line, 1);
    }
    assert_true(count > 200);
    free(rest);
    daotp__buffer_free(&file);
}

/* The list that the project was asked for, where it is at hand: each line of it is in ours. */
static void the_shared_list_is_covered(void **state)
{
    daotp__buffer ours;
    FILE *shared = fopen(SHARED_DIR "/cases/explain.txt", "r");
    char line[1024], wanted[1100];

    (void)state;
    if (shared == NULL)
        skip();
    daotp__buffer_init(&ours, 1 << 20);
    load_file("explain.tsv", &ours);
    while (fgets(line, sizeof line, shared) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        (void)snprintf(wanted, sizeof wanted, "\t%s\n", line);
        if (*line != '\0' && strstr(daotp__buffer_string(&ours), wanted) == NULL)
            fail_msg("%s", line);
    }
    daotp__buffer_free(&ours);
    (void)fclose(shared);
}

static void what_is_not_known_has_no_answer(void **state)
{
    static const char *const questions[] = {
        "",          " ",
        "xyzzy",     "0x80099999",
        "4711",      "-1",
        "-70000",    "event:4711",
        "krb:5000",  "krb:4653",
        "alert:200", "reason:999",
        "iis:999",   "Source: Microsoft-Windows-GroupPolicy Event ID: 41",
        "\xFF\xFE",  "\xEF\xBB\xBF"};

    (void)state;
    for (size_t i = 0; i < COUNT(questions); i++) {
        daotp_answers *answers;

        assert_int_equal(daotp_catalogue_search(questions[i], strlen(questions[i]), &answers),
                         DAOTP_OK);
        if (daotp_answers_get_count(answers) != 0)
            fail_msg("\"%s\": %s", questions[i],
                     daotp_answers_get_text(answers, 0, DAOTP_ANSWER_ID));
        daotp_answers_free(answers);
    }
}

/* Words that stand in many rows give a few of them, and it is said that they are a guess. */
static void words_alone_are_a_guess(void **state)
{
    daotp_answers *answers;

    (void)state;
    assert_int_equal(daotp_catalogue_search("certificate of the server", 25, &answers), DAOTP_OK);
    assert_true(daotp_answers_is_guess(answers));
    assert_between(daotp_answers_get_count(answers), 1,
                   8 + 8); /* and findings that belong to them */
    daotp_answers_free(answers);
    assert_int_equal(daotp_catalogue_search("krb:16", 6, &answers), DAOTP_OK);
    assert_false(daotp_answers_is_guess(answers));
    daotp_answers_free(answers);
    assert_false(daotp_answers_is_guess(NULL));
}

/* Texts of Windows are pasted as UTF-8, UTF-16 and Windows-1252, with line breaks where they fell.
 */
static void the_encoding_of_a_question_does_not_matter(void **state)
{
    static const char latin[] = "Die Sperrfunktion konnte die Sperrung nicht \xFC"
                                "berpr\xFC"
                                "fen, da der\r\nSperrserver offline war.";
    static const char text[] = "0x80092013";
    char wide[2 + 2 * sizeof text] = "\xFF\xFE";
    daotp_answers *answers;

    (void)state;
    assert_found(latin, "0x80092013", 1);
    assert_found("Sperrfunktion konnte die Sperrung nicht ueberpruefen, Sperrserver offline",
                 "0x80092013", 1);
    assert_found("CLIENT CREDENTIALS\xE2\x80\x99S HAVE BEEN REVOKED", "krb:18", 1);
    assert_found("\xE2\x88\x92"
                 "2146885613",
                 "0x80092013", 1);
    for (size_t i = 0; i + 1 < sizeof text; i++)
        wide[2 + 2 * i] = text[i];
    assert_int_equal(daotp_catalogue_search(wide, 2 + 2 * (sizeof text - 1), &answers), DAOTP_OK);
    assert_string_equal(daotp_answers_get_text(answers, 0, DAOTP_ANSWER_ID), "0x80092013");
    daotp_answers_free(answers);
}

/* ---- the calls ------------------------------------------------------------------------------- */

static void every_row_can_be_walked_through(void **state)
{
    daotp_answers *answers;
    size_t findings = 0;

    (void)state;
    assert_int_equal(daotp_catalogue_search(NULL, 0, &answers), DAOTP_OK);
    for (size_t i = 0; i < daotp_answers_get_count(answers); i++) {
        const char *id = daotp_answers_get_text(answers, i, DAOTP_ANSWER_ID);

        findings += daotp_answers_get_finding(answers, i) != DAOTP_FINDING_NONE;
        for (int field = DAOTP_ANSWER_ID; field <= DAOTP_ANSWER_SOURCE; field++)
            if (field != DAOTP_ANSWER_NAMES && field != DAOTP_ANSWER_CONFUSED)
                check_text(id, daotp_answers_get_text(answers, i, (daotp_answer_field)field));
        assert_true(strlen(daotp_answers_get_text(answers, i, DAOTP_ANSWER_NAMES)) <
                        DAOTP__NAMES_SIZE - 1 ||
                    daotp_answers_get_finding(answers, i) != 0);
        assert_true(daotp_answers_get_cause_count(answers, i) > 0);
        for (unsigned k = 0; k < daotp_answers_get_cause_count(answers, i); k++)
            for (int field = DAOTP_CAUSE_ID; field <= DAOTP_CAUSE_SOURCE; field++)
                check_text(id, daotp_answers_get_cause(answers, i, k, (daotp_cause_field)field));
    }
    assert_int_equal(daotp_answers_get_count(answers),
                     daotp__code_count + daotp__cause_count + findings);
    daotp_answers_free(answers);
}

static void what_is_not_there_is_empty(void **state)
{
    daotp_answers *answers;

    (void)state;
    assert_int_equal(daotp_catalogue_search("krb:16", 6, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_catalogue_search("", (size_t)1 << 30, &answers), DAOTP_USAGE);
    assert_null(answers);
    assert_int_equal(daotp_catalogue_search("krb:16", 6, &answers), DAOTP_OK);
    assert_string_equal(daotp_answers_get_text(answers, 99, DAOTP_ANSWER_ID), "");
    assert_string_equal(daotp_answers_get_text(answers, 0, (daotp_answer_field)99), "");
    assert_string_equal(daotp_answers_get_cause(answers, 0, 99, DAOTP_CAUSE_CURE), "");
    assert_string_equal(daotp_answers_get_cause(answers, 99, 0, DAOTP_CAUSE_CURE), "");
    assert_string_equal(daotp_answers_get_cause(answers, 0, 0, (daotp_cause_field)99), "");
    assert_int_equal(daotp_answers_get_finding(answers, 99), DAOTP_FINDING_NONE);
    assert_int_equal(daotp_answers_get_cause_count(answers, 99), 0);
    assert_false(daotp_answers_is_likely(answers, 99));
    assert_false(daotp_answers_is_cause_likely(answers, 0, 99));
    daotp_answers_free(answers);
    daotp_answers_free(NULL);
    assert_int_equal(daotp_answers_get_count(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_cause_has_check_and_cure),
        cmocka_unit_test(each_code_has_meaning_and_causes),
        cmocka_unit_test(each_number_stands_once_in_its_kind),
        cmocka_unit_test(no_two_texts_are_equal),
        cmocka_unit_test(each_alias_of_the_catalogue_is_known),
        cmocka_unit_test(each_message_is_folded_and_belongs_to_a_row),
        cmocka_unit_test(each_message_is_found_by_its_words),
        cmocka_unit_test(each_language_has_the_same_codes),
        cmocka_unit_test(each_row_is_found_by_its_own_id),
        cmocka_unit_test(each_row_is_found_by_its_names),
        cmocka_unit_test(a_number_is_found_in_each_form),
        cmocka_unit_test(a_win32_number_is_found_as_hresult),
        cmocka_unit_test(questions_have_their_answer_first),
        cmocka_unit_test(the_shared_list_is_covered),
        cmocka_unit_test(what_is_not_known_has_no_answer),
        cmocka_unit_test(words_alone_are_a_guess),
        cmocka_unit_test(the_encoding_of_a_question_does_not_matter),
        cmocka_unit_test(every_row_can_be_walked_through),
        cmocka_unit_test(what_is_not_there_is_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
