/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp explain: what a number, a name or a message means, and what to do. */
#include "tool.h"

#include "json.h"
#include "page.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: daotp explain [--json] [--markdown] TEXT...\n"
    "       daotp explain [--json] [--markdown] --file FILE\n"
    "       daotp explain [--json] [--markdown] --all\n"
    "\n"
    "TEXT: the id of a finding or the name of a stage; an HRESULT, NTSTATUS\n"
    "    or other number in hexadecimal or decimal, signed or not, bare or with its\n"
    "    kind (krb:16, event:10005, KDC:39, NPS:6273, reason:48, winhttp:12175,\n"
    "    alert:48, iis:403.7, errno:12); a symbolic name, as\n"
    "    KDC_ERR_CLIENT_NOT_TRUSTED; an object identifier; a message in English,\n"
    "    German, French or Spanish. All arguments together are one text.\n"
    "    - or nothing: standard input, as a pasted event or log.\n"
    "\n"
    "  --file FILE  read the text from FILE; - is standard input\n"
    "  --all        explain everything that is known\n"
    "  --json, --markdown   print JSON or Markdown\n"
    "\n"
    "exit status: 0 all of TEXT is known, 1 a part of it is not\n"
    "\n"
    "example: daotp explain event:10019\n"
    "         daotp explain 'The request is not supported'\n";

typedef enum style { TEXT, JSON, MARKDOWN } style;

/* The question, put together from the arguments. */
typedef struct question {
    char *text;
    size_t len;
} question;

/* ---- JSON ------------------------------------------------------------------------------------ */

static void put_json(const char *name, const char *text)
{
    printf(",\"%s\":", name);
    json_string(stdout, text);
}

static void put_finding_json(daotp_finding_number n)
{
    printf(",\"number\":%d", (int)n);
    put_json("severity", daotp_severity_name(daotp_catalogue_get_severity(n)));
    put_json("status", daotp_status_name(daotp_catalogue_get_status(n)));
    put_json("title", daotp_catalogue_get_title(n));
    put_json("wanted", daotp_catalogue_get_wanted(n));
    put_json("hint", daotp_catalogue_get_hint(n));
    put_json("aliases", daotp_catalogue_get_aliases(n));
}

static void put_cause_json(const daotp_answers *answers, size_t at, size_t cause)
{
    printf("%s{\"id\":", cause > 0 ? "," : "");
    json_string(stdout, daotp_answers_get_cause(answers, at, cause, DAOTP_CAUSE_ID));
    put_json("stage", daotp_answers_get_cause(answers, at, cause, DAOTP_CAUSE_STAGE));
    put_json("title", daotp_answers_get_cause(answers, at, cause, DAOTP_CAUSE_TITLE));
    put_json("check", daotp_answers_get_cause(answers, at, cause, DAOTP_CAUSE_CHECK));
    put_json("cure", daotp_answers_get_cause(answers, at, cause, DAOTP_CAUSE_CURE));
    put_json("source", daotp_answers_get_cause(answers, at, cause, DAOTP_CAUSE_SOURCE));
    printf(",\"likely\":%s}", daotp_answers_is_cause_likely(answers, at, cause) ? "true" : "false");
}

static void show_json(const daotp_answers *answers, size_t at)
{
    daotp_finding_number n = daotp_answers_get_finding(answers, at);

    printf("{\"format\":%d,\"id\":", DAOTP_JSON_FORMAT);
    json_string(stdout, daotp_answers_get_text(answers, at, DAOTP_ANSWER_ID));
    put_json("kind", daotp_answers_get_text(answers, at, DAOTP_ANSWER_KIND));
    put_json("names", daotp_answers_get_text(answers, at, DAOTP_ANSWER_NAMES));
    put_json("stage", daotp_answers_get_text(answers, at, DAOTP_ANSWER_STAGE));
    put_json("meaning", daotp_answers_get_text(answers, at, DAOTP_ANSWER_MEANING));
    put_json("confused", daotp_answers_get_text(answers, at, DAOTP_ANSWER_CONFUSED));
    put_json("source", daotp_answers_get_text(answers, at, DAOTP_ANSWER_SOURCE));
    printf(",\"likely\":%s", daotp_answers_is_likely(answers, at) ? "true" : "false");
    printf(",\"guess\":%s", daotp_answers_is_guess(answers) ? "true" : "false");
    if (n != DAOTP_FINDING_NONE)
        put_finding_json(n);
    printf(",\"causes\":[");
    for (unsigned i = 0; i < daotp_answers_get_cause_count(answers, at); i++)
        put_cause_json(answers, at, i);
    printf("]}");
}

