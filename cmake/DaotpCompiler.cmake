# SPDX-License-Identifier: BSD-2-Clause
# Warnings, hardening and sanitizers, as one interface target that all of ours link.
include(CheckCCompilerFlag)
include(CheckCSourceCompiles)
include(CheckPIESupported)
check_pie_supported()
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
  target_compile_options(daotp_options INTERFACE -fstack-protector-strong)
  # Where the compiler has them, which depends on the processor too: control flow that jumps only to where
  # a jump may lead (x86, ARM), and a stack that cannot leap over its guard page.
  foreach(flag -fcf-protection=full -mbranch-protection=standard -fstack-clash-protection)
    string(MAKE_C_IDENTIFIER "DAOTP_HAS${flag}" has)
    check_c_compiler_flag(${flag} ${has})
    if(${has})
      target_compile_options(daotp_options INTERFACE ${flag})
    endif()
  endforeach()
  # Level 3 knows sizes that are computed at run time; compiler and C library must both have it.
  set(CMAKE_REQUIRED_FLAGS "-O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -Werror")
  check_c_source_compiles("#include <string.h>
    #if !defined __USE_FORTIFY_LEVEL || __USE_FORTIFY_LEVEL < 3
    #error no level 3
    #endif
    int main(void) { return 0; }" DAOTP_HAS_FORTIFY_3)
  unset(CMAKE_REQUIRED_FLAGS)
  set(fortify 2)
  if(DAOTP_HAS_FORTIFY_3)
    set(fortify 3)
  endif()
  # It needs an optimiser, which a debug build has not.
  target_compile_options(daotp_options INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE$<SEMICOLON>-D_FORTIFY_SOURCE=${fortify}>)
endif()
# Full RELRO: a lazily bound program can leave a secret in the registers that the resolver saves.
target_link_options(daotp_options INTERFACE -Wl,-z,relro,-z,now -Wl,--as-needed)
