/* SPDX-License-Identifier: BSD-2-Clause */
/* What daotp agent sees: an entry of a store, the stamps of the PKCS #11 module, and other agents.
 */
#include "agent.h"
#include "store_secret.h"
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

static bool make_stamp_folder(char folder[CARD_USE_PATH])
{
    struct stat st;

    if (!card_use_folder(folder)) {
        tool_say("daotp agent: XDG_RUNTIME_DIR is not set, or too long: uses of the credential are "
                 "seen there");
        return false;
    }
    if ((mkdir(folder, 0700) != 0 && errno != EEXIST) || lstat(folder, &st) != 0) {
        tool_say("daotp agent: %s: %s", folder, strerror(errno));
        return false;
    }
    if (S_ISDIR(st.st_mode) && st.st_uid == geteuid() && (st.st_mode & 022) == 0)
        return true;
    tool_say("daotp agent: %s is no folder that only you can write to", folder);
    return false;
}

/* Without inotify the stamp is looked for from time to time. */
static void watch_folder(agent_watch *watch, const char *folder)
{
    watch->events = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (watch->events >= 0)
        (void)inotify_add_watch(watch->events, folder, IN_CREATE);
}

static int open_lock(const char *path)
{
    return open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* A secret would have to be asked for at each look. */
static bool asks_secret(const daotp_store *store)
{
    if ((daotp_store_get_abilities(store) & DAOTP_STORE_ASKS_SECRET) == 0)
        return false;
    tool_say("daotp agent: %s asks for a passphrase or a PIN: the agent cannot watch it",
             daotp_store_get_uri(store));
    return true;
}

/* It is refused before the first look: another look changes nothing. A store that cannot be opened
 * is left to the looks, which tell it. */
static int check_asks_no_secret(agent_watch *watch)
{
    daotp_store *store = NULL;
    daotp_status status =
        daotp_store_open_report(watch->context, store_uri(watch->store), watch->report, &store);
    bool is_refused = status == DAOTP_OK && asks_secret(store);

    daotp_store_unref(store);
    return is_refused ? TOOL_CONFIGURATION : 0;
}

int agent_watch_begin(agent_watch *watch, const enroll_target *target)
{
    char folder[CARD_USE_PATH], path[CARD_USE_PATH + 16];
    daotp_status status;

    *watch = (agent_watch){.only_looks = watch->only_looks,
                           .store = target->store,
                           .label = target->label,
                           .events = -1,
                           .entry_lock = -1,
                           .question_lock = -1};
    if (!make_stamp_folder(folder))
        return TOOL_CONFIGURATION;
    (void)snprintf(path, sizeof path, "%s/question.lock", folder);
    watch->question_lock = open_lock(path);
    if (watch->question_lock < 0) {
        tool_say("daotp agent: %s: %s", path, strerror(errno));
        return TOOL_CONFIGURATION;
    }
    watch_folder(watch, folder);
    watch->context = tool_context();
    status = daotp_report_new(watch->context, &watch->report);
    if (status == DAOTP_OK && target->plugins != NULL)
        status = daotp_context_set_plugin_folder(watch->context, target->plugins);
    return status == DAOTP_OK ? check_asks_no_secret(watch) : tool_exit_status(status);
}

static void close_descriptor(int fd)
{
    if (fd >= 0)
        (void)close(fd);
}

void agent_watch_end(agent_watch *watch)
{
    close_descriptor(watch->events);
    close_descriptor(watch->entry_lock);
    close_descriptor(watch->question_lock);
    daotp_report_free(watch->report);
    daotp_context_unref(watch->context);
}

static void find_entry(const daotp_store_list *list, const char *label, agent_facts *facts)
{
    for (size_t i = 0; i < daotp_store_list_get_count(list); i++)
        if (strcmp(daotp_store_list_get_label(list, i), label) == 0 &&
            daotp_store_list_get_state(list, i) != DAOTP_STORE_DAMAGED) {
            facts->has_entry = true;
            facts->not_after = daotp_store_list_get_not_after(list, i);
        }
}

/* The lock goes with the process. */
static bool lock_entry(agent_watch *watch)
{
    char path[CARD_USE_PATH + 16];

    if (watch->entry_lock >= 0 || watch->only_looks || watch->stamp[0] == '\0')
        return true;
    (void)snprintf(path, sizeof path, "%s.lock", watch->stamp);
    watch->entry_lock = open_lock(path);
    if (watch->entry_lock >= 0 && flock(watch->entry_lock, LOCK_EX | LOCK_NB) == 0)
        return true;
    close_descriptor(watch->entry_lock);
    watch->entry_lock = -1;
    return false;
}

static daotp_status look_into(agent_watch *watch, daotp_store *store, agent_facts *facts)
{
    daotp_store_list *list = NULL;
    daotp_status status;

    if (asks_secret(store))
        return DAOTP_CONFIGURATION;
    if (!card_use_path(daotp_store_get_uri(store), watch->label, watch->stamp))
        watch->stamp[0] = '\0';
    status = daotp_store_list_new(store, &list);
    if (status != DAOTP_OK)
        return status;
    facts->is_readable = true;
    find_entry(list, watch->label, facts);
    daotp_store_list_free(list);
    facts->is_foreign = !lock_entry(watch);
    facts->is_used = watch->stamp[0] != '\0' && access(watch->stamp, F_OK) == 0;
    return DAOTP_OK;
}

daotp_status agent_watch_look(agent_watch *watch, agent_facts *facts)
{
    daotp_store *store = NULL;
    daotp_status status =
        daotp_store_open_report(watch->context, store_uri(watch->store), watch->report, &store);

    *facts = (agent_facts){.is_readable = false};
    if (status == DAOTP_OK)
        status = look_into(watch, store, facts);
    daotp_store_unref(store);
    return status;
}

bool agent_watch_lock_question(agent_watch *watch)
{
    return flock(watch->question_lock, LOCK_EX | LOCK_NB) == 0;
}

void agent_watch_unlock_question(agent_watch *watch)
{
    (void)flock(watch->question_lock, LOCK_UN);
}

void agent_watch_end_use(agent_watch *watch)
{
    if (watch->stamp[0] != '\0')
        (void)unlink(watch->stamp);
}

void agent_watch_drain(const agent_watch *watch)
{
    char events[4096];

    while (watch->events >= 0 && read(watch->events, events, sizeof events) > 0)
        ;
}