/* ---- text ------------------------------------------------------------------------------------ */

static const char *likely_prefix(bool is_likely)
{
    return is_likely ? "most likely " : "";
}

static void put_line(const char *name, const char *text)
{
    if (*text != '\0')
        page_format("  %-7s %s\n", name, text);
}

static void show_finding(daotp_finding_number n)
{
    page_format("%s (%d): %s at stage %s\n", daotp_catalogue_get_id(n), (int)n,
                daotp_severity_name(daotp_catalogue_get_severity(n)),
                daotp_stage_name(daotp_catalogue_get_stage(n)));
    put_line("what:", daotp_catalogue_get_title(n));
    put_line("wanted:", daotp_catalogue_get_wanted(n));
    put_line("do:", daotp_catalogue_get_hint(n));
    put_line("source:", daotp_catalogue_get_source(n));
    put_line("also:", daotp_catalogue_get_aliases(n));
}

static void show_cause(const daotp_answers *answers, size_t at, size_t cause)
{
    page_format("     check: %s\n", daotp_answers_get_cause(answers, at, cause, DAOTP_CAUSE_CHECK));
    page_format("     cure:  %s\n", daotp_answers_get_cause(answers, at, cause, DAOTP_CAUSE_CURE));
}

/* A fault is its own cause, and was said to be. */
static bool is_own_cause(const daotp_answers *answers, size_t at)
{
    return strcmp(daotp_answers_get_text(answers, at, DAOTP_ANSWER_ID),
                  daotp_answers_get_cause(answers, at, 0, DAOTP_CAUSE_ID)) == 0;
}

static void show_causes(const daotp_answers *answers, size_t at, unsigned first)
{
    unsigned count = (unsigned)daotp_answers_get_cause_count(answers, at);

    if (first < count)
        page_format("  causes, the most frequent first:\n");
    for (unsigned i = first; i < count; i++) {
        page_format("  %u. %s%s (%s)\n", i - first + 1,
                    likely_prefix(daotp_answers_is_cause_likely(answers, at, i)),
                    daotp_answers_get_cause(answers, at, i, DAOTP_CAUSE_TITLE),
                    daotp_answers_get_cause(answers, at, i, DAOTP_CAUSE_ID));
        show_cause(answers, at, i);
    }
}

/* A finding behind the answer it belongs to is one line. */
static bool is_related(const daotp_answers *answers, size_t at)
{
    return at > 0 && daotp_answers_get_finding(answers, at) != DAOTP_FINDING_NONE &&
           daotp_answers_get_finding(answers, 0) == DAOTP_FINDING_NONE;
}

static void show_text(const daotp_answers *answers, size_t at)
{
    daotp_finding_number n = daotp_answers_get_finding(answers, at);

    if (is_related(answers, at)) {
        page_format("finding %s: %s\n", daotp_catalogue_get_id(n), daotp_catalogue_get_title(n));
        return;
    }
    if (n != DAOTP_FINDING_NONE) {
        show_finding(n);
        show_causes(answers, at, 1);
        return;
    }
    page_format("%s: %s at stage %s\n", daotp_answers_get_text(answers, at, DAOTP_ANSWER_ID),
                daotp_answers_get_text(answers, at, DAOTP_ANSWER_KIND),
                daotp_answers_get_text(answers, at, DAOTP_ANSWER_STAGE));
    page_format("  what:   %s%s\n", likely_prefix(daotp_answers_is_likely(answers, at)),
                daotp_answers_get_text(answers, at, DAOTP_ANSWER_MEANING));
    put_line("not:", daotp_answers_get_text(answers, at, DAOTP_ANSWER_CONFUSED));
    if (is_own_cause(answers, at))
        show_cause(answers, at, 0);
    else
        show_causes(answers, at, 0);
    put_line("source:", daotp_answers_get_text(answers, at, DAOTP_ANSWER_SOURCE));
    put_line("also:", daotp_answers_get_text(answers, at, DAOTP_ANSWER_NAMES));
}

