# SPDX-License-Identifier: BSD-2-Clause
# The validator fetching: hosts and responders that misbehave, several processes and threads that
# want the same. Included by CMakeLists.txt.
function(daotp_fetch_test name labels)
  daotp_program(flow_${name} ${CMAKE_CURRENT_LIST_DIR}/test_${name}.c)
  target_link_libraries(flow_${name} PRIVATE Threads::Threads ${CMAKE_DL_LIBS})
  add_test(NAME flow_${name} COMMAND flow_${name} ${ARGN})
  set_tests_properties(flow_${name} PROPERTIES LABELS "${labels}" TIMEOUT 120 SKIP_RETURN_CODE 77
    ENVIRONMENT "LSAN_OPTIONS=suppressions='${PROJECT_SOURCE_DIR}/tests/lsan.supp':print_suppressions=0")
endfunction()

daotp_fetch_test(fetch_url flow)
daotp_fetch_test(fetch_hostile flow)
daotp_fetch_test(fetch_issuer flow)
daotp_fetch_test(fetch_delta flow)
daotp_fetch_test(fetch_ocsp flow)
daotp_fetch_test(fetch_weak_evidence flow)
daotp_fetch_test(fetch_share "flow;thread")
daotp_fetch_test(fetch_prefetch "flow;thread")
daotp_fetch_test(fetch_keep flow $<TARGET_FILE:daotp_tool>)
