# One function makes a room: an object library that names its sources and the rooms it may include.
# Rooms gather in vita::engine; tests link the rooms they need.
#
#   vita_room(weights SOURCES safetensors.cc config.cc DEPENDS core [LIBRARIES PkgConfig::X] [ISA_SOURCES kernel.cc])
#
# ISA_SOURCES are compiled once per instruction set (AVX-512, AVX2 and the plain x86-64 baseline) with the
# definition VITA_ISA=avx512|avx2|baseline, which names the namespace the code lives in; the caller chooses
# at run time (see src/core/cpu.h). Such files must not instantiate std templates: the linker keeps one copy
# of a template, and it could be the AVX-512 one.
set_property(GLOBAL PROPERTY VITA_ROOMS "")

set(VITA_ISA_FLAGS_avx512 -mavx512f -mavx512bw -mavx512vl -mavx512dq -mfma -mf16c -mprefer-vector-width=512)
set(VITA_ISA_FLAGS_avx2 -mavx2 -mfma -mf16c)
set(VITA_ISA_FLAGS_baseline "")

function(vita_compile_options target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wshadow -Wno-psabi -fno-math-errno -fno-trapping-math)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden
                                             VISIBILITY_INLINES_HIDDEN ON CXX_EXTENSIONS OFF)
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
endfunction()

function(vita_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;ISA_SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  set(target vita_${name})
  add_library(${target} OBJECT ${ROOM_SOURCES})
  vita_compile_options(${target})
  foreach(isa avx512 avx2 baseline)
    if(ROOM_ISA_SOURCES)
      add_library(${target}_${isa} OBJECT ${ROOM_ISA_SOURCES})
      vita_compile_options(${target}_${isa})
      target_compile_definitions(${target}_${isa} PRIVATE VITA_ISA=${isa})
      target_compile_options(${target}_${isa} PRIVATE -O3 -ffast-math -fno-finite-math-only ${VITA_ISA_FLAGS_${isa}})
      target_sources(${target} INTERFACE $<TARGET_OBJECTS:${target}_${isa}>)
      set_property(GLOBAL APPEND PROPERTY VITA_ROOM_OBJECTS ${target}_${isa})
    endif()
  endforeach()
  foreach(room ${ROOM_DEPENDS})
    target_link_libraries(${target} PUBLIC vita_${room})
  endforeach()
  if(ROOM_LIBRARIES)
    target_link_libraries(${target} PUBLIC ${ROOM_LIBRARIES})
  endif()
  set_property(GLOBAL APPEND PROPERTY VITA_ROOMS ${name})
  set_property(GLOBAL APPEND PROPERTY VITA_ROOM_OBJECTS ${target})
  set_property(TARGET ${target} PROPERTY VITA_DEPENDS "${ROOM_DEPENDS}")
endfunction()

# An executable or a test may need every object of the rooms it uses, transitively: object libraries do not
# carry the objects of the rooms below them.
function(vita_use_rooms target)
  set(seen "")
  set(queue ${ARGN})
  while(queue)
    list(POP_FRONT queue room)
    if(room IN_LIST seen)
      continue()
    endif()
    list(APPEND seen ${room})
    get_target_property(below vita_${room} VITA_DEPENDS)
    if(below)
      list(APPEND queue ${below})
    endif()
  endwhile()
  foreach(room ${seen})
    target_link_libraries(${target} PRIVATE vita_${room})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:vita_${room}>)
  endforeach()
endfunction()