/* ---- Markdown -------------------------------------------------------------------------------- */

static void show_markdown(const daotp_answers *answers, size_t at)
{
    printf("## %s\n\n%s%s (%s, stage %s). Source: %s.\n\n",
           daotp_answers_get_text(answers, at, DAOTP_ANSWER_ID),
           likely_prefix(daotp_answers_is_likely(answers, at)),
           daotp_answers_get_text(answers, at, DAOTP_ANSWER_MEANING),
           daotp_answers_get_text(answers, at, DAOTP_ANSWER_KIND),
           daotp_answers_get_text(answers, at, DAOTP_ANSWER_STAGE),
           daotp_answers_get_text(answers, at, DAOTP_ANSWER_SOURCE));
    for (unsigned i = 0; i < daotp_answers_get_cause_count(answers, at); i++)
        printf("%u. %s%s (%s)\n    - check: %s\n    - cure: %s\n", i + 1,
               likely_prefix(daotp_answers_is_cause_likely(answers, at, i)),
               daotp_answers_get_cause(answers, at, i, DAOTP_CAUSE_TITLE),
               daotp_answers_get_cause(answers, at, i, DAOTP_CAUSE_ID),
               daotp_answers_get_cause(answers, at, i, DAOTP_CAUSE_CHECK),
               daotp_answers_get_cause(answers, at, i, DAOTP_CAUSE_CURE));
    printf("\n");
}

static void show_answer(const daotp_answers *answers, size_t at, style how)
{
    if (how == JSON && at > 0)
        printf(",\n");
    if (how == JSON)
        show_json(answers, at);
    else if (how == MARKDOWN)
        show_markdown(answers, at);
    else
        show_text(answers, at);
}

/* ---- the question ---------------------------------------------------------------------------- */

static bool add_word(question *q, const char *word)
{
    size_t len = strlen(word);
    char *larger;

    if (len == 0)
        return true;
    larger = realloc(q->text, q->len + len + 2);
    if (larger == NULL) {
        tool_say("daotp explain: out of memory");
        return false;
    }
    q->text = larger;
    if (q->len > 0)
        q->text[q->len++] = ' ';
    memcpy(q->text + q->len, word, len + 1);
    q->len += len;
    return true;
}

/* "-2146885613" is a number, and "- text" a text: neither is an option. */
static bool is_word(const char *argument)
{
    return argument[0] != '-' || strchr(" 0123456789.", argument[1]) != NULL;
}

/* Is it an id or a number, rather than a word of a sentence? */
static bool is_name(const char *word)
{
    bool is_capital = strpbrk(word, "abcdefghijklmnopqrstuvwxyz \n\t") == NULL;

    return strpbrk(word, " \n\t") == NULL &&
           (strpbrk(word, "0123456789:_") != NULL || (is_capital && strchr(word, '-') != NULL));
}

static bool is_known(const char *word)
{
    daotp_answers *answers;
    bool known = daotp_catalogue_search(word, strlen(word), &answers) == DAOTP_OK &&
                 daotp_answers_get_count(answers) > 0;

    daotp_answers_free(answers);
    return known;
}

static bool is_number(const char *word)
{
    return *word != '\0' && word[strspn(word, "0123456789")] == '\0';
}

/* "403 7 64": status, substatus and Win32 status of IIS are one thing. */
static bool is_iis_status(int count, char *const *words)
{
    enum { MAX_FIELDS = 4, STATUS_DIGITS = 3, SUB_DIGITS = 2 };

    for (int i = 0; i < count; i++)
        if (!is_number(words[i]))
            return false;
    return count <= MAX_FIELDS && strlen(words[0]) == STATUS_DIGITS &&
           strlen(words[1]) <= SUB_DIGITS;
}

/* Several names are a list, and each must be known, though the others are. */
static int check_list(int count, char *const *words)
{
    int status = 0, names = 0;

    for (int i = 0; i < count; i++)
        names += is_name(words[i]);
    if (2 * names <= count || is_iis_status(count, words))
        return 0;
    for (int i = 0; i < count; i++)
        if (!is_known(words[i])) {
            tool_say("daotp explain: nothing is known of '%s'", words[i]);
            status = TOOL_REJECTED;
        }
    return status;
}

