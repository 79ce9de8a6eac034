# SPDX-License-Identifier: BSD-2-Clause
# bench-radius, on the shared library and its public headers alone. Included by CMakeLists.txt.
find_package(Threads REQUIRED)
pkg_check_modules(BENCH_RADCLI QUIET IMPORTED_TARGET radcli)
set(here ${CMAKE_CURRENT_LIST_DIR})
add_executable(bench-radius ${here}/bench_radius.c ${here}/radius_load.c ${here}/radius_ours.c
  ${here}/radius_floor.c ${here}/radius_radclient.c ${here}/radius_responder.c
  ${here}/radius_radcli$<IF:$<BOOL:${BENCH_RADCLI_FOUND}>,,_without>.c)
target_compile_definitions(bench-radius PRIVATE SOURCE_DIR="${PROJECT_SOURCE_DIR}")
target_link_libraries(bench-radius PRIVATE daotp_options daotp PkgConfig::NETTLE Threads::Threads
  $<$<BOOL:${BENCH_RADCLI_FOUND}>:PkgConfig::BENCH_RADCLI>)
