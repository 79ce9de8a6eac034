# SPDX-License-Identifier: BSD-2-Clause
# bench-crl and bench-validate. Included by CMakeLists.txt.
pkg_check_modules(BENCH_GNUTLS QUIET IMPORTED_TARGET gnutls>=3.7)
set(here ${CMAKE_CURRENT_LIST_DIR})
set(without_gnutls $<IF:$<BOOL:${BENCH_GNUTLS_FOUND}>,,_without>)
add_library(bench_crl_list OBJECT ${here}/apart.c ${here}/chain.c ${here}/crl_list.c
  ${here}/crl_measure.c)
target_link_libraries(bench_crl_list PRIVATE daotp_options OpenSSL::Crypto)

# On the static library: later look-ups are asked of the CRL inside it.
add_executable(bench-crl ${here}/bench_crl.c ${here}/crl_floor.c ${here}/crl_ours.c
  ${here}/crl_openssl.c ${here}/crl_gnutls${without_gnutls}.c $<TARGET_OBJECTS:bench_crl_list>)
target_include_directories(bench-crl PRIVATE ${PROJECT_SOURCE_DIR}/libdaotp)
target_link_libraries(bench-crl PRIVATE ${DAOTP_TEST_LINK}
  $<$<BOOL:${BENCH_GNUTLS_FOUND}>:PkgConfig::BENCH_GNUTLS>)

# On the shared library and its public headers alone, as an application is.
add_executable(bench-validate ${here}/bench_validate.c ${here}/validate_measure.c
  ${here}/validate_floor.c ${here}/validate_ours.c ${here}/validate_openssl.c
  ${here}/validate_gnutls${without_gnutls}.c $<TARGET_OBJECTS:bench_crl_list>)
target_link_libraries(bench-validate PRIVATE daotp_options daotp OpenSSL::Crypto
  $<$<BOOL:${BENCH_GNUTLS_FOUND}>:PkgConfig::BENCH_GNUTLS>)