static int answer_question(const question *q, style how)
{
    size_t shown = q->len < 200 ? q->len : 200; /* no NUL ends the text of a file */
    daotp_answers *answers;
    daotp_status status = daotp_catalogue_search(q->text, q->len, &answers);

    if (status != DAOTP_OK) {
        tool_say("daotp explain: %s",
                 status == DAOTP_USAGE
                     ? "the text is longer than 1 MiB: cut out the part in question"
                     : daotp_status_name(status));
        return tool_exit_status(status);
    }
    if (daotp_answers_get_count(answers) == 0) {
        tool_say("daotp explain: nothing is known of '%.*s'", (int)shown, q->text);
        daotp_answers_free(answers);
        return TOOL_REJECTED;
    }
    if (daotp_answers_is_guess(answers))
        fprintf(stderr,
                "daotp explain: the text holds no number, name or message that is known; what "
                "has most of its words:\n");
    for (size_t i = 0; i < daotp_answers_get_count(answers); i++)
        show_answer(answers, i, how);
    daotp_answers_free(answers);
    return 0;
}

enum { MAX_WORDS = 256 };

typedef struct settings {
    style how;
    bool all;
    const char *file;
    question question;
    char *words[MAX_WORDS];
    int count;
} settings;

/* Options and words in any order: getopt stops at each word. 0, or how the tool ends. */
static int read_arguments(int argc, char **argv, settings *s)
{
    static const struct option options[] = {
        {"all", no_argument, NULL, 'a'},      {"json", no_argument, NULL, 'j'},
        {"markdown", no_argument, NULL, 'm'}, {"file", required_argument, NULL, 'f'},
        {"help", no_argument, NULL, 'h'},     {0}};
    bool options_ended = false; /* by "--" */

    while (optind < argc) {
        int c = -1;

        if (!options_ended && !is_word(argv[optind]))
            c = tool_next_option("explain", argc, argv, options, NULL);
        if (c == '?' || c == 'h')
            return c;
        s->all = s->all || c == 'a';
        s->file = c == 'f' ? optarg : s->file;
        if (c == 'j' || c == 'm')
            s->how = c == 'j' ? JSON : MARKDOWN;
        if (c != -1)
            continue;
        options_ended = options_ended || strcmp(argv[optind - 1], "--") == 0;
        if (optind == argc)
            break;
        if (s->count == MAX_WORDS) {
            tool_say("daotp explain: at most %d words; put the text into quotes, or into a file "
                     "for --file",
                     MAX_WORDS);
            return '?';
        }
        s->words[s->count++] = argv[optind++];
    }
    return 0;
}

/* The text comes from one place: the words, a file, or every row of the tables. */
static bool has_several_sources(const settings *s)
{
    return (s->question.len > 0) + (s->file != NULL) + s->all > 1;
}

/* 0, or how the tool ends. */
static int read_question(settings *s)
{
    question *q = &s->question;

    for (int i = 0; i < s->count; i++)
        if (strcmp(s->words[i], "-") == 0)
            s->file = "-";
        else if (!add_word(q, s->words[i]))
            return TOOL_MEMORY;
    if (s->file == NULL && s->count == 0 && !s->all && isatty(STDIN_FILENO) == 0)
        s->file = "-";
    if (has_several_sources(s)) {
        tool_say("daotp explain: only one of TEXT, --file (or -) and --all can be given");
        return TOOL_USAGE;
    }
    if (s->file != NULL && !tool_read_text(s->file, &q->text, &q->len))
        return TOOL_CONFIGURATION;
    if (!s->all && q->len == 0)
        return tool_missing("explain", "a TEXT, or --all");
    return 0;
}

static int run_explain(const settings *s)
{
    int status;

    if (s->how == JSON) {
        tool_said_json();
        printf("[");
    }
    status = answer_question(&s->question, s->how);
    if (status == 0 && s->count > 1)
        status = check_list(s->count, s->words);
    printf("%s", s->how == JSON ? "]\n" : "");
    return status;
}

int cmd_explain(int argc, char **argv)
{
    settings s = {0};
    int status = read_arguments(argc, argv, &s);

    if (status != 0)
        return status == 'h' ? fputs(help, stdout) < 0 : TOOL_USAGE;
    status = read_question(&s);
    if (status == 0)
        status = run_explain(&s);
    free(s.question.text);
    return status;
}
