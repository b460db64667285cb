# Fails when PAGE is not what PROGRAM writes.
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE fresh RESULT_VARIABLE status)
file(READ ${PAGE} committed)
if(NOT status EQUAL 0 OR NOT fresh STREQUAL committed)
    message(FATAL_ERROR "${PAGE} is stale: run ${PROGRAM} >${PAGE}")
endif()
