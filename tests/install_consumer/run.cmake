# Installs BUILD into WORK/prefix, moves the tree (a package must not depend on where it was installed), then
# builds and runs CONSUMER against it in both ways.
function(run what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  message("${output}")
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${what} failed (${code}): ${ARGN}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run("Installing" ${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/first)
file(RENAME ${WORK}/first ${WORK}/prefix)
set(prefix ${WORK}/prefix)
set(models ${prefix}/share/vitascope/models/world)
run("The installed program" ${prefix}/bin/vitascope --help)
run("The installed server" ${PYTHON} ${SERVED_PAGE} ${prefix}/bin/vitascope ${models})

run("Configuring" ${CMAKE_COMMAND} -S ${CONSUMER} -B ${WORK}/build -G ${GENERATOR}
    -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_CXX_COMPILER=${CXX})
run("Building" ${CMAKE_COMMAND} --build ${WORK}/build)
run("The program built by CMake" ${WORK}/build/consumer ${models})

set(ENV{PKG_CONFIG_PATH} ${prefix}/${LIBDIR}/pkgconfig)
execute_process(COMMAND ${PKG_CONFIG} --cflags --libs vitascope OUTPUT_VARIABLE flags
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(flags UNIX_COMMAND "${flags}")
run("Compiling with pkg-config" ${CXX} ${CONSUMER}/main.cc -o ${WORK}/consumer ${flags})
set(ENV{LD_LIBRARY_PATH} ${prefix}/${LIBDIR})
run("The program built with pkg-config" ${WORK}/consumer ${models})
