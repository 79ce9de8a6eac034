/* SPDX-License-Identifier: BSD-2-Clause */
/* Options as a person types them: each fault is one line that says what would be right. */
#include "tool.h"

#include "core/utf8.h"
#include "nearest.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The first line that was printed: JSON has it as the reason. Threads of `daotp serve` print too,
 * and what they print is no reason for what the tool ends with. */
static _Thread_local char reason[512];
static _Thread_local char last_line[sizeof reason]; /* the reason of one file of several */

void tool_say(const char *format, ...)
{
    char text[sizeof reason];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    daotp__utf8_make_plain(text); /* the names of files and arguments may be anybody's */
    fprintf(stderr, "%s\n", text);
    memcpy(last_line, text, sizeof last_line);
    tool_keep_reason(text);
}

void tool_keep_reason(const char *line)
{
    if (reason[0] == '\0')
        (void)snprintf(reason, sizeof reason, "%s", line);
}

const char *tool_reason(void)
{
    return reason;
}

const char *tool_last_line(void)
{
    return last_line;
}

/* ---- options --------------------------------------------------------------------------------- */

enum { MAX_TYPED = 32, MAX_OPTIONS = 128 };

static const char *nearest_option(const char *typed, const struct option *options)
{
    const char *names[MAX_OPTIONS + 1];
    size_t count = 0;

    for (; options[count].name != NULL && count < MAX_OPTIONS; count++)
        names[count] = options[count].name;
    names[count] = NULL;
    return nearest_name(typed, names);
}

static bool has_option(const struct option *options, const char *typed)
{
    for (; options->name != NULL; options++)
        if (strcmp(options->name, typed) == 0)
            return true;
    return false;
}

/* getopt_long() refused this word: it is no option, or could be several, or takes no value. */
static void say_refused(const char *command, const char *word, const struct option *options)
{
    char typed[MAX_TYPED + 1];
    const char *nearest;

    if (word[0] == '-' && word[1] != '-') {
        tool_say("daotp %s: there is no option '%.2s'; daotp %s --help lists the options", command,
                 word, command);
        return;
    }
    (void)snprintf(typed, sizeof typed, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    nearest = nearest_option(typed, options);
    if (has_option(options, typed))
        tool_say("daotp %s: --%s takes no value", command, typed);
    else if (nearest != NULL)
        tool_say("daotp %s: there is no option '--%s'; did you mean '--%s'? daotp %s --help lists "
                 "the options",
                 command, typed, nearest, command);
    else
        tool_say("daotp %s: there is no option '--%s'; daotp %s --help lists the options", command,
                 typed, command);
}

/* The word that getopt_long() has just read as an option. */
static const char *option_word(char **argv)
{
    return optarg != NULL && optarg == argv[optind - 1] ? argv[optind - 2] : argv[optind - 1];
}

/* getopt_long() takes "--tru" for --trust. Scripts that say so break with the next option that
 * begins alike, and a profile's locks look for the whole name. */
static bool is_shortened(const char *word, const char *name)
{
    return strncmp(word, "--", 2) == 0 && strcspn(word + 2, "=") != strlen(name);
}

/* getopt_long() found one option that begins so, and it needs a value. */
static bool is_shortened_word(const char *word, const struct option *options)
{
    return strncmp(word, "--", 2) == 0 && !has_option(options, word + 2);
}

static void say_shortened(const char *command, const char *word, const char *name)
{
    tool_say("daotp %s: there is no option '%.*s'; did you mean '--%s'? An option's name is not "
             "shortened",
             command, (int)strcspn(word, "="), word, name);
}

int tool_next_option(const char *command, int argc, char **argv, const struct option *options,
                     int *which)
{
    /* "+": the first word that is no option ends them: a word of "explain" */
    bool stops = strcmp(command, "explain") == 0;
    bool has_v = strcmp(command, "verify") == 0;
    const char *letters = has_v ? ":v" : ":";
    int row = 0, c = getopt_long(argc, argv, stops ? "+:" : letters, options, &row);

    if (which != NULL)
        *which = row;
    if (c == '?' || (c == ':' && is_shortened_word(argv[optind - 1], options)))
        say_refused(command, argv[optind - 1], options);
    else if (c == ':')
        tool_say("daotp %s: %s needs a value; daotp %s --help tells which", command,
                 argv[optind - 1], command);
    else if (c != -1 && is_shortened(option_word(argv), options[row].name)) {
        say_shortened(command, option_word(argv), options[row].name);
        return '?';
    }
    return c == ':' ? '?' : c;
}

bool tool_choose(const char *text, const char *const *names, int *value)
{
    for (int i = 0; names[i] != NULL; i++)
        if (strcmp(text, names[i]) == 0) {
            *value = i + 1;
            return true;
        }
    return false;
}

bool tool_choose_option(const char *command, const char *option, const char *text,
                        const char *const *names, int *value)
{
    char list[256] = "";
    size_t at = 0;

    if (tool_choose(text, names, value))
        return true;
    for (size_t i = 0; names[i] != NULL && at < sizeof list; i++)
        at += (size_t)snprintf(list + at, sizeof list - at, "%s%s", i > 0 ? ", " : "", names[i]);
    tool_say("daotp %s: --%s cannot be '%s'; it is one of: %s", command, option, text, list);
    return false;
}

int tool_bad_option(const char *command, int c, const char *option, const char *value)
{
    if (c != '?')
        tool_say("daotp %s: --%s cannot be '%s'; daotp %s --help tells what it can be", command,
                 option, value ? value : "", command);
    return TOOL_USAGE;
}

daotp_status tool_taken(const char *command, daotp_status status, const char *option,
                        const char *value)
{
    if (status == DAOTP_USAGE && value != NULL)
        (void)tool_bad_option(command, 0, option, value);
    return status;
}

int tool_missing(const char *command, const char *what)
{
    tool_say("daotp %s: needs %s; daotp %s --help tells more", command, what, command);
    return TOOL_USAGE;
}

int tool_unknown_word(const char *command, const char *word, const char *const *names)
{
    const char *nearest = nearest_name(word, names);

    if (nearest != NULL)
        tool_say("daotp %s: there is no '%s'; did you mean '%s'?", command, word, nearest);
    else
        tool_say("daotp %s: there is no '%s'; daotp %s --help lists what there is", command, word,
                 command);
    return TOOL_USAGE;
}

int tool_extra_word(const char *command, const char *word)
{
    tool_say("daotp %s: '%s' is one argument too many; daotp %s --help shows the usage", command,
             word, command);
    return TOOL_USAGE;
}

bool tool_list_add(const char *command, const char *option, tool_list *list, const char *item)
{
    if (list->count == TOOL_MAX_LIST) {
        tool_say("daotp %s: --%s may be given %d times at most", command, option, TOOL_MAX_LIST);
        return false;
    }
    list->items[list->count++] = item;
    return true;
}

static const char *const revocation_names[] = {"require", "prefer", "ignore", NULL};

daotp_status tool_revocation(const char *command, const char *option, const char *text,
                             daotp_revocation *mode)
{
    int value = DAOTP_REVOCATION_REQUIRE;
    bool known =
        text == NULL || tool_choose_option(command, option, text, revocation_names, &value);

    *mode = (daotp_revocation)value;
    return known ? DAOTP_OK : DAOTP_USAGE;
}
