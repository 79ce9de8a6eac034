/* SPDX-License-Identifier: BSD-2-Clause */
/* The profile of the tool: the usual files, DAOTP_CONFIG, and what of it are options of a command.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include <daotp/daotp.h>

/* Read a profile from the system's file, the user's and the one that DAOTP_CONFIG names. The
 * profile is there, to be freed, also when a file is wrong, and its report tells it. system: a file
 * in the place of the system's; NULL for that one. */
daotp_status profile_open(daotp_context *context, const char *name, const char *system,
                          daotp_profile **profile);
/* The file that `discover --write` writes, and that is the user's own. NULL without a home. */
const char *profile_user_file(void);
/* The name that --profile gives in front of "--"; NULL for none. false when its value is missing.
 */
bool profile_find_name(int argc, char **argv, const char **name);

/*
 * Put the profile's values in front of the options of a command, but for those that the user gave,
 * and take --profile NAME out. 0, or the exit status when it was said what is wrong.
 */
int profile_apply(const char *command, int *argc, char ***argv);
/* The same once more, of the arguments that the command was given at first: its files are read
 * anew. What was made before is freed. */
int profile_apply_again(int *argc, char ***argv);

#endif
