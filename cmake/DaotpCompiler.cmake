# SPDX-License-Identifier: BSD-2-Clause
# Warnings, hardening and sanitizers, as one interface target that all of ours link.
add_library(daotp_options INTERFACE)
target_compile_definitions(daotp_options INTERFACE _GNU_SOURCE)
target_compile_options(daotp_options INTERFACE
  -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
  -Wcast-align -fno-common)
if(DAOTP_WERROR)
  target_compile_options(daotp_options INTERFACE -Werror)
endif()

if(DAOTP_SANITIZE)
  target_compile_options(daotp_options INTERFACE
    -fsanitize=${DAOTP_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(daotp_options INTERFACE -fsanitize=${DAOTP_SANITIZE})
else()
  target_compile_options(daotp_options INTERFACE
    -fstack-protector-strong $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
endif()
# Full RELRO: a lazily bound program can leave a secret in the registers that the resolver saves.
target_link_options(daotp_options INTERFACE -Wl,-z,relro,-z,now -Wl,--as-needed)
